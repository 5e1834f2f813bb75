using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Rows;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Which inner packets an SA may carry (RFC 4301 section 4.4.1), with addresses as the inner packet has them.</summary>
internal readonly unsafe struct TrafficSelector
{
    private readonly uint _sourceFirst;
    private readonly uint _sourceLast;
    private readonly uint _destinationFirst;
    private readonly uint _destinationLast;
    private readonly byte _protocol;
    private readonly ushort _sourcePort;
    private readonly ushort _destinationPort;
    private readonly bool _any;

    // Where the source stands then lies the address of the ranges.
    private readonly bool _isVersion6;

    private TrafficSelector(Fields row)
    {
        _sourceFirst = row.SourceFirst;
        _sourceLast = row.SourceLast;
        _destinationFirst = row.DestinationFirst;
        _destinationLast = row.DestinationLast;
        _protocol = (byte)row.Protocol;
        _sourcePort = (ushort)row.SourcePort;
        _destinationPort = (ushort)row.DestinationPort;
        _any = _sourceFirst == 0 && _sourceLast == uint.MaxValue && _destinationFirst == 0 && _destinationLast == uint.MaxValue
            && _protocol == 0;
        if (row.Ranges6 != null)
        {
            (_sourceFirst, _sourceLast) = ((uint)(ulong)row.Ranges6, (uint)((ulong)row.Ranges6 >> 32));
            (_destinationFirst, _destinationLast) = (0, uint.MaxValue);
            (_any, _isVersion6) = (row.Ranges6->IsAll && _protocol == 0, true);
        }
    }

    /// <summary>Its addresses are of IPv6.</summary>
    public bool IsVersion6 => _isVersion6;

    /// <summary>Any packet: what a row without a selector means.</summary>
    public static TrafficSelector Any => new(new Fields { SourceLast = uint.MaxValue, DestinationLast = uint.MaxValue });

    /// <summary>No packet at all.</summary>
    public static TrafficSelector None => new(new Fields { SourceFirst = 1 });

    /// <summary>True when every packet is inside.</summary>
    public bool IsAny => _any;

    /// <summary>Addresses that it lets packets go to, less one; of IPv6 the power of two. The smaller of two is the narrower one of a family.</summary>
    public uint DestinationWidth => _isVersion6 ? Ranges6->DestinationWidth : _destinationLast - _destinationFirst;

    /// <summary>The destinations of IPv4 as a prefix; false where they are none.</summary>
    /// <param name="first">The first address.</param>
    /// <param name="width">Addresses, less one.</param>
    public bool TryGetPrefix(out uint first, out uint width)
    {
        (first, width) = (_destinationFirst, _destinationLast - _destinationFirst);
        return !_isVersion6 && _destinationLast >= _destinationFirst && (width & (width + 1)) == 0 && (first & width) == 0;
    }

    /// <summary>The destinations of IPv6 as a prefix; false where they are none.</summary>
    /// <param name="first">The first address.</param>
    /// <param name="bits">Bits in which addresses differ.</param>
    public bool TryGetPrefix6(out UInt128 first, out uint bits)
    {
        (first, bits) = (0, 0);
        if (!_isVersion6)
        {
            return false;
        }

        (first, bits) = (Ranges6->DestinationFirst, Ranges6->DestinationWidth);
        UInt128 differ = first ^ Ranges6->DestinationLast;
        return Ranges6->DestinationLast >= first && (differ & (differ + 1)) == 0 && (first & differ) == 0;
    }

    // Safe: the ranges stay for ever.
    private SelectorRanges6* Ranges6 => (SelectorRanges6*)(((ulong)_sourceLast << 32) | _sourceFirst);

    /// <summary>True for a packet inside; <paramref name="packet"/> holds a whole header at least. Any is any of both families, as the vendor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(ReadOnlySpan<byte> packet) => _any || MatchesFields(packet);

    /// <summary>The selector of a row; any packet without one.</summary>
    public static TrafficSelector Of(Selector? row) => row is null ? Any : new(new Fields
    {
        SourceFirst = row.SourceFirst,
        SourceLast = row.SourceLast,
        DestinationFirst = row.DestinationFirst,
        DestinationLast = row.DestinationLast,
        Protocol = row.Protocol,
        SourcePort = row.SourcePort,
        DestinationPort = row.DestinationPort,
        Ranges6 = SelectorRanges6.Of(row.SourceFirst6.Span, row.SourceLast6.Span, row.DestinationFirst6.Span, row.DestinationLast6.Span),
    });

    /// <summary>Reads a Selector message; false when it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out TrafficSelector selector)
    {
        Fields row = default;
        ReadOnlySpan<byte> sourceFirst6 = default;
        ReadOnlySpan<byte> sourceLast6 = default;
        ReadOnlySpan<byte> destinationFirst6 = default;
        ReadOnlySpan<byte> destinationLast6 = default;
        ProtobufReader reader = new(message);
        while (reader.Next())
        {
            uint number = (uint)reader.Number;
            switch (reader.Field)
            {
                case Selector.SourceFirstFieldNumber:
                    row.SourceFirst = number;
                    break;
                case Selector.SourceLastFieldNumber:
                    row.SourceLast = number;
                    break;
                case Selector.DestinationFirstFieldNumber:
                    row.DestinationFirst = number;
                    break;
                case Selector.DestinationLastFieldNumber:
                    row.DestinationLast = number;
                    break;
                case Selector.ProtocolFieldNumber:
                    row.Protocol = number;
                    break;
                case Selector.SourcePortFieldNumber:
                    row.SourcePort = number;
                    break;
                case Selector.DestinationPortFieldNumber:
                    row.DestinationPort = number;
                    break;
                case Selector.SourceFirst6FieldNumber:
                    sourceFirst6 = reader.Bytes;
                    break;
                case Selector.SourceLast6FieldNumber:
                    sourceLast6 = reader.Bytes;
                    break;
                case Selector.DestinationFirst6FieldNumber:
                    destinationFirst6 = reader.Bytes;
                    break;
                case Selector.DestinationLast6FieldNumber:
                    destinationLast6 = reader.Bytes;
                    break;
                default:
                    break;
            }
        }

        row.Ranges6 = SelectorRanges6.Of(sourceFirst6, sourceLast6, destinationFirst6, destinationLast6);
        selector = new TrafficSelector(row);
        return !reader.Failed && (row.Ranges6 != null || sourceFirst6.IsEmpty);
    }

    private bool MatchesFields(ReadOnlySpan<byte> packet)
    {
        if (_isVersion6 || packet[0] >> 4 == 6)
        {
            return _isVersion6 && packet[0] >> 4 == 6 && MatchesVersion6(packet);
        }

        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(packet[16..]);
        return source >= _sourceFirst && source <= _sourceLast
            && destination >= _destinationFirst && destination <= _destinationLast
            && (_protocol == 0 || (_protocol == packet[9] && MatchesPorts(packet)));
    }

    private bool MatchesVersion6(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv6Header.Length || !Ranges6->Holds(packet))
        {
            return false;
        }

        if (_protocol == 0)
        {
            return true;
        }

        if (!Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) || walked.Protocol != _protocol)
        {
            return false;
        }

        if ((_sourcePort | _destinationPort) == 0)
        {
            return true;
        }

        return (IpProtocol)walked.Protocol is IpProtocol.Udp or IpProtocol.Tcp && walked.FragmentOffset == 0 && packet.Length >= walked.Offset + 4
            && (_sourcePort == 0 || _sourcePort == BinaryPrimitives.ReadUInt16BigEndian(packet[walked.Offset..]))
            && (_destinationPort == 0 || _destinationPort == BinaryPrimitives.ReadUInt16BigEndian(packet[(walked.Offset + 2)..]));
    }

    private bool MatchesPorts(ReadOnlySpan<byte> packet)
    {
        if ((_sourcePort | _destinationPort) == 0)
        {
            return true;
        }

        // A fragment without ports cannot be shown to belong to an SA that names them (RFC 4301 section 7.4).
        int headerLength = (packet[0] & 0x0f) * 4;
        bool hasPorts = (IpProtocol)packet[9] is IpProtocol.Udp or IpProtocol.Tcp
            && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & Ipv4Header.FragmentOffsetMask) == 0
            && packet.Length >= headerLength + 4;
        return hasPorts
            && (_sourcePort == 0 || _sourcePort == BinaryPrimitives.ReadUInt16BigEndian(packet[headerLength..]))
            && (_destinationPort == 0 || _destinationPort == BinaryPrimitives.ReadUInt16BigEndian(packet[(headerLength + 2)..]));
    }

    private struct Fields
    {
        public uint SourceFirst;
        public uint SourceLast;
        public uint DestinationFirst;
        public uint DestinationLast;
        public uint Protocol;
        public uint SourcePort;
        public uint DestinationPort;
        public SelectorRanges6* Ranges6;
    }
}
