using System.Runtime.InteropServices;

namespace RouterOS.Crypto.Managed;

/// <summary>One message of <see cref="ILaneMac"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LaneMessage
{
    /// <summary>First byte to authenticate.</summary>
    public byte* Data;

    /// <summary>Where the truncated tag is written.</summary>
    public byte* Tag;

    /// <summary>The key: <see cref="HmacStates.Bytes"/> made by <see cref="HmacStates.Derive"/>.</summary>
    public byte* States;

    /// <summary>Bytes to authenticate.</summary>
    public int Bytes;

    /// <summary>Bytes of the tag, a multiple of 4: 12 or 16.</summary>
    public int TagBytes;
}
