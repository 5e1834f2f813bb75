using RouterOS.Ike.Control.Policy;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control;

/// <summary>Both ends' addresses of one peer, and whether packets can get from one to the other.</summary>
internal sealed class PeerPath
{
    private readonly IControlContext _context;
    private readonly IkeSession _session;
    private int _index;
    private PeerEndpoints? _known;

    public PeerPath(IControlContext context, IkeSession session)
    {
        _context = context;
        _session = session;
        Refresh();
    }

    /// <summary>Our address, or 0 while the external interface has none.</summary>
    public PeerAddress Local { get; private set; }

    /// <summary>Our addresses that the peer may use: while nobody knows where it is, one of each family.</summary>
    public IReadOnlyList<PeerAddress> Locals { get; private set; } = [];

    /// <summary>Routing instance of the external interface.</summary>
    public uint Instance { get; private set; }

    /// <summary>The address of the peer that is in use or tried next.</summary>
    public PeerAddress Remote => _known?.Remote ?? Configured;

    /// <summary>Where a new exchange starts: on the ports of the last SA, which a NAT may have a mapping for, or else on IKE's.</summary>
    public PeerEndpoints Endpoints => new(
        Local, _known?.LocalPort ?? PeerEndpoints.Port, Remote, _known?.RemotePort ?? PeerEndpoints.Port) { Instance = Instance };

    private PeerAddress Configured => Policy.RemoteAddresses.Count == 0 ? 0 : Policy.RemoteAddresses[_index % Policy.RemoteAddresses.Count];

    private GatewayPolicy Policy => _session.Policy;

    /// <summary>Turns to the next address of the peer.</summary>
    public void Next()
    {
        _index++;
        _known = null;
        Refresh();
    }

    /// <summary>Stays with the address that works.</summary>
    public void Choose(PeerEndpoints ends)
    {
        PeerAddress remote = ends.Remote;
        _known = ends.IsFloated || Policy.Dynamic is not null ? ends : null;
        if (Local != ends.Local && Locals.Contains(ends.Local))
        {
            // A peer from anywhere has come by the other family.
            Local = ends.Local;
        }

        for (int i = 0; i < Policy.RemoteAddresses.Count; i++)
        {
            if (Policy.RemoteAddresses[i] == remote)
            {
                _index = i;
                return;
            }
        }
    }

    /// <summary>Looks our address up again.</summary>
    public void Refresh()
    {
        InterfaceState? external = _context.Interfaces.Find(Policy.ExternalInterface);
        Instance = external?.Instance ?? 0;
        PeerAddress[] own = Policy.LocalAddress != 0 ? [Policy.LocalAddress]
            : external is null ? []
            : [.. external.Addresses.Take(1).Concat(external.Addresses6.Take(1)).Select(a => PeerAddress.Of(a.Address))];
        bool isAnywhere = Policy.Dynamic is not null;
        Local = Policy.LocalAddress != 0 ? Policy.LocalAddress
            : own.FirstOrDefault(a => Remote == 0 ? isAnywhere || !a.IsVersion6 : a.IsVersion6 == Remote.IsVersion6);
        Locals = isAnywhere ? own : Local == 0 ? [] : [Local];
    }

    /// <summary>Why no message can reach the peer now, or null.</summary>
    public IkeFailure? FindObstacle(IReadOnlyList<TunnelSession> tunnels)
    {
        if (Local == 0)
        {
            return new(FailureKind.NoRoute, 1, $"external interface {Policy.ExternalInterface} has no address", Policy.ExternalSource);
        }

        if (Remote == 0)
        {
            return new(FailureKind.UnknownPeer, 1, "the peer's address is dynamic and not known now: only the peer can start", Policy.RemoteSource);
        }

        string peer = Ipv4.Text(Remote);
        RouteState? route = _context.Routes.Lookup(Instance, Remote.ToIpAddress());
        if (route is null || route.Protocol is RouteProtocol.StaticDiscard or RouteProtocol.StaticReject)
        {
            return new(FailureKind.NoRoute, 1, $"no route to the peer {peer}", Policy.RemoteSource);
        }

        return tunnels.Any(t => t.Policy.BindInterface.Length > 0 && t.Policy.BindInterface == route.Interface)
            ? new(FailureKind.NoRoute, 1,
                $"no route to the peer {peer} but the one through {route.Interface}, which is the tunnel itself", Policy.RemoteSource)
            : null;
    }
}
