using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>What an AH node keeps of a packet while the engine has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AhContext
{
    /// <summary>Longest check value.</summary>
    public const int CheckRoom = 16;

    /// <summary>Longest IPv4 header, and more than any of IPv6 with extensions has that is meant well.</summary>
    public const int HeaderRoom = 120;

    public SaRecord* Sa;

    /// <summary>Number of the packet.</summary>
    public ulong Sequence;

    /// <summary>Bytes of the IP header, and of AH behind it.</summary>
    public ushort HeaderBytes;

    public ushort AhBytes;

    /// <summary>The check value that came with the packet.</summary>
    public fixed byte Check[CheckRoom];

    /// <summary>The IP header as it came, or what of it is to be sent.</summary>
    public fixed byte Header[HeaderRoom];
}
