using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Linux.Packet;

/// <summary>Cuts a TCP or UDP super-frame over IPv4 into the frames that it stands for.</summary>
internal readonly struct FrameSegments
{
    private const int EthernetLength = 14;
    private const int VlanLength = 4;
    private const int UdpLength = 8;
    private const int TcpMinimum = 20;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte FinAndPush = 0x09;
    private const byte Congested = 0x80;

    private readonly int _networkOffset;
    private readonly int _transportOffset;
    private readonly int _payloadOffset;
    private readonly int _segmentBytes;
    private readonly bool _isTcp;

    private FrameSegments(int network, int transport, int payload, int segmentBytes, bool isTcp, int count)
    {
        _networkOffset = network;
        _transportOffset = transport;
        _payloadOffset = payload;
        _segmentBytes = segmentBytes;
        _isTcp = isTcp;
        Count = count;
    }

    /// <summary>Frames to be made.</summary>
    public int Count { get; }

    /// <summary>Looks at a super-frame once; false for one that cannot be cut.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, SegmentationKind kind, int segmentBytes, out FrameSegments segments)
    {
        segments = default;
        if (kind is not (SegmentationKind.TcpIpv4 or SegmentationKind.Udp) || segmentBytes == 0 || frame.Length < EthernetLength)
        {
            return false;
        }

        int network = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) is 0x8100 or 0x88a8
            ? EthernetLength + VlanLength
            : EthernetLength;
        if (frame.Length < network + Ipv4Header.MinimumLength || frame[network] >> 4 != 4)
        {
            return false;
        }

        int transport = network + ((frame[network] & 0x0f) * 4);
        bool isTcp = kind == SegmentationKind.TcpIpv4;
        if (frame[network + 9] != (isTcp ? Tcp : Udp) || frame.Length < transport + (isTcp ? TcpMinimum : UdpLength))
        {
            return false;
        }

        int payload = transport + (isTcp ? (frame[transport + 12] >> 4) * 4 : UdpLength);
        if (transport < network + Ipv4Header.MinimumLength || payload < transport + (isTcp ? TcpMinimum : UdpLength) || frame.Length <= payload)
        {
            return false;
        }

        int count = (frame.Length - payload + segmentBytes - 1) / segmentBytes;
        segments = new FrameSegments(network, transport, payload, segmentBytes, isTcp, count);
        return true;
    }

    /// <summary>Bytes of one frame.</summary>
    public int LengthOf(ReadOnlySpan<byte> frame, int index) =>
        _payloadOffset + Math.Min(_segmentBytes, frame.Length - _payloadOffset - (index * _segmentBytes));

    /// <summary>Writes one frame with right lengths, numbers and checksums; <paramref name="destination"/> has its length.</summary>
    public void Write(ReadOnlySpan<byte> frame, int index, Span<byte> destination)
    {
        int start = index * _segmentBytes;
        frame[.._payloadOffset].CopyTo(destination);
        frame.Slice(_payloadOffset + start, destination.Length - _payloadOffset).CopyTo(destination[_payloadOffset..]);

        Span<byte> ip = destination[_networkOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) + index));
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip[..(_transportOffset - _networkOffset)]));

        Span<byte> transport = destination[_transportOffset..];
        int checksumOffset = _isTcp ? 16 : 6;
        if (_isTcp)
        {
            uint sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]);
            BinaryPrimitives.WriteUInt32BigEndian(transport[4..], sequence + (uint)start);
            // FIN and PSH belong to the last byte, CWR to the first packet only.
            transport[13] &= index < Count - 1 ? unchecked((byte)~FinAndPush) : (byte)0xff;
            transport[13] &= index > 0 ? unchecked((byte)~Congested) : (byte)0xff;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transport.Length);
        }

        uint pseudo = InternetChecksum.PseudoHeader(
            BinaryPrimitives.ReadUInt32BigEndian(ip[12..]), BinaryPrimitives.ReadUInt32BigEndian(ip[16..]), ip[9], transport.Length);
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], 0);
        ushort sum = InternetChecksum.Compute(transport, pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], sum == 0 ? (ushort)0xffff : sum);
    }
}
