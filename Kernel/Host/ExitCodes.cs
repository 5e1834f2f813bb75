namespace RouterOS.Host;

/// <summary>Exit codes of the <c>routeros</c> command.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The command ran and failed: a CLI command's error, a configuration that <c>check</c> refuses.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>The request cannot be met as given (a missing port, a busy socket, a bad configuration); the sentence is on standard error.</summary>
    public const int Refused = 3;
}
