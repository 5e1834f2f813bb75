using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Asks for neighbours, keeps packets until they answer, and lets them age. Shared by the two ARP nodes.</summary>
internal sealed unsafe class NeighborResolver
{
    private const int TickMilliseconds = 500;
    private const int MaximumTries = 3;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long RetryNanoseconds = NanosecondsPerSecond;

    private static readonly byte[] s_broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    private static readonly byte[] s_unknown = new byte[EthernetHeader.AddressBytes];

    private readonly ForwardingTables _tables;
    private readonly WorkerServices _worker;
    private readonly DropCounters _drops;
    private readonly WaitingRoom _waiting;
    private readonly List<Neighbor> _dead = [];
    private readonly Dictionary<uint, InterfaceAddress[]> _announced = [];
    private int _portOutput = -1;
    private int _ethernetOutput;
    private int _icmpError;

    public NeighborResolver(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    {
        _tables = tables;
        _worker = worker;
        _drops = drops;
        _waiting = new(worker);
        worker.Every(TickMilliseconds, Age);
        tables.InterfaceChanged += OnInterfaceChanged;
    }

    /// <summary>Keeps a packet until its next hop has answered, and asks. False: dropped and counted, the caller frees it.</summary>
    public bool Queue(ForwardingInterface egress, Neighbor? neighbor, nint handle)
    {
        if (neighbor is null)
        {
            neighbor = _tables.Neighbors.Add(egress.Index, PacketBuffer.At(handle).NextHop);
            if (neighbor is null)
            {
                _drops.Add((int)ArpDrop.TooManyNeighbors, 1);
                return false;
            }

            Ask(egress, neighbor);
        }

        if (!_waiting.TryAdd(ref neighbor.Waiting, handle))
        {
            _drops.Add((int)ArpDrop.QueueFull, 1);
            return false;
        }

        return true;
    }

    /// <summary>Notes a neighbour's Ethernet address and sends what waited for it.</summary>
    public void Confirm(Neighbor neighbor, ReadOnlySpan<byte> link)
    {
        _tables.Neighbors.Confirm(
            neighbor, Unsafe.ReadUnaligned<uint>(in link[0]), Unsafe.ReadUnaligned<ushort>(in link[4]), _worker.NowNanoseconds);
        Resolve();
        while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
        {
            _worker.Enqueue(_ethernetOutput, handle);
        }
    }

    /// <summary>Sends an ARP packet out of an interface.</summary>
    public void Send(ForwardingInterface egress, ArpOperation operation, uint sender, ReadOnlySpan<byte> receiver, uint target)
    {
        nint handle = egress.PortBelow is null ? 0 : _worker.Pools.Rent(EthernetHeader.Length + ArpPacket.Length);
        if (handle == 0)
        {
            _drops.Add((int)ArpDrop.NoBuffer, 1);
            return;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = EthernetHeader.Length + ArpPacket.Length;
        packet.Flags = PacketFlags.LocallyOriginated;
        packet.EgressInterface = egress.Index;
        packet.Port = (ushort)egress.Port;
        ReadOnlySpan<byte> own = egress.PortBelow!.LinkAddress.Span;
        ReadOnlySpan<byte> to = receiver.IsEmpty ? s_broadcast : receiver;
        Span<byte> frame = packet.Data;
        EthernetHeader.Write(frame, to, own, EtherType.Arp);
        ArpPacket.Write(frame[EthernetHeader.Length..], operation, own, sender, receiver.IsEmpty ? s_unknown : receiver, target);
        if (egress.Vlan != 0)
        {
            VlanTag.Insert(ref packet, egress.Vlan);
        }

        Resolve();
        _worker.Enqueue(_portOutput, handle);
    }

    private void Ask(ForwardingInterface egress, Neighbor neighbor)
    {
        neighbor.AskedAt = _worker.NowNanoseconds;
        neighbor.Tries++;
        uint sender = egress.SourceFor(neighbor.Address);
        if (neighbor.State == NeighborState.Incomplete)
        {
            Send(egress, ArpOperation.Request, sender, [], neighbor.Address);
            return;
        }

        // RFC 1122 section 2.3.2.1: ask a known neighbour alone, without disturbing the others.
        Span<byte> link = stackalloc byte[EthernetHeader.AddressBytes];
        Unsafe.WriteUnaligned(ref link[0], neighbor.LinkFirst);
        Unsafe.WriteUnaligned(ref link[4], neighbor.LinkLast);
        Send(egress, ArpOperation.Request, sender, link, neighbor.Address);
    }

    private void Age()
    {
        long now = _worker.NowNanoseconds;
        foreach (Neighbor neighbor in _tables.Neighbors.All)
        {
            if (neighbor.State == NeighborState.Static)
            {
                continue;
            }

            // Then asked again before it is forgotten.
            if (neighbor.State == NeighborState.Reachable
                && now - neighbor.ConfirmedAt >= (_tables.InterfaceAt(neighbor.Interface)?.ArpNanoseconds ?? ForwardingInterface.DefaultArpNanoseconds))
            {
                neighbor.State = NeighborState.Stale;
                neighbor.Tries = 0;
                neighbor.AskedAt = now - RetryNanoseconds;
            }

            if (neighbor.State == NeighborState.Reachable || now - neighbor.AskedAt < RetryNanoseconds)
            {
                continue;
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

        foreach (Neighbor neighbor in _dead)
        {
            Fail(neighbor);
        }

        _dead.Clear();
    }

    // RFC 1812 section 3.3.2: the senders of what waited in vain are told.
    private void Fail(Neighbor neighbor)
    {
        Resolve();
        while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
        {
            _drops.Add((int)ArpDrop.NoAnswer, 1);
            PacketBuffer.At(handle).IcmpReply = IcmpReplies.HostUnreachable;
            _worker.Enqueue(_icmpError, handle);
        }

        _tables.Neighbors.Remove(neighbor);
    }

    private void OnInterfaceChanged(ForwardingInterface changed)
    {
        bool usable = changed.IsUp && changed.PortBelow is { Link: Abstractions.Ports.PortLink.Ethernet }
            && _tables.InterfaceAt(changed.Index) == changed;
        foreach (Neighbor neighbor in _tables.Neighbors.All)
        {
            if (neighbor.Interface == changed.Index && (!usable || changed.SourceFor(neighbor.Address) == 0
                || (neighbor.State == NeighborState.Static && !Array.Exists(changed.StaticNeighbors, known => known.Address == neighbor.Address))))
            {
                _dead.Add(neighbor);
            }
        }

        foreach (Neighbor neighbor in _dead)
        {
            while (_waiting.TryTake(ref neighbor.Waiting, out nint handle))
            {
                _drops.Add((int)ArpDrop.InterfaceChanged, 1);
                _worker.Free(handle);
            }

            _tables.Neighbors.Remove(neighbor);
        }

        _dead.Clear();
        foreach (InterfaceNeighbor known in changed.StaticNeighbors)
        {
            if (usable && known.Address != 0
                && (_tables.Neighbors.Find(changed.Index, known.Address) ?? _tables.Neighbors.Add(changed.Index, known.Address)) is { } neighbor)
            {
                Confirm(neighbor, known.Link);
                neighbor.State = NeighborState.Static;
            }
        }

        Announce(changed, usable);
    }

    // RFC 5227 section 3: a gratuitous ARP for every address that is new on the link, so that others forget who had it.
    private void Announce(ForwardingInterface changed, bool usable)
    {
        if (!usable)
        {
            _announced.Remove(changed.Index);
            return;
        }

        InterfaceAddress[] before = _announced.GetValueOrDefault(changed.Index) ?? [];
        foreach (InterfaceAddress address in changed.AddressArray)
        {
            if (!before.Contains(address))
            {
                Send(changed, ArpOperation.Request, address.Address, [], address.Address);
            }
        }

        _announced[changed.Index] = changed.AddressArray;
    }

    private void Resolve()
    {
        if (_portOutput < 0)
        {
            _ethernetOutput = _worker.NodeIndex(KernelNodes.EthernetOutput);
            _icmpError = _worker.NodeIndex(KernelNodes.IcmpError);
            _portOutput = _worker.NodeIndex(KernelNodes.PortOutput);
        }
    }
}
