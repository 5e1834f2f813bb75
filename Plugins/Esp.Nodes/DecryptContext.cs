using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>What the decrypting node keeps of a packet while the engine has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DecryptContext
{
    public SaRecord* Sa;

    public uint Sequence;

    /// <summary>Where the packet came from, as on the wire.</summary>
    public uint PeerAddress;

    /// <summary>UDP port that it came from, as on the wire; 0 for plain ESP.</summary>
    public ushort PeerPort;

    /// <summary>TOS of the outer header.</summary>
    public byte OuterTos;
}
