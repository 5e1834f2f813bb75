using System.Buffers.Binary;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Local;

/// <summary>Builds packets of the router's own from what the control plane sends down. Worker's thread.</summary>
internal sealed class PacketInjector(ForwardingTables tables, WorkerServices worker, ControlPeers peers)
{
    private const byte DefaultTtl = 64;
    private const int ChecksumOffset = 10;

    // RFC 2113 section 2.1.
    private const uint RouterAlertOption = 0x94040000;

    private int _localOut = -1;
    private int _localOut6 = -1;
    private ushort _identification;

    public DropCounters Drops { get; } = DropCounters.Of<InjectDrop>();

    public void Send(InjectedPacket injected)
    {
        if (injected.Destination6 != 0)
        {
            Send6(injected);
            return;
        }

        if (injected.Interface != 0 && Ipv4Address.IsMulticast(injected.Destination))
        {
            SendToGroup(injected);
            return;
        }

        peers.Answered(worker.NowNanoseconds, injected.Destination);
        RouteLookup route = tables.FibLookup(injected.Instance, injected.Destination);
        uint source = injected.Source != 0 ? injected.Source : tables.SourceFor(injected.Instance, injected.Destination);
        bool arrives = route.Kind is RouteKind.Local or RouteKind.Broadcast || Ipv4Address.IsMulticast(injected.Destination);
        if (Obstacle(injected, route.Kind, route.Interface, arrives, source != 0) is { } reason)
        {
            Refuse(reason, injected);
        }
        else
        {
            Build(injected, source);
        }
    }

    // No route knows where a group is: the sender says.
    private void SendToGroup(InjectedPacket injected)
    {
        ForwardingInterface? egress = tables.InterfaceAt(injected.Interface);
        uint source = injected.Source != 0 ? injected.Source : egress?.SourceFor(injected.Destination) ?? 0;
        if (egress is not { IsUp: true })
        {
            Refuse(InjectDrop.InterfaceDown, injected);
        }
        else if (source == 0)
        {
            Refuse(InjectDrop.NoSource, injected);
        }
        else
        {
            Build(injected, source, injected.Interface);
        }
    }

    private void Send6(InjectedPacket injected)
    {
        UInt128 destination = injected.Destination6;
        peers.Answered(worker.NowNanoseconds, destination);
        bool isOnLink = Ipv6Address.IsLinkLocal(destination) || Ipv6Address.IsLinkScopeGroup(destination);
        RouteLookup6 route = isOnLink
            ? new RouteLookup6(injected.Interface == 0 ? RouteKind.None : RouteKind.Forward, 0, injected.Interface, 0, 0)
            : tables.FibLookup6(injected.Instance, destination);
        UInt128 source = injected.Source6 != 0 ? injected.Source6
            : isOnLink ? tables.InterfaceAt(injected.Interface)?.LinkLocal ?? 0
            : tables.SourceFor6(injected.Instance, destination);
        if (Obstacle(injected, route.Kind, route.Interface, route.Kind == RouteKind.Local, source != 0) is { } reason)
        {
            Refuse(reason, injected);
        }
        else
        {
            Build6(injected, source);
        }
    }

    // What keeps a packet from leaving, in either family.
    private InjectDrop? Obstacle(InjectedPacket injected, RouteKind route, uint egress, bool arrives, bool hasSource)
    {
        bool forward = route == RouteKind.Forward;
        return !forward && !arrives ? InjectDrop.NoRoute
            : forward && tables.InterfaceAt(egress) is not { IsUp: true } ? InjectDrop.InterfaceDown
            : forward && injected.AvoidProtection != 0 && tables.ProtectionOf(egress) == injected.AvoidProtection ? InjectDrop.TunnelLoop
            : hasSource ? null
            : InjectDrop.NoSource;
    }

    private void Build6(InjectedPacket injected, UInt128 source)
    {
        bool udp = injected.Protocol == (byte)IpProtocol.Udp;
        int transport = injected.Payload.Length + (udp ? UdpHeader.Length : 0);
        nint handle = transport > ushort.MaxValue - Ipv6Header.Length ? 0 : worker.Pools.Rent(Ipv6Header.Length + transport);
        if (handle == 0)
        {
            Refuse(transport > ushort.MaxValue - Ipv6Header.Length ? InjectDrop.TooLong : InjectDrop.NoBuffer, injected);
            return;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = Ipv6Header.Length + transport;
        Span<byte> bytes = packet.Data;
        Ipv6Header.Write(
            bytes,
            transport,
            injected.Protocol,
            source,
            injected.Destination6,
            injected.Ttl == 0 ? DefaultTtl : injected.Ttl,
            injected.Tos);
        Span<byte> body = bytes[Ipv6Header.Length..];
        ReadOnlySpan<byte> addresses = bytes[Ipv6Header.SourceOffset..Ipv6Header.Length];
        injected.Payload.Span.CopyTo(udp ? body[UdpHeader.Length..] : body);
        if (udp)
        {
            UdpHeader.Write(body, injected.SourcePort, injected.DestinationPort, addresses);
        }
        else if (injected.Protocol == (byte)IpProtocol.Icmp6 && transport >= Icmp6Header.Length)
        {
            // Its checksum is over the addresses, which the sender need not know.
            Icmp6Header.Write(body, (Icmp6Type)body[0], body[1], BinaryPrimitives.ReadUInt32BigEndian(body[4..]), addresses);
        }

        packet.Flags = PacketFlags.LocallyOriginated;
        packet.Instance = injected.Instance;
        packet.RequiredProtection = injected.RequiredProtection;
        packet.AvoidProtection = injected.AvoidProtection;
        packet.EgressInterface = injected.Interface;
        if (_localOut6 < 0)
        {
            _localOut6 = worker.NodeIndex(KernelNodes.Ip6LocalOut);
        }

        worker.Enqueue(_localOut6, handle);
    }

    private void Build(InjectedPacket injected, uint source, uint egress = 0)
    {
        bool udp = injected.Protocol == (byte)IpProtocol.Udp;
        int transport = injected.Payload.Length + (udp ? UdpHeader.Length : 0);
        int header = Ipv4Header.MinimumLength + (injected.RouterAlert ? sizeof(uint) : 0);
        int total = header + transport;
        if (total > ushort.MaxValue)
        {
            Refuse(InjectDrop.TooLong, injected);
            return;
        }

        nint handle = worker.Pools.Rent(total);
        if (handle == 0)
        {
            Refuse(InjectDrop.NoBuffer, injected);
            return;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = total;
        Span<byte> bytes = packet.Data;
        Ipv4Header.Write(
            bytes,
            total,
            (IpProtocol)injected.Protocol,
            source,
            injected.Destination,
            injected.Ttl == 0 ? DefaultTtl : injected.Ttl,
            ++_identification,
            injected.DontFragment,
            injected.Tos);
        if (injected.RouterAlert)
        {
            // One word of options more in the header, whose checksum it adds to.
            bytes[0]++;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[Ipv4Header.MinimumLength..], RouterAlertOption);
            bytes.Slice(ChecksumOffset, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], InternetChecksum.Compute(bytes[..header]));
        }

        Span<byte> body = bytes[header..];
        injected.Payload.Span.CopyTo(udp ? body[UdpHeader.Length..] : body);
        if (udp)
        {
            UdpHeader.Write(body, injected.SourcePort, injected.DestinationPort, source, injected.Destination);
        }

        packet.Flags = PacketFlags.LocallyOriginated;
        packet.Instance = injected.Instance;
        packet.EgressInterface = egress;
        packet.RequiredProtection = injected.RequiredProtection;
        packet.AvoidProtection = injected.AvoidProtection;
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
        }

        worker.Enqueue(_localOut, handle);
    }

    private void Refuse(InjectDrop reason, InjectedPacket injected)
    {
        Drops.Add((int)reason, 1);
        worker.RaiseEvent(
            "inject",
            injected.Destination6 != 0 ? Ipv6Address.Format(injected.Destination6) : Ipv4Address.Format(injected.Destination),
            Drops.Reasons[(int)reason].Name);
    }
}
