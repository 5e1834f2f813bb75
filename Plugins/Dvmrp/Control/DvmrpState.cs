using RouterOS.Proto.Dvmrp.V1;

namespace RouterOS.Dvmrp.Control;

/// <summary>What the parts of DVMRP share.</summary>
internal sealed class DvmrpState(IDvmrpEnvironment environment, DvmrpMembers? members = null)
{
    /// <summary>All DVMRP routers of a link.</summary>
    public const uint AllRouters = 0xe0000004;

    private const int DefaultRouteLimit = 7_000;
    private const int DefaultRouteHog = 10_000;

    private readonly ulong[] _drops = new ulong[Enum.GetValues<DvmrpDrop>().Length];

    /// <summary>The router around.</summary>
    public IDvmrpEnvironment Environment { get; } = environment;

    /// <summary>Interfaces by index.</summary>
    public Dictionary<uint, DvmrpInterface> Interfaces { get; } = [];

    /// <summary>Routes.</summary>
    public DvmrpRoutes Routes { get; } = new();

    /// <summary>Members, of all routing instances.</summary>
    public DvmrpMembers Members { get; } = members ?? new();

    /// <summary>The committed intent.</summary>
    public DvmrpProcess Intent { get; set; } = new();

    /// <summary>Of this life of the router.</summary>
    public uint Generation { get; set; }

    /// <summary>Most routes that are told on an interface.</summary>
    public int RouteLimit => Intent.RouteLimit == 0 ? DefaultRouteLimit : (int)Intent.RouteLimit;

    /// <summary>Routes at which the operator is told.</summary>
    public int RouteHog => Intent.RoutehogNotification == 0 ? DefaultRouteHog : (int)Intent.RoutehogNotification;

    /// <summary>The time.</summary>
    public long Now => Environment.Now;

    /// <summary>Counts what was not taken.</summary>
    public void Drop(DvmrpDrop reason, int count = 1) => _drops[(int)reason] += (uint)count;

    /// <summary>How often.</summary>
    public ulong Dropped(DvmrpDrop reason) => _drops[(int)reason];

    /// <summary>A neighbour that hears us and that we hear; null for none.</summary>
    public DvmrpNeighbor? TwoWay(uint index, uint address) =>
        Interfaces.TryGetValue(index, out DvmrpInterface? at) && at.Neighbors.TryGetValue(address, out DvmrpNeighbor? neighbor) && neighbor.IsTwoWay
            ? neighbor : null;

    /// <summary>Sends and counts.</summary>
    public void Send(DvmrpInterface link, uint destination, byte[] message)
    {
        link.Sent++;
        Environment.Send(link, destination, message);
    }
}
