using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Protections and SAs of one worker, found by what a packet carries.</summary>
/// <remarks>Changed by row sinks on the worker's thread between batches, so nodes read without locks.</remarks>
internal sealed unsafe class EspTables
{
    public const string ProtectionTable = "protection";
    public const string InboundTable = "sa-in";
    public const string OutboundTable = "sa-out";

    // Protections whose path is looked up again at a time: about a third of a millisecond.
    private const int RefreshedAtOnce = 1000;

    // Fewer protections of an interface than this are walked.
    private const int ManyOnInterface = 8;

    private readonly INodeRegistry _registry;
    private readonly SaRecord* _none;
    private readonly SaRecord* _shared;
    private readonly SaRecord* _foreign;
    private readonly GrowingMap _spis = new();
    private readonly GrowingMap _ahSpis = new();
    private readonly GrowingMap _byPeer = new();
    private Protection?[] _byInterface = new Protection?[64];
    private readonly Dictionary<uint, ProtectionChoice> _choices = [];
    private ulong _bound;
    private nint[] _outboundByInterface = new nint[64];
    private int _refreshed;

    public EspTables(INodeRegistry registry)
    {
        _registry = registry;
        Records = new SaRecords(this);
        // Safe: kept for the life of the process. A record that passes nothing stands for "none", so that nodes need not ask first.
        _none = (SaRecord*)NativeMemory.AlignedAlloc(SaRecord.Size, SaRecord.Size);
        NativeMemory.Clear(_none, SaRecord.Size);
        // Another one stands for "several": which of them takes a packet is looked at packet by packet.
        _shared = (SaRecord*)NativeMemory.AlignedAlloc(SaRecord.Size, SaRecord.Size);
        NativeMemory.Clear(_shared, SaRecord.Size);
        _foreign = (SaRecord*)NativeMemory.AlignedAlloc((nuint)(registry.Worker.Workers * SaRecord.Size), SaRecord.Size);
        NativeMemory.Clear(_foreign, (nuint)(registry.Worker.Workers * SaRecord.Size));
        for (int i = 0; i < registry.Worker.Workers; i++)
        {
            _foreign[i].Flags = SaFlags.Foreign;
            _foreign[i].Number = (uint)i;
        }

        Array.Fill(_outboundByInterface, (nint)_none);
        // Bound once: raising an event allocates nothing here.
        Raise = (sa, name) => registry.Worker.RaiseEvent(sa.IsOutbound ? OutboundTable : InboundTable, sa.Key, name);
    }

    /// <summary>Counters of drops.</summary>
    public DropCounters Drops { get; } = DropCounters.Of<EspDrop>();

    /// <summary>The control plane wants to know of packets with an SPI that no SA has.</summary>
    public bool ReportsUnknownSpi { get; set; }

    /// <summary>Raises an event of an SA.</summary>
    public Action<SecurityAssociation, string> Raise { get; }

    /// <summary>Completes what the nodes have begun: no packet waits with an engine afterwards.</summary>
    public Action Settle { get; set; } = () => { };

    /// <summary>Protections by id.</summary>
    public ProtectionSet Protections { get; } = new();

    /// <summary>Protections of the router's own packets.</summary>
    public OwnProtections Own { get; } = new();

    /// <summary>What packets see of the SAs.</summary>
    public SaRecords Records { get; }

    /// <summary>Jobs of the encrypting node, by engine and fill.</summary>
    public List<CryptoQueue> EncryptQueues { get; } = [];

    /// <summary>Jobs of the decrypting node, by engine and fill.</summary>
    public List<CryptoQueue> DecryptQueues { get; } = [];

    /// <summary>True when this worker does the work of a protection; of the others it knows what is needed to hand packets over.</summary>
    public bool IsOwn(uint protection) => _registry.Worker.OwnerOf(protection) == _registry.Worker.Number;

    /// <summary>The protection bound to an interface, or null.</summary>
    public Protection? ByInterface(uint index) => index < (uint)_byInterface.Length ? _byInterface[index] : null;

    /// <summary>The record of the outbound SA for a packet that leaves; one that passes nothing where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SaRecord* OutboundOf(ref PacketBuffer packet)
    {
        nint[] outbound = _outboundByInterface;
        uint index = packet.EgressInterface;
        SaRecord* sa = index < (uint)outbound.Length ? (SaRecord*)outbound[index] : _none;
        return packet.RequiredProtection == 0 && sa != _shared ? sa : Choose(ref packet);
    }

    /// <summary>The protection that a packet which leaves belongs to: the one it requires, or the one of its interface that takes it.</summary>
    public Protection? ProtectionOf(ref PacketBuffer packet)
    {
        if (packet.RequiredProtection != 0)
        {
            return Protections.Find(packet.RequiredProtection) is { IsConfigured: true } required ? required : null;
        }

        if (_choices.Count > 0 && _choices.TryGetValue(packet.EgressInterface, out ProtectionChoice? choice))
        {
            return choice.Find(ref packet, this);
        }

        Protection? chosen = null;
        for (Protection? at = ByInterface(packet.EgressInterface); at is not null; at = at.NextOnInterface)
        {
            if (at.Takes(ref packet) && (chosen is null || at.Width < chosen.Width))
            {
                chosen = at;
            }
        }

        return chosen;
    }

    /// <summary>The IPv6 gateway that a packet's next hop stands for.</summary>
    public UInt128 GatewayAt6(uint number) => _registry.Tables.GatewayAt6(number);

    /// <summary>The record of the inbound SA with an SPI; one that passes nothing where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SaRecord* InboundOf(uint wireSpi)
    {
        SaRecord* record = (SaRecord*)_spis.Find(wireSpi);
        return record == null ? _none : record;
    }

    /// <summary>The same among the SAs of AH.</summary>
    public SaRecord* AuthenticatedBy(uint wireSpi)
    {
        SaRecord* record = (SaRecord*)_ahSpis.Find(wireSpi);
        return record == null ? _none : record;
    }

    /// <summary>The record of an outbound SA, also one that is no longer in use, by the peer's address and its SPI; null for none.</summary>
    public SaRecord* FindOutbound(uint remote, uint spi) => (SaRecord*)_byPeer.Find(PeerKey(remote, spi));

    /// <summary>Finds or makes a protection; null when the arena is full. One of another worker has no run-time row here.</summary>
    public Protection? MakeProtection(uint id)
    {
        Protection? protection = Protections.Find(id);
        if (protection is null)
        {
            bool isOwn = IsOwn(id);
            nint row = isOwn ? _registry.Arena.Attach(ProtectionTable, id, ProtectionRuntimeRecord.Version, out _) : 0;
            if (row == 0 && isOwn)
            {
                return null;
            }

            protection = new Protection(id, (ProtectionRuntimeRecord*)row, Records);
            Protections.Add(protection);
        }

        return protection;
    }

    /// <summary>Drops a protection that neither a row nor an SA names any more, with its counters.</summary>
    public void ForgetIfUnused(Protection protection)
    {
        if (protection.IsConfigured || !protection.Sas.IsEmpty || protection.ForeignSpis.Count > 0)
        {
            return;
        }

        Protections.Remove(protection);
        if (protection.Row != null)
        {
            _registry.Arena.Release(ProtectionTable, protection.Id);
        }
    }

    /// <summary>After any change of a protection or its SAs: chooses the outbound SA, works out the MTU, and writes the records anew.</summary>
    public void Refresh(Protection protection)
    {
        if (protection.Row == null)
        {
            Publish(protection.Interface);
            return;
        }

        FindPath(protection);
        protection.ChooseOutbound();
        foreach (SecurityAssociation sa in protection.Sas)
        {
            sa.Update(protection);
        }

        Publish(protection.Interface);
    }

    /// <summary>
    /// Routes and links may have changed, and reports grow old: works out the MTU of some protections, of all of them in turn over
    /// several calls.
    /// </summary>
    public void RefreshSome()
    {
        for (int left = Math.Min(RefreshedAtOnce, Protections.Count); left > 0; left--)
        {
            _refreshed = _refreshed + 1 < Protections.Count ? _refreshed + 1 : 0;
            Protection protection = Protections[_refreshed];
            if (protection.Row == null)
            {
                continue;
            }

            int before = protection.Mtu;
            FindPath(protection);
            if (protection.Mtu != before)
            {
                protection.UpdateOutbound();
            }
        }
    }

    /// <summary>Binds a protection to its interface. The one bound last is used; those before it take its place again when it goes.</summary>
    public void Bind(Protection protection)
    {
        uint index = protection.Interface;
        if (index == 0 || index > ForwardingTables.MaximumIndex)
        {
            // Only policies lead to it, by its name.
            _registry.Tables.NameProtection(protection.Name, protection.Id);
            return;
        }

        if (index >= (uint)_byInterface.Length)
        {
            int before = _byInterface.Length;
            int size = (int)Math.Max(index + 1, (uint)before * 2);
            Array.Resize(ref _byInterface, size);
            Array.Resize(ref _outboundByInterface, size);
            Array.Fill(_outboundByInterface, (nint)_none, before, size - before);
        }

        protection.NextOnInterface = _byInterface[index];
        protection.BoundTo = index;
        protection.BoundAs = ++_bound;
        Use(index, protection);
        AddChoice(protection);
    }

    /// <summary>A bound protection is about to take other packets.</summary>
    public void RemoveChoice(Protection protection)
    {
        if (protection.BoundTo != 0 && _choices.TryGetValue(protection.BoundTo, out ProtectionChoice? choice))
        {
            choice.Remove(protection);
        }
    }

    /// <summary>A bound protection takes packets as it is configured now.</summary>
    public void AddChoice(Protection protection)
    {
        if (protection.BoundTo == 0)
        {
            return;
        }

        if (_choices.TryGetValue(protection.BoundTo, out ProtectionChoice? choice))
        {
            choice.Add(protection);
            return;
        }

        int count = 0;
        for (Protection? at = ByInterface(protection.BoundTo); at is not null && count < ManyOnInterface; at = at.NextOnInterface)
        {
            count++;
        }

        if (count < ManyOnInterface)
        {
            return;
        }

        _choices.Add(protection.BoundTo, choice = new ProtectionChoice());
        for (Protection? at = ByInterface(protection.BoundTo); at is not null; at = at.NextOnInterface)
        {
            choice.Add(at);
        }
    }

    /// <summary>Takes a protection from its interface, before that changes or the row goes.</summary>
    public void Unbind(Protection protection)
    {
        uint index = protection.Interface;
        if (ByInterface(index) is not { } first)
        {
            if (_registry.Tables.FindProtection(protection.Name) == protection.Id)
            {
                _registry.Tables.NameProtection(protection.Name, 0);
            }

            return;
        }

        RemoveChoice(protection);
        if (first == protection)
        {
            Use(index, protection.NextOnInterface);
            if (protection.NextOnInterface is null)
            {
                _ = _choices.Remove(index);
            }
        }

        for (Protection? at = first; at is not null; at = at.NextOnInterface)
        {
            if (at.NextOnInterface == protection)
            {
                at.NextOnInterface = protection.NextOnInterface;
            }
        }

        protection.NextOnInterface = null;
        protection.BoundTo = 0;
        Publish(index);
    }

    /// <summary>Puts an SA where packets find it.</summary>
    public void Add(SecurityAssociation sa)
    {
        sa.Protection.Sas.Add(sa);
        if (sa.IsOutbound)
        {
            AddPeer(sa);
        }
        else
        {
            (sa.IsAh ? _ahSpis : _spis).Set(sa.WireSpi, (nint)sa.Record);
        }
    }

    /// <summary>Takes an SA out, and its record back; its packets have left.</summary>
    public void Remove(SecurityAssociation sa)
    {
        Protection protection = sa.Protection;
        protection.Sas.Remove(sa);
        if (sa.IsOutbound)
        {
            RemovePeer(sa);
        }
        else
        {
            (sa.IsAh ? _ahSpis : _spis).Remove(sa.WireSpi);
        }

        Records.Remove(sa.Record);
        Refresh(protection);
    }

    /// <summary>Notes that another worker has an SA; false when its protection cannot be made.</summary>
    public bool AddForeign(uint protectionId, uint spi, bool isOutbound, bool isAh)
    {
        if (MakeProtection(protectionId) is not { } protection)
        {
            return false;
        }

        nint record = (nint)(_foreign + _registry.Worker.OwnerOf(protectionId));
        if (!isOutbound)
        {
            (isAh ? _ahSpis : _spis).Set(BinaryPrimitives.ReverseEndianness(spi), record);
            return true;
        }

        protection.AddForeign(spi);
        AddPeer(protection, spi, record);
        return true;
    }

    /// <summary>Forgets an SA of another worker.</summary>
    public void RemoveForeign(uint protectionId, uint spi, bool isOutbound)
    {
        if (!isOutbound)
        {
            // Of AH or of ESP: both share the numbers.
            _spis.Remove(BinaryPrimitives.ReverseEndianness(spi));
            _ahSpis.Remove(BinaryPrimitives.ReverseEndianness(spi));
        }

        if (Protections.Find(protectionId) is { } protection)
        {
            if (isOutbound)
            {
                RemovePeer(protection, spi, (nint)(_foreign + _registry.Worker.OwnerOf(protectionId)));
                protection.ForeignSpis.Remove(spi);
            }

            ForgetIfUnused(protection);
        }
    }

    /// <summary>Finds a protection's outbound SAs by its peer's address from here on.</summary>
    public void AddPeers(Protection protection)
    {
        foreach (SecurityAssociation sa in protection.Sas)
        {
            AddPeer(sa);
        }

        foreach (uint spi in protection.ForeignSpis)
        {
            AddPeer(protection, spi, (nint)(_foreign + _registry.Worker.OwnerOf(protection.Id)));
        }
    }

    /// <summary>Finds a protection's outbound SAs by its peer's address no more: before that changes, or the row goes.</summary>
    public void RemovePeers(Protection protection)
    {
        foreach (SecurityAssociation sa in protection.Sas)
        {
            RemovePeer(sa);
        }

        foreach (uint spi in protection.ForeignSpis)
        {
            RemovePeer(protection, spi, (nint)(_foreign + _registry.Worker.OwnerOf(protection.Id)));
        }
    }

    /// <summary>Number of the queue of an engine for a suite, made when it is the first SA of its kind.</summary>
    public byte QueueFor(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction)
    {
        List<CryptoQueue> queues = direction == CryptoDirection.Encrypt ? EncryptQueues : DecryptQueues;
        int fill = engine.FillOf(suite, direction);
        int number = queues.FindIndex(q => ReferenceEquals(q.Engine, engine) && q.Fill == fill);
        if (number < 0)
        {
            number = queues.Count;
            queues.Add(new CryptoQueue(engine, fill));
        }

        return (byte)number;
    }

    private static ulong PeerKey(uint remote, uint spi) => ((ulong)remote << 32) | spi;

    private void AddPeer(SecurityAssociation sa)
    {
        if (sa.IsOutbound)
        {
            AddPeer(sa.Protection, sa.Spi, (nint)sa.Record);
        }
    }

    private void AddPeer(Protection protection, uint spi, nint record)
    {
        // Two peers behind one NAT may have chosen the same SPI: the first one keeps the place.
        ulong key = PeerKey(protection.RemoteAddress, spi);
        if (protection.IsConfigured && _byPeer.Find(key) == 0)
        {
            _byPeer.Set(key, record);
        }
    }

    private void RemovePeer(SecurityAssociation sa)
    {
        if (sa.IsOutbound)
        {
            RemovePeer(sa.Protection, sa.Spi, (nint)sa.Record);
        }
    }

    private void RemovePeer(Protection protection, uint spi, nint record)
    {
        ulong key = PeerKey(protection.RemoteAddress, spi);
        if (_byPeer.Find(key) == record)
        {
            _byPeer.Remove(key);
        }
    }

    private void FindPath(Protection protection)
    {
        ForwardingTables tables = _registry.Tables;
        // A route into the protection's own tunnel says nothing of the outer path: outer packets never take it.
        if (protection.IsVersion6)
        {
            // As long a packet as with the stand-in header, which is shorter.
            int link = tables.PathMtu6(protection.Instance, protection.RemoteAddress6);
            bool isOwn = ByInterface(tables.FibLookup6(protection.Instance, protection.RemoteAddress6).Interface) == protection;
            protection.RefreshMtu(isOwn || link == 0 ? 0 : link - Outer6.MoreBytes, _registry.Worker.NowNanoseconds);
            return;
        }

        bool isOwnTunnel = ByInterface(tables.FibLookup(protection.Instance, protection.RemoteAddress).Interface) == protection;
        protection.RefreshMtu(
            isOwnTunnel ? 0 : tables.PathMtu(protection.Instance, protection.RemoteAddress), _registry.Worker.NowNanoseconds);
    }

    private void Use(uint index, Protection? protection)
    {
        _byInterface[index] = protection;
        Publish(index);
        _registry.Tables.BindProtection(index, protection?.Id ?? 0);
    }

    // What packets into an interface meet: nothing, the SA of its only or newest protection, or a choice.
    private void Publish(uint index)
    {
        Protection? first = ByInterface(index);
        bool isSelective = false;
        for (Protection? at = first; at is not null && !isSelective; at = at.NextOnInterface)
        {
            isSelective = at.IsSelective;
        }

        if (index < (uint)_outboundByInterface.Length)
        {
            _outboundByInterface[index] = (nint)(isSelective ? _shared : first?.Outbound is { IsEspTunnel: true } sa ? sa.Record : _none);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SaRecord* Choose(ref PacketBuffer packet) => ProtectionOf(ref packet)?.Outbound is { IsEspTunnel: true } sa ? sa.Record : _none;
}
