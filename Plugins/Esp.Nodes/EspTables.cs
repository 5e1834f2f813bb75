using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding;

namespace RouterOS.Esp.Nodes;

/// <summary>Protections and SAs of one worker, found by what a packet carries.</summary>
/// <remarks>Changed by row sinks on the worker's thread between batches, so nodes read without locks.</remarks>
internal sealed unsafe class EspTables
{
    public const string ProtectionTable = "protection";
    public const string InboundTable = "sa-in";
    public const string OutboundTable = "sa-out";

    private readonly INodeRegistry _registry;
    private readonly SpiTable _spis = new();
    private readonly Stack<int> _freePlaces = new();
    private readonly Dictionary<(uint Local, uint Remote), List<Protection>> _byAddresses = [];
    private Protection?[] _byInterface = new Protection?[64];
    // Place 0 is no SA.
    private SecurityAssociation?[] _inbound = new SecurityAssociation?[64];
    private int _usedPlaces = 1;

    public EspTables(INodeRegistry registry)
    {
        _registry = registry;
        // Bound once: raising an event allocates nothing here.
        Raise = (sa, name) => registry.Worker.RaiseEvent(sa.Place == 0 ? OutboundTable : InboundTable, sa.Key, name);
    }

    /// <summary>Counters of drops.</summary>
    public DropCounters Drops { get; } = DropCounters.Of<EspDrop>();

    /// <summary>Raises an event of an SA.</summary>
    public Action<SecurityAssociation, string> Raise { get; }

    /// <summary>Protections by id.</summary>
    public Dictionary<uint, Protection> Protections { get; } = [];

    /// <summary>Outbound SAs by protection and SPI.</summary>
    public Dictionary<(uint Protection, uint Spi), SecurityAssociation> Outbound { get; } = [];

    /// <summary>Jobs of the encrypting node, by engine.</summary>
    public List<CryptoQueue> EncryptQueues { get; } = [];

    /// <summary>Jobs of the decrypting node, by engine.</summary>
    public List<CryptoQueue> DecryptQueues { get; } = [];

    /// <summary>The protection bound to an interface, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Protection? ByInterface(uint index) => index < (uint)_byInterface.Length ? _byInterface[index] : null;

    /// <summary>The outbound SA, also one that is no longer in use, between two outer addresses with an SPI; null for none.</summary>
    public SecurityAssociation? FindOutbound(uint local, uint remote, uint spi)
    {
        if (_byAddresses.TryGetValue((local, remote), out List<Protection>? protections))
        {
            foreach (Protection protection in protections)
            {
                if (Outbound.TryGetValue((protection.Id, spi), out SecurityAssociation? sa))
                {
                    return sa;
                }
            }
        }

        return null;
    }

    /// <summary>Finds a protection by its outer addresses from here on.</summary>
    public void AddAddresses(Protection protection)
    {
        (uint, uint) addresses = (protection.LocalAddress, protection.RemoteAddress);
        if (!_byAddresses.TryGetValue(addresses, out List<Protection>? protections))
        {
            protections = [];
            _byAddresses.Add(addresses, protections);
        }

        protections.Add(protection);
    }

    /// <summary>Finds a protection by its outer addresses no more: before they change, or the row goes.</summary>
    public void RemoveAddresses(Protection protection)
    {
        (uint, uint) addresses = (protection.LocalAddress, protection.RemoteAddress);
        if (_byAddresses.TryGetValue(addresses, out List<Protection>? protections) && protections.Remove(protection)
            && protections.Count == 0)
        {
            _byAddresses.Remove(addresses);
        }
    }

    /// <summary>Place of the inbound SA with an SPI; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int InboundPlace(uint spi) => _spis.Find(spi);

    /// <summary>The inbound SA at a place, or null when it has gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SecurityAssociation? InboundAt(uint place) => place < (uint)_inbound.Length ? _inbound[place] : null;

    /// <summary>Finds or makes a protection; null when the arena is full.</summary>
    public Protection? MakeProtection(uint id)
    {
        if (!Protections.TryGetValue(id, out Protection? protection))
        {
            nint row = _registry.Arena.Attach(ProtectionTable, id, ProtectionRuntimeRecord.Version, out _);
            if (row == 0)
            {
                return null;
            }

            protection = new Protection(id, (ProtectionRuntimeRecord*)row);
            Protections.Add(id, protection);
        }

        return protection;
    }

    /// <summary>Drops a protection that neither a row nor an SA names any more, with its counters.</summary>
    public void ForgetIfUnused(Protection protection)
    {
        if (!protection.IsConfigured && protection.Sas.Count == 0)
        {
            Protections.Remove(protection.Id);
            _registry.Arena.Release(ProtectionTable, protection.Id);
        }
    }

    /// <summary>Looks the protection's outbound SA up again and works out its MTU: after any change of either.</summary>
    public void Refresh(Protection protection)
    {
        protection.Outbound = Outbound.GetValueOrDefault((protection.Id, protection.OutboundSpi));
        ForwardingTables tables = _registry.Tables;
        // A route into the protection's own tunnel says nothing of the outer path: outer packets never take it.
        bool isOwnTunnel = ByInterface(tables.FibLookup(protection.Instance, protection.RemoteAddress).Interface) == protection;
        protection.RefreshMtu(
            isOwnTunnel ? 0 : tables.PathMtu(protection.Instance, protection.RemoteAddress), _registry.Worker.NowNanoseconds);
    }

    /// <summary>Works out every protection's MTU: routes and links may have changed, and reports grow old.</summary>
    public void RefreshAll()
    {
        foreach (Protection protection in Protections.Values)
        {
            Refresh(protection);
        }
    }

    /// <summary>Binds an interface to the protection that wants it: the one given, else any other that names it.</summary>
    public void BindInterface(uint index, Protection? preferred)
    {
        if (index == 0 || index > ForwardingTables.MaximumIndex)
        {
            return;
        }

        if (index >= (uint)_byInterface.Length)
        {
            Array.Resize(ref _byInterface, (int)Math.Max(index + 1, (uint)_byInterface.Length * 2));
        }

        Protection? owner = preferred;
        if (owner is null)
        {
            foreach (Protection other in Protections.Values)
            {
                owner = other.IsConfigured && other.Interface == index ? other : owner;
            }
        }

        _byInterface[index] = owner;
        _registry.Tables.BindProtection(index, owner?.Id ?? 0);
    }

    /// <summary>Puts an inbound SA where its SPI finds it.</summary>
    public void AddInbound(SecurityAssociation sa)
    {
        if (!_freePlaces.TryPop(out int place))
        {
            place = _usedPlaces++;
            if (place == _inbound.Length)
            {
                Array.Resize(ref _inbound, place * 2);
            }
        }

        sa.Place = place;
        _inbound[place] = sa;
        _spis.Add(sa.Spi, place);
    }

    /// <summary>Takes an inbound SA out.</summary>
    public void RemoveInbound(SecurityAssociation sa)
    {
        _spis.Remove(sa.Spi);
        _inbound[sa.Place] = null;
        _freePlaces.Push(sa.Place);
    }

    /// <summary>The queue of an engine, made when it is the first SA of that engine.</summary>
    public CryptoQueue QueueFor(ICryptoEngine engine, CryptoDirection direction)
    {
        List<CryptoQueue> queues = direction == CryptoDirection.Encrypt ? EncryptQueues : DecryptQueues;
        CryptoQueue? queue = queues.Find(q => ReferenceEquals(q.Engine, engine));
        if (queue is null)
        {
            queue = new CryptoQueue(engine);
            queues.Add(queue);
        }

        return queue;
    }
}
