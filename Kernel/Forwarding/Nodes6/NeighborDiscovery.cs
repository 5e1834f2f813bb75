using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Neighbour discovery of IPv6 (RFC 4861): asks, keeps packets until neighbours answer, and sees whether they are still there. Worker 0's.</summary>
internal sealed class NeighborDiscovery
{
    private const int TickMilliseconds = 500;
    private const int MaximumTries = 3;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // RFC 4861 section 10.
    private const long RetransmitNanoseconds = NanosecondsPerSecond;
    private const long ReachableNanoseconds = 30 * NanosecondsPerSecond;
    private const long DelayNanoseconds = 5 * NanosecondsPerSecond;

    // What nobody sends to is forgotten, as ARP entries are.
    private const long IdleNanoseconds = 1200 * NanosecondsPerSecond;

    private const byte Hops = byte.MaxValue;

    private readonly ForwardingTables _tables;
    private readonly WorkerServices _worker;
    private readonly DropCounters _drops;
    private readonly WaitingRoom _waiting;
    private readonly List<Neighbor6> _dead = [];
    private readonly Dictionary<uint, UInt128[]> _announced = [];
    private int _output = -1;
    private int _icmpError;

    public NeighborDiscovery(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    {
        _tables = tables;
        _worker = worker;
        _drops = drops;
        _waiting = new(worker);
        worker.Every(TickMilliseconds, Age);
        tables.InterfaceChanged += OnInterfaceChanged;
    }

    /// <summary>The neighbour of an address, if its Ethernet address is known; using it may begin to ask whether it is still there.</summary>
    public Neighbor6? Find(ForwardingInterface egress, UInt128 address)
    {
        if (_tables.Neighbors6.Find(egress.Index, address) is not { State: not NeighborState.Incomplete } neighbor)
        {
            return null;
        }

        if (neighbor.State == NeighborState.Stale)
        {
            neighbor.State = NeighborState.Delay;
            neighbor.AskedAt = _worker.NowNanoseconds;
        }

        return neighbor;
    }

    /// <summary>Keeps a packet until its next hop has answered, and asks. False: dropped and counted, the caller frees it.</summary>
    public bool Queue(ForwardingInterface egress, UInt128 address, nint handle)
    {
        Neighbor6? neighbor = _tables.Neighbors6.Find(egress.Index, address);
        if (neighbor is null)
        {
            neighbor = _tables.Neighbors6.Add(egress.Index, address);
            if (neighbor is null)
            {
                _drops.Add((int)NeighborDrop.TooManyNeighbors, 1);
                return false;
            }

            Ask(egress, neighbor);
        }

        if (!_waiting.TryAdd(ref neighbor.Waiting, handle))
        {
            _drops.Add((int)NeighborDrop.QueueFull, 1);
            return false;
        }

        return true;
    }

    /// <summary>Acts on a message whose form is right.</summary>
    public void Hear(ForwardingInterface ingress, UInt128 source, UInt128 destination, in NeighborMessage message)
    {
        if (ingress.Owns(source) || (message.Type == Icmp6Type.NeighborAdvertisement && ingress.Owns(message.Target)))
        {
            _drops.Add((int)NeighborDrop.AddressConflict, 1);
            _worker.RaiseEvent("interface", ingress.Name, "address-conflict");
        }
        else if (message.Type == Icmp6Type.NeighborAdvertisement)
        {
            HearAdvertisement(ingress, destination, message);
        }
        else
        {
            HearSolicitation(ingress, source, destination, message);
        }
    }

    // RFC 4861 section 7.2.3.
    private void HearSolicitation(ForwardingInterface ingress, UInt128 source, UInt128 destination, in NeighborMessage message)
    {
        bool asksFirst = source == 0;
        if (asksFirst && (!message.Link.IsEmpty || destination != Ipv6Address.SolicitedNode(message.Target)))
        {
            _drops.Add((int)NeighborDrop.Malformed, 1);
            return;
        }

        if (!ingress.Owns(message.Target) || (!asksFirst && !IsOnLink(ingress, source)))
        {
            _drops.Add((int)NeighborDrop.NotConnected, 1);
            return;
        }

        if (asksFirst)
        {
            // Somebody wants an address that is ours: all are told that it is taken (RFC 4862 section 5.4.3).
            Advertise(ingress, message.Target, Ipv6Address.AllNodes, NeighborMessage.OverrideFlag);
            return;
        }

        if (!message.Link.IsEmpty)
        {
            Learn(ingress, source, message.Link);
        }

        Advertise(ingress, message.Target, source, NeighborMessage.SolicitedFlag | NeighborMessage.OverrideFlag);
    }

    private void Learn(ForwardingInterface ingress, UInt128 source, ReadOnlySpan<byte> link)
    {
        Neighbor6? neighbor = _tables.Neighbors6.Find(ingress.Index, source) ?? _tables.Neighbors6.Add(ingress.Index, source);
        if (neighbor is { State: not NeighborState.Static } && (neighbor.State == NeighborState.Incomplete || !neighbor.Has(link)))
        {
            neighbor.SetLink(link);
            Enter(neighbor, NeighborState.Stale);
        }
    }

    // RFC 4861 section 7.2.5.
    private void HearAdvertisement(ForwardingInterface ingress, UInt128 destination, in NeighborMessage message)
    {
        bool solicited = (message.Flags & NeighborMessage.SolicitedFlag) != 0;
        if (solicited && Ipv6Address.IsMulticast(destination))
        {
            _drops.Add((int)NeighborDrop.Malformed, 1);
            return;
        }

        if (_tables.Neighbors6.Find(ingress.Index, message.Target) is not { State: not NeighborState.Static } neighbor)
        {
            return;
        }

        bool replaces = (message.Flags & NeighborMessage.OverrideFlag) != 0;
        bool incomplete = neighbor.State == NeighborState.Incomplete;
        bool differs = !message.Link.IsEmpty && !neighbor.Has(message.Link);
        if (incomplete && message.Link.IsEmpty)
        {
            return;
        }

        if (!incomplete && differs && !replaces)
        {
            if (neighbor.State == NeighborState.Reachable)
            {
                Enter(neighbor, NeighborState.Stale);
            }

            return;
        }

        neighbor.IsRouter = (message.Flags & NeighborMessage.RouterFlag) != 0;
        if (!message.Link.IsEmpty)
        {
            neighbor.SetLink(message.Link);
        }

        if (solicited)
        {
            Enter(neighbor, NeighborState.Reachable);
        }
        else if (incomplete || differs)
        {
            Enter(neighbor, NeighborState.Stale);
        }
    }

    // The neighbour's Ethernet address is known: what waited for it leaves.
    private void Enter(Neighbor6 neighbor, NeighborState state)
    {
        _tables.Neighbors6.Know(neighbor, state);
        neighbor.ConfirmedAt = _worker.NowNanoseconds;
        neighbor.Tries = 0;
        Resolve();
        while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
        {
            _worker.Enqueue(_output, handle);
        }
    }

    private static bool IsOnLink(ForwardingInterface ingress, UInt128 address)
    {
        if (Ipv6Address.IsLinkLocal(address))
        {
            return true;
        }

        foreach (InterfaceAddress6 own in ingress.AddressArray6)
        {
            if (own.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private void Ask(ForwardingInterface egress, Neighbor6 neighbor)
    {
        neighbor.AskedAt = _worker.NowNanoseconds;
        neighbor.Tries++;
        UInt128 source = egress.SourceFor(neighbor.Address);
        source = source != 0 ? source : egress.LinkLocal;
        // RFC 4861 section 7.3.3: a known neighbour is asked alone.
        UInt128 destination = neighbor.State == NeighborState.Incomplete ? Ipv6Address.SolicitedNode(neighbor.Address) : neighbor.Address;
        Send(egress, Icmp6Type.NeighborSolicitation, 0, neighbor.Address, source, destination);
    }

    private void Advertise(ForwardingInterface egress, UInt128 own, UInt128 to, uint flags) =>
        Send(egress, Icmp6Type.NeighborAdvertisement, flags | NeighborMessage.RouterFlag, own, own, to);

    private void Send(ForwardingInterface egress, Icmp6Type type, uint flags, UInt128 target, UInt128 source, UInt128 destination)
    {
        // RFC 4861 section 4.3: from no address goes no link address.
        ReadOnlySpan<byte> link = source == 0 || egress.PortBelow is null ? default : egress.PortBelow.LinkAddress.Span;
        int length = link.IsEmpty ? NeighborMessage.MinimumLength : NeighborMessage.LengthWithLink;
        nint handle = egress.PortBelow is null ? 0 : _worker.Pools.Rent(Ip6.Header + length);
        if (handle == 0)
        {
            _drops.Add((int)NeighborDrop.NoBuffer, 1);
            return;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = Ip6.Header + length;
        packet.Flags = PacketFlags.LocallyOriginated;
        packet.Instance = egress.Instance;
        packet.EgressInterface = egress.Index;
        Span<byte> bytes = packet.Data;
        Ipv6Header.Write(bytes, length, (byte)IpProtocol.Icmp6, source, destination, Hops);
        NeighborMessage.Write(bytes[Ip6.Header..], type, flags, target, link, bytes[Ipv6Header.SourceOffset..Ip6.Header]);
        Resolve();
        _worker.Enqueue(_output, handle);
    }

    private void Age()
    {
        long now = _worker.NowNanoseconds;
        foreach (Neighbor6 neighbor in _tables.Neighbors6.All)
        {
            switch (neighbor.State)
            {
                case NeighborState.Reachable:
                    neighbor.State = now - neighbor.ConfirmedAt >= ReachableNanoseconds ? NeighborState.Stale : NeighborState.Reachable;
                    continue;
                case NeighborState.Static:
                    continue;
                case NeighborState.Stale:
                    if (now - neighbor.ConfirmedAt >= IdleNanoseconds)
                    {
                        _dead.Add(neighbor);
                    }

                    continue;
                case NeighborState.Delay:
                    if (now - neighbor.AskedAt < DelayNanoseconds)
                    {
                        continue;
                    }

                    neighbor.State = NeighborState.Probe;
                    neighbor.Tries = 0;
                    break;
                case NeighborState.Incomplete:
                case NeighborState.Probe:
                default:
                    if (now - neighbor.AskedAt < RetransmitNanoseconds)
                    {
                        continue;
                    }

                    break;
            }

            if (neighbor.Tries < MaximumTries && _tables.InterfaceAt(neighbor.Interface) is { IsUp: true } egress)
            {
                Ask(egress, neighbor);
            }
            else
            {
                _dead.Add(neighbor);
            }
        }

        foreach (Neighbor6 neighbor in _dead)
        {
            Fail(neighbor);
        }

        _dead.Clear();
    }

    // The senders of what waited in vain are told.
    private void Fail(Neighbor6 neighbor)
    {
        Resolve();
        while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
        {
            _drops.Add((int)NeighborDrop.NoAnswer, 1);
            PacketBuffer.At(handle).IcmpReply = IcmpReplies.HostUnreachable;
            _worker.Enqueue(_icmpError, handle);
        }

        _tables.Neighbors6.Remove(neighbor);
    }

    private void OnInterfaceChanged(ForwardingInterface changed)
    {
        bool usable = changed.IsUp && changed.LinkLocal != 0 && _tables.InterfaceAt(changed.Index) == changed;
        foreach (Neighbor6 neighbor in _tables.Neighbors6.All)
        {
            if (neighbor.Interface == changed.Index && (!usable || !IsOnLink(changed, neighbor.Address)
                || (neighbor.State == NeighborState.Static && !Array.Exists(changed.StaticNeighbors, known => known.Address6 == neighbor.Address))))
            {
                _dead.Add(neighbor);
            }
        }

        foreach (Neighbor6 neighbor in _dead)
        {
            while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
            {
                _drops.Add((int)NeighborDrop.InterfaceChanged, 1);
                _worker.Free(handle);
            }

            _tables.Neighbors6.Remove(neighbor);
        }

        _dead.Clear();
        foreach (InterfaceNeighbor known in changed.StaticNeighbors)
        {
            if (usable && known.Address6 != 0
                && (_tables.Neighbors6.Find(changed.Index, known.Address6) ?? _tables.Neighbors6.Add(changed.Index, known.Address6)) is { } neighbor)
            {
                neighbor.SetLink(known.Link);
                Enter(neighbor, NeighborState.Static);
            }
        }

        Announce(changed, usable);
    }

    // Every address that is new on the link is asked for, so that who has it says so (RFC 4862 section 5.4), and told to all, so that
    // others forget who had it (RFC 4861 section 7.2.6). A router's addresses are configured: they are used meanwhile.
    private void Announce(ForwardingInterface changed, bool usable)
    {
        // At the other end of a tunnel is one neighbour, which has agreed on the addresses before.
        if (!usable || changed.IsTunnel)
        {
            _ = _announced.Remove(changed.Index);
            return;
        }

        UInt128[] before = _announced.GetValueOrDefault(changed.Index) ?? [];
        UInt128[] now = [changed.LinkLocal, .. changed.AddressArray6.Select(own => own.Address)];
        foreach (UInt128 address in now)
        {
            if (!before.Contains(address))
            {
                if (!changed.SkipsDuplicateDetection)
                {
                    Send(changed, Icmp6Type.NeighborSolicitation, 0, address, 0, Ipv6Address.SolicitedNode(address));
                }

                Advertise(changed, address, Ipv6Address.AllNodes, NeighborMessage.OverrideFlag);
            }
        }

        _announced[changed.Index] = now;
    }

    private void Resolve()
    {
        if (_output < 0)
        {
            _icmpError = _worker.NodeIndex(KernelNodes.IcmpError);
            _output = _worker.NodeIndex(KernelNodes.Ethernet6Output);
        }
    }
}
