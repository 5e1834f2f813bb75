using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Linux.Offload;

/// <summary>
/// Consecutive packets of one flow that one super-packet stands for: cutting it again gives the same packets. The rules are those by
/// which Linux merges (GRO), checked on whole IPv4 packets.
/// </summary>
/// <remarks>The packets must stay where they are as long as the train is used.</remarks>
internal unsafe struct SegmentTrain
{
    /// <summary>Most bytes of a super-packet: with a link header below the 64 KB that devices take by default (gso_max_size).</summary>
    public const int MaxBytes = 65_000;

    /// <summary>Most datagrams (UDP_MAX_SEGMENTS of the kernels before 6.6).</summary>
    public const int MaxDatagrams = 64;

    private const int IpHeader = 20;
    private const int TcpMinimum = 20;
    private const byte Tcp = (byte)IpProtocol.Tcp;
    private const byte Udp = (byte)IpProtocol.Udp;
    private const byte FinAndPush = 0x09;
    private const byte Congested = 0x80;

    // SYN, RST and URG never come in a train, ACK always.
    private const byte DecidingFlags = 0x36;
    private const byte Acknowledge = 0x10;
    private const ushort EspInUdpPort = 4500;

    private byte* _first;
    private uint _nextSequence;
    private bool _isClosed;
    private bool _isChecked;

    /// <summary>Bytes of headers that each packet repeats, from the IPv4 header on.</summary>
    public int HeaderBytes { get; private set; }

    /// <summary>Payload bytes of each packet but the last.</summary>
    public int SegmentBytes { get; private set; }

    /// <summary>Payload bytes of all.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>Packets so far.</summary>
    public int Count { get; private set; }

    /// <summary>TCP or UDP.</summary>
    public bool IsTcp { get; private set; }

    /// <summary>The FIN and PSH of the last packet, which the super-packet carries.</summary>
    public byte LastFlags { get; private set; }

    /// <summary>Begins with a packet; false when no other can continue it.</summary>
    public static bool TryStart(byte* ip, int length, out SegmentTrain train)
    {
        train = default;
        // Safe: 28 bytes hold an IPv4 header and the shortest transport header; TCP's 40 are asked for before it is read.
        if (length <= IpHeader + UdpHeader.Length || ip[0] != 0x45 || ip[9] is not (Tcp or Udp) || Read16(ip + 2) != length
            || (Read16(ip + 6) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0)
        {
            return false;
        }

        byte* transport = ip + IpHeader;
        train.IsTcp = ip[9] == Tcp;
        if (train.IsTcp)
        {
            int header = length > IpHeader + TcpMinimum ? (transport[12] >> 4) * 4 : 0;
            if (header < TcpMinimum || length <= IpHeader + header || (transport[13] & (DecidingFlags | FinAndPush)) != Acknowledge)
            {
                return false;
            }

            train.HeaderBytes = IpHeader + header;
            train._nextSequence = Read32(transport + 4) + (uint)(length - train.HeaderBytes);
        }
        else
        {
            // Without a checksum only ESP may join: RFC 3948 section 2.1 lets a sender choose, and a cut datagram has one.
            if (Read16(transport + 4) != length - IpHeader
                || (Read16(transport + 6) == 0 && Read16(transport) != EspInUdpPort && Read16(transport + 2) != EspInUdpPort))
            {
                return false;
            }

            train.HeaderBytes = IpHeader + UdpHeader.Length;
        }

        train._first = ip;
        train.SegmentBytes = length - train.HeaderBytes;
        train.PayloadBytes = train.SegmentBytes;
        train.Count = 1;
        return true;
    }

    /// <summary>Adds the packet when it continues the train.</summary>
    public bool TryAdd(byte* ip, int length)
    {
        int payload = length - HeaderBytes;
        if (_isClosed || payload <= 0 || payload > SegmentBytes || HeaderBytes + PayloadBytes + payload > MaxBytes
            || !ContinuesIp(ip, length) || !(IsTcp ? ContinuesTcp(ip) : ContinuesUdp(ip, length)))
        {
            return false;
        }

        if (!_isChecked)
        {
            // A wrong checksum must stay wrong: what is cut again would get a right one.
            _isChecked = HasRightChecksums(_first, HeaderBytes + SegmentBytes);
            _isClosed = !_isChecked;
        }

        if (_isClosed || !HasRightChecksums(ip, length))
        {
            _isClosed = true;
            return false;
        }

        PayloadBytes += payload;
        Count++;
        _isClosed = payload < SegmentBytes;
        if (IsTcp)
        {
            _nextSequence += (uint)payload;
            LastFlags = (byte)(ip[IpHeader + 13] & FinAndPush);
            _isClosed |= LastFlags != 0;
        }
        else
        {
            _isClosed |= Count == MaxDatagrams;
        }

        return true;
    }

    // Version, service, flags, TTL, protocol and addresses are the same; the identification goes up by one as the kernel does it.
    private readonly bool ContinuesIp(byte* ip, int length) =>
        Read16(ip) == Read16(_first) && Read16(ip + 2) == length && Read16(ip + 4) == (ushort)(Read16(_first + 4) + Count)
        && Raw32(ip + 6) == Raw32(_first + 6) && Raw64(ip + 12) == Raw64(_first + 12);

    private readonly bool ContinuesTcp(byte* ip)
    {
        byte* transport = ip + IpHeader;
        byte* first = _first + IpHeader;
        // Ports, sequence, acknowledgment, header length; flags but PSH and FIN, which end a train, and CWR, which starts one.
        return Raw32(transport) == Raw32(first) && Read32(transport + 4) == _nextSequence && Raw32(transport + 8) == Raw32(first + 8)
            && transport[12] == first[12]
            && ((transport[13] ^ first[13]) & ~(FinAndPush | Congested)) == 0 && (transport[13] & Congested) == 0
            && Read16(transport + 14) == Read16(first + 14) && Read16(transport + 18) == Read16(first + 18)
            && new ReadOnlySpan<byte>(transport + TcpMinimum, HeaderBytes - IpHeader - TcpMinimum)
                .SequenceEqual(new ReadOnlySpan<byte>(first + TcpMinimum, HeaderBytes - IpHeader - TcpMinimum));
    }

    private readonly bool ContinuesUdp(byte* ip, int length)
    {
        byte* transport = ip + IpHeader;
        byte* first = _first + IpHeader;
        return Raw32(transport) == Raw32(first) && Read16(transport + 4) == length - IpHeader
            && (Read16(transport + 6) == 0) == (Read16(first + 6) == 0);
    }

    private static bool HasRightChecksums(byte* ip, int length)
    {
        if (InternetChecksum.Compute(new ReadOnlySpan<byte>(ip, IpHeader)) != 0)
        {
            return false;
        }

        if (ip[9] == Udp && Read16(ip + IpHeader + 6) == 0)
        {
            return true;
        }

        uint pseudo = InternetChecksum.PseudoHeader(Read32(ip + 12), Read32(ip + 16), ip[9], length - IpHeader);
        return InternetChecksum.Compute(new ReadOnlySpan<byte>(ip + IpHeader, length - IpHeader), pseudo) == 0;
    }

    private static ushort Read16(byte* at) => (ushort)((at[0] << 8) | at[1]);

    private static uint Read32(byte* at) => ((uint)Read16(at) << 16) | Read16(at + 2);

    private static uint Raw32(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    private static ulong Raw64(byte* at) => Unsafe.ReadUnaligned<ulong>(at);
}
