using RouterOS.Abstractions.Ports;

namespace RouterOS.Forwarding.Plane;

/// <summary>Watches whether ports are up, refreshes what lies on them, and raises the events ("port", name, "up" or "down").</summary>
internal sealed class PortWatch
{
    private const int Milliseconds = 200;

    private readonly IReadOnlyList<PlanePort> _ports;
    private readonly ForwardingTables _tables;
    private readonly WorkerServices _worker;
    private readonly bool[] _up;

    private PortWatch(IReadOnlyList<PlanePort> ports, ForwardingTables tables, WorkerServices worker)
    {
        _ports = ports;
        _tables = tables;
        _worker = worker;
        _up = [.. ports.Select(port => port.Port.IsUp)];
    }

    public static void Start(IReadOnlyList<PlanePort> ports, ForwardingTables tables, WorkerServices worker)
    {
        if (ports.Count > 0)
        {
            worker.Every(Milliseconds, new PortWatch(ports, tables, worker).Look);
        }
    }

    private void Look()
    {
        for (int i = 0; i < _ports.Count; i++)
        {
            IPort port = _ports[i].Port;
            if (port.IsUp == _up[i])
            {
                continue;
            }

            _up[i] = !_up[i];
            if (_worker.Number == 0)
            {
                _worker.RaiseEvent("port", _ports[i].Name, _up[i] ? "up" : "down");
            }

            _tables.RefreshPort(i);
        }
    }
}
