using System.Runtime.InteropServices;

namespace RouterOS.L2tp.Nodes;

/// <summary>A session as the nodes of one worker see it, in native memory: three cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Bytes)]
internal unsafe struct SessionRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 192;

    /// <summary>Most bytes before a packet: IPv4, UDP, L2TP with numbers, PPP.</summary>
    public const int LargestHeader = 20 + 8 + 10 + 4;

    /// <summary>Bytes before a frame of PPP that goes with sequence numbers: IPv4, UDP, L2TP, address and control.</summary>
    public const int FrameHeader = 20 + 8 + 10 + 2;

    /// <summary>First byte of a frame, RFC 1662 section 3.1.</summary>
    public const byte PppAddress = 0xff;

    /// <summary>Second byte of a frame.</summary>
    public const byte PppControl = 0x03;

    // fe80::/64, RFC 4291 section 2.5.6.
    private const ulong LinkLocalPrefix = 0xfe80_0000_0000_0000;

    public ulong ReceivedPackets;
    public ulong ReceivedOctets;
    public ulong SentPackets;
    public ulong SentOctets;
    public ulong Discarded;
    public ulong Spoofed;
    public ulong OutOfSequence;

    /// <summary>Networks behind the peer: pairs of prefix and mask.</summary>
    public uint* Networks;

    /// <summary>Other sessions of the tunnel.</summary>
    public SessionRecord* Next;

    /// <summary>The one whose <see cref="Next"/> this is.</summary>
    public SessionRecord* Previous;

    /// <summary>Networks of IPv6: pairs of prefix and mask.</summary>
    public UInt128* Networks6;

    /// <summary>The peer's interface identifier; 0: it does not speak IPv6.</summary>
    public ulong PeerIdentifier;

    public uint NetworkCount;
    public uint Protection;
    public uint Interface;
    public uint Instance;
    public uint RemoteAddress;

    /// <summary>Address that the peer may send from; 0: any.</summary>
    public uint PeerAddress;

    public ushort NetworkCount6;
    public ushort TcpMss6;
    public ushort RemotePort;
    public ushort RemoteTunnel;
    public ushort TcpMss;
    public ushort NextSend;
    public ushort NextReceive;
    public SessionFlags Flags;

    /// <summary>Bytes of <see cref="Header"/> that are used.</summary>
    public byte HeaderBytes;

    /// <summary>What stands before every packet that leaves, but for lengths, checksums and numbers.</summary>
    public fixed byte Header[LargestHeader];

    /// <summary>True when a packet of IPv6 of the peer may have this source: its link-local address, or one of its networks.</summary>
    public readonly bool IsOfPeer(UInt128 source)
    {
        if (PeerAddress == 0 || source == new UInt128(LinkLocalPrefix, PeerIdentifier))
        {
            return true;
        }

        for (int i = 0; i < NetworkCount6; i++)
        {
            if ((source & Networks6[(2 * i) + 1]) == Networks6[2 * i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a packet of the peer may have this source.</summary>
    public readonly bool IsOfPeer(uint source)
    {
        if (PeerAddress == 0 || source == PeerAddress)
        {
            return true;
        }

        for (uint i = 0; i < NetworkCount; i++)
        {
            if ((source & Networks[(2 * i) + 1]) == Networks[2 * i])
            {
                return true;
            }
        }

        return false;
    }
}
