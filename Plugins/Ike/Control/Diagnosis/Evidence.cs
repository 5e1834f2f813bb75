using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>What the data plane and the zones say about one tunnel, read at one moment.</summary>
internal sealed record Evidence
{
    /// <summary>Zones; empty where nobody keeps any.</summary>
    public IReadOnlyList<Zone> Zones { get; init; } = [];

    /// <summary>True where zones and policies decide what passes.</summary>
    public bool HasZones { get; init; }

    /// <summary>Policies in the order of evaluation, with what each has decided.</summary>
    public IReadOnlyList<PolicyState> Policies { get; init; } = [];

    /// <summary>What no policy matches is permitted.</summary>
    public bool DefaultPermit { get; init; }

    /// <summary>Packets that no policy matched.</summary>
    public ulong DefaultPackets { get; init; }

    /// <summary>Packets by reason of their drop, for example <c>esp/unknown-spi</c>.</summary>
    public IReadOnlyDictionary<string, ulong> Drops { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Counters of the inbound SA in use.</summary>
    public SaState Inbound { get; init; } = new();

    /// <summary>Counters of the outbound SA in use.</summary>
    public SaState Outbound { get; init; } = new();

    /// <summary>Sums of the tunnel.</summary>
    public ProtectionState Protection { get; init; } = new();

    /// <summary>Flow counters of the tunnel's interface.</summary>
    public InterfaceFlowCounters Interface { get; init; } = new();

    /// <summary>What the path carries, where that was asked for and is less than an Ethernet does.</summary>
    public PathWidth? Path { get; init; }

    /// <summary>An active route leads into the tunnel's interface.</summary>
    public bool HasRoute { get; init; }

    /// <summary>Packets dropped for a reason.</summary>
    public ulong Dropped(string reason) => Drops.GetValueOrDefault(reason);

    /// <summary>The zone of an interface, or null.</summary>
    public Zone? ZoneOf(string name) => Zones.FirstOrDefault(z => z.Interfaces.Any(i => i.Name == name));
}
