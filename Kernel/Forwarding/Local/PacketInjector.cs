using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Local;

/// <summary>Builds packets of the router's own from what the control plane sends down. Worker's thread.</summary>
internal sealed class PacketInjector(ForwardingTables tables, WorkerServices worker, ControlPeers peers)
{
    private const byte DefaultTtl = 64;

    private int _localOut = -1;
    private ushort _identification;

    public DropCounters Drops { get; } = DropCounters.Of<InjectDrop>();

    public void Send(InjectedPacket injected)
    {
        peers.Answered(worker.NowNanoseconds, injected.Destination);
        RouteLookup route = tables.FibLookup(injected.Instance, injected.Destination);
        uint source = injected.Source != 0 ? injected.Source : tables.SourceFor(injected.Instance, injected.Destination);
        bool forward = route.Kind == RouteKind.Forward;
        if (!forward && route.Kind is not (RouteKind.Local or RouteKind.Broadcast) && !Ipv4Address.IsMulticast(injected.Destination))
        {
            Refuse(InjectDrop.NoRoute, injected);
        }
        else if (forward && tables.InterfaceAt(route.Interface) is not { IsUp: true })
        {
            Refuse(InjectDrop.InterfaceDown, injected);
        }
        else if (forward && injected.AvoidProtection != 0 && tables.ProtectionOf(route.Interface) == injected.AvoidProtection)
        {
            Refuse(InjectDrop.TunnelLoop, injected);
        }
        else if (source == 0)
        {
            Refuse(InjectDrop.NoSource, injected);
        }
        else
        {
            Build(injected, source);
        }
    }

    private void Build(InjectedPacket injected, uint source)
    {
        bool udp = injected.Protocol == (byte)IpProtocol.Udp;
        int transport = injected.Payload.Length + (udp ? UdpHeader.Length : 0);
        int total = Ipv4Header.MinimumLength + transport;
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
        Span<byte> body = bytes[Ipv4Header.MinimumLength..];
        injected.Payload.Span.CopyTo(udp ? body[UdpHeader.Length..] : body);
        if (udp)
        {
            UdpHeader.Write(body, injected.SourcePort, injected.DestinationPort, source, injected.Destination);
        }

        packet.Flags = PacketFlags.LocallyOriginated;
        packet.Instance = injected.Instance;
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
        worker.RaiseEvent("inject", Ipv4Address.Format(injected.Destination), Drops.Reasons[(int)reason].Name);
    }
}
