namespace RouterOS.Fuzz;

/// <summary>A find: the product has misbehaved, and on what.</summary>
internal sealed class FuzzException(string message, Exception inner) : Exception(message, inner);
