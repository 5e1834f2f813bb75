using System.Runtime.InteropServices;

namespace RouterOS.Abstractions.Crypto;

/// <summary>What an engine has done for one suite and direction. Written by its worker's thread only; any thread may read.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CryptoCounts
{
    /// <summary>Jobs completed or failed.</summary>
    public long Jobs;

    /// <summary>Bytes ciphered, or only authenticated where the cipher is NULL.</summary>
    public long Bytes;

    /// <summary>Jobs that the engine failed.</summary>
    public long Failures;
}
