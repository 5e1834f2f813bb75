using System.Runtime.InteropServices;

namespace RouterOS.Gre.Nodes;

/// <summary>Numbers of a tunnel with sequence numbers, in the run-time arena: they go on where a process that has ended left them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SequenceRow
{
    /// <summary>Version of the layout.</summary>
    public const ushort Version = 1;

    /// <summary>Of the next packet that leaves.</summary>
    public uint NextSend;

    /// <summary>The least that is taken.</summary>
    public uint NextReceive;

    /// <summary>Whose numbers they are: a hash of the tunnel's addresses and key.</summary>
    public ulong Tunnel;

    /// <summary>1 once a packet has come.</summary>
    public byte HasReceived;
}
