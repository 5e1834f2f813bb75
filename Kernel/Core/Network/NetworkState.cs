using Microsoft.Extensions.Logging;
using RouterOS.Core.Supervision;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Network;

/// <summary>Interfaces and routes of the router: follows the committed intent and the ports, and writes the modules' tables.</summary>
/// <remarks>
/// Changed on the kernel's strand, read from any. Nothing is written before the ports are known: a routing engine that comes back
/// to modules that forward must not take their interfaces down for the moment that it needs to look.
/// </remarks>
public sealed class NetworkState
{
    private readonly InterfaceIndexes _indexes;
    private readonly InterfaceIndexes _numbers;
    private readonly NetworkRows _rows;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, PortCondition> _ports = new(StringComparer.Ordinal);
    private readonly HashSet<string> _linksDown = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<(IStrand Strand, Action Handler, bool Routes)> _subscribers = [];
    private SystemIntent? _intent;
    private bool _portsKnown;
    private volatile InterfaceTable _interfaces = InterfaceTable.Empty;
    private volatile Dictionary<uint, RouteTable> _routes = new() { [0] = RouteTable.Empty };
    private volatile Dictionary<string, uint> _instances = new Dictionary<string, uint>(StringComparer.Ordinal);

    /// <summary>Starts without interfaces.</summary>
    /// <param name="store">Keeps the indexes of interfaces.</param>
    /// <param name="writer">The kernel's own rows.</param>
    /// <param name="time">The clock, for the age of routes.</param>
    /// <param name="log">Told of links that come and go.</param>
    public NetworkState(ISealedStore store, ITableWriter writer, TimeProvider time, ILogger log)
    {
        _indexes = new(store);
        _numbers = InterfaceIndexes.OfInstances(store);
        _rows = new(writer);
        _time = time;
        _log = log;
    }

    /// <summary>Raised on the kernel's strand when the ports have become known for the first time.</summary>
    public event Action? PortsKnown;

    /// <summary>The interfaces as they are.</summary>
    public InterfaceTable Interfaces => _interfaces;

    /// <summary>The routes of the main instance as they are.</summary>
    public RouteTable Routes => _routes[0];

    /// <summary>The routes of an instance as they are; none where there is no such instance.</summary>
    public RouteTable RoutesOf(uint instance) => _routes.GetValueOrDefault(instance) ?? RouteTable.Empty;

    /// <summary>Number of the instance of a name; null where there is none.</summary>
    public uint? FindInstance(string name) =>
        string.IsNullOrEmpty(name) ? 0 : _instances.TryGetValue(name, out uint number) ? number : null;

    /// <summary>True once a module has said which ports it has.</summary>
    public bool ArePortsKnown => _portsKnown;

    /// <summary>Follows a committed intent.</summary>
    public void Apply(SystemIntent intent)
    {
        _intent = intent;
        Recompute();
    }

    /// <summary>Takes what a module says of its ports: all of them at its attachment, later those that changed.</summary>
    public void Learn(IEnumerable<KeyValuePair<string, PortCondition>> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        foreach ((string name, PortCondition condition) in ports)
        {
            if (!_ports.TryGetValue(name, out PortCondition? old) || old.Up != condition.Up)
            {
                _log.LinkChanged(name, condition.Up ? "up" : "down");
            }

            _ports[name] = condition;
        }

        bool first = !_portsKnown;
        _portsKnown = true;
        Recompute();
        if (first)
        {
            PortsKnown?.Invoke();
        }
    }

    /// <summary>Takes what plugins say of their tunnels' links.</summary>
    public void ReportLinks(IReadOnlyDictionary<string, bool> links)
    {
        ArgumentNullException.ThrowIfNull(links);
        bool changed = false;
        foreach ((string name, bool up) in links)
        {
            changed |= up ? _linksDown.Remove(name) : _linksDown.Add(name);
        }

        if (changed)
        {
            Recompute();
        }
    }

    /// <summary>Forgets the subscriptions of a strand that has ended.</summary>
    public void Forget(IStrand subscriber)
    {
        lock (_gate)
        {
            _subscribers.RemoveAll(s => s.Strand == subscriber);
        }
    }

    internal void Subscribe(IStrand subscriber, Action handler, bool routes)
    {
        lock (_gate)
        {
            _subscribers.Add((subscriber, handler, routes));
        }
    }

    private void Recompute()
    {
        if (_intent is null)
        {
            return;
        }

        Dictionary<string, uint> instances = new(_numbers.For(_intent.Instances.Select(i => i.Name)), StringComparer.Ordinal)
        {
            [_intent.MainInstance] = 0,
        };
        InterfaceTable interfaces = InterfaceTable.Compute(_intent, _indexes, _ports, instances, _linksDown);
        ILookup<uint, StaticRoute> configured = _intent.StaticRoutes.ToLookup(route => instances.GetValueOrDefault(route.Instance));
        ILookup<uint, AggregateRoute> aggregates = _intent.Aggregates.ToLookup(route => instances.GetValueOrDefault(route.Instance));
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<uint, RouteTable> routes = instances.Values.Append(0u).Distinct().ToDictionary(
            number => number, number => RouteComputation.Compute(interfaces, [.. configured[number]], RoutesOf(number), now, number, [.. aggregates[number]]));
        bool interfacesChanged = !interfaces.SameAs(_interfaces);
        bool routesChanged = routes.Count != _routes.Count || routes.Any(table => !table.Value.All.SequenceEqual(RoutesOf(table.Key).All));
        _instances = instances;
        _interfaces = interfaces;
        _routes = routes;
        if (_portsKnown)
        {
            _rows.Write(interfaces, routes);
        }

        lock (_gate)
        {
            foreach ((IStrand strand, Action handler, bool wantsRoutes) in _subscribers)
            {
                if (wantsRoutes ? routesChanged : interfacesChanged)
                {
                    strand.Post(handler);
                }
            }
        }
    }
}
