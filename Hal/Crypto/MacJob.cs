using System.Runtime.InteropServices;

namespace RouterOS.Crypto;

/// <summary>One keyed hash to compute. Blittable; lives in native memory of the engine that asks for it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MacJob
{
    /// <summary>Key of <see cref="IBatchMac.CreateKey"/>.</summary>
    public nint Key;

    /// <summary>First byte to authenticate.</summary>
    public nint Data;

    /// <summary>Where the truncated tag is written: the bytes that ESP sends with this algorithm.</summary>
    public nint Tag;

    /// <summary>Bytes to authenticate.</summary>
    public int Bytes;
}
