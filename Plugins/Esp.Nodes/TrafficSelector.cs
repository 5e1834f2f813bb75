using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Which inner packets an SA may carry (RFC 4301 section 4.4.1), with addresses as the inner packet has them.</summary>
internal readonly struct TrafficSelector
{
    private readonly uint _sourceFirst;
    private readonly uint _sourceLast;
    private readonly uint _destinationFirst;
    private readonly uint _destinationLast;
    private readonly byte _protocol;
    private readonly ushort _sourcePort;
    private readonly ushort _destinationPort;
    private readonly bool _any;

    /// <summary>The selector of a row; none means any packet.</summary>
    public TrafficSelector(Selector? row)
    {
        _any = row is null;
        _sourceFirst = row?.SourceFirst ?? 0;
        _sourceLast = row?.SourceLast ?? uint.MaxValue;
        _destinationFirst = row?.DestinationFirst ?? 0;
        _destinationLast = row?.DestinationLast ?? uint.MaxValue;
        _protocol = (byte)(row?.Protocol ?? 0);
        _sourcePort = (ushort)(row?.SourcePort ?? 0);
        _destinationPort = (ushort)(row?.DestinationPort ?? 0);
        _any |= _sourceFirst == 0 && _sourceLast == uint.MaxValue && _destinationFirst == 0 && _destinationLast == uint.MaxValue
            && _protocol == 0;
    }

    /// <summary>True when every packet is inside.</summary>
    public bool IsAny => _any;

    /// <summary>True for a packet inside; <paramref name="packet"/> holds a whole IPv4 header at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(ReadOnlySpan<byte> packet) => _any || MatchesFields(packet);

    private bool MatchesFields(ReadOnlySpan<byte> packet)
    {
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(packet[16..]);
        return source >= _sourceFirst && source <= _sourceLast
            && destination >= _destinationFirst && destination <= _destinationLast
            && (_protocol == 0 || (_protocol == packet[9] && MatchesPorts(packet)));
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
}
