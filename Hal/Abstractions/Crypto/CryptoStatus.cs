namespace RouterOS.Abstractions.Crypto;

/// <summary>How a crypto job ended.</summary>
public enum CryptoStatus
{
    /// <summary>Not done yet.</summary>
    Pending = 0,

    /// <summary>Done: the bytes and the tag are there.</summary>
    Completed = 1,

    /// <summary>The engine refused the job; its bytes are undefined.</summary>
    Failed = 2,
}
