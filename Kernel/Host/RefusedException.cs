namespace RouterOS.Host;

/// <summary>A request that cannot be met as given; the message is one sentence for standard error with a way out.</summary>
internal sealed class RefusedException(string message) : Exception(message);
