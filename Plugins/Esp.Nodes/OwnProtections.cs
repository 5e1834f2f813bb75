using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Protections of what the router itself sends and receives, found by the peer's address (RFC 4301 section 5, for a host).</summary>
/// <remarks>IKE, ESP and AH are what protections are made of: they pass by themselves.</remarks>
internal sealed unsafe class OwnProtections
{
    private const ushort IkePort = 500;
    private const ushort NatPort = 4500;

    // Types of ICMPv6: router solicitation to redirect (RFC 4861 section 4).
    private const byte FirstDiscovery = 133;
    private const byte LastDiscovery = 137;

    private readonly Dictionary<uint, Protection> _byPeer = [];

    /// <summary>True while there is none, and every packet passes.</summary>
    public bool IsEmpty => _byPeer.Count == 0;

    public void Add(Protection protection)
    {
        protection.NextOwn = _byPeer.GetValueOrDefault(protection.RemoteAddress);
        _byPeer[protection.RemoteAddress] = protection;
    }

    /// <summary>Takes a protection out; one that is not inside changes nothing.</summary>
    public void Remove(Protection protection)
    {
        if (_byPeer.GetValueOrDefault(protection.RemoteAddress) is not { } first)
        {
            return;
        }

        if (first == protection && protection.NextOwn is null)
        {
            _ = _byPeer.Remove(protection.RemoteAddress);
        }
        else if (first == protection)
        {
            _byPeer[protection.RemoteAddress] = protection.NextOwn!;
        }

        for (Protection? at = first; at is not null; at = at.NextOwn)
        {
            at.NextOwn = at.NextOwn == protection ? protection.NextOwn : at.NextOwn;
        }

        protection.NextOwn = null;
    }

    /// <summary>The protection that a packet to the peer takes, or one from it must have come by; null for none.</summary>
    public Protection? Find(ref PacketBuffer packet, bool isOutbound)
    {
        if (packet.Length < Ipv4Header.MinimumLength)
        {
            return null;
        }

        if (InnerPacket.IsVersion6(packet.Data))
        {
            return packet.Length < Ipv6Header.Length ? null : Find6(ref packet, isOutbound);
        }

        // Safe: a whole header is there.
        uint source = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(*(uint*)(packet.Start + 12));
        uint destination = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(*(uint*)(packet.Start + 16));
        if (!_byPeer.TryGetValue(isOutbound ? destination : source, out Protection? at) || IsKeying(packet.Data))
        {
            return null;
        }

        while (at is not null && !(at.Instance == packet.Instance && (isOutbound ? source : destination) == at.LocalAddress && at.TakesOwn(packet.Data, isOutbound)))
        {
            at = at.NextOwn;
        }

        return at;
    }

    /// <summary>True when a protection may want a packet to the peer, or one from it: the node is to look.</summary>
    public bool KnowsPeer(in PlainPacket packet, bool isOutbound) => _byPeer.ContainsKey(
        // Safe: a whole header is there.
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(*(uint*)(packet.Header + (isOutbound ? 16 : 12))));

    private Protection? Find6(ref PacketBuffer packet, bool isOutbound)
    {
        UInt128 source = Ipv6Address.Read(packet.Data[Ipv6Header.SourceOffset..]);
        UInt128 destination = Ipv6Address.Read(packet.Data[Ipv6Header.DestinationOffset..]);
        (UInt128 local, UInt128 remote) = isOutbound ? (source, destination) : (destination, source);
        if (!_byPeer.TryGetValue(Outer6.Of(remote), out Protection? at) || IsKeying6(packet.Data))
        {
            return null;
        }

        while (at is not null && !(at.IsVersion6 && at.Instance == packet.Instance && at.RemoteAddress6 == remote && at.LocalAddress6 == local
            && at.TakesOwn(packet.Data, isOutbound)))
        {
            at = at.NextOwn;
        }

        return at;
    }

    private static bool IsKeying(ReadOnlySpan<byte> packet) =>
        packet[9] == (byte)IpProtocol.Udp ? IsIke(packet[((packet[0] & 0x0f) * 4)..]) : packet[9] is (byte)IpProtocol.Esp or (byte)IpProtocol.Ah;

    // Neighbours are found before anything else can be (RFC 4301 section 5, RFC 3971).
    private static bool IsKeying6(ReadOnlySpan<byte> packet)
    {
        if (!Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked))
        {
            return false;
        }

        ReadOnlySpan<byte> body = packet[walked.Offset..];
        return (IpProtocol)walked.Protocol switch
        {
            IpProtocol.Udp => IsIke(body),
            IpProtocol.Icmp6 => !body.IsEmpty && body[0] is >= FirstDiscovery and <= LastDiscovery,
            IpProtocol.Esp or IpProtocol.Ah => true,
            _ => false,
        };
    }

    private static bool IsIke(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 4)
        {
            return false;
        }

        int from = (datagram[0] << 8) | datagram[1];
        int to = (datagram[2] << 8) | datagram[3];
        return from is IkePort or NatPort || to is IkePort or NatPort;
    }
}
