using RouterOS.Abstractions.Ports;

namespace RouterOS.Simulation;

/// <summary>Opens <c>memory:NAME</c>: two ports of this process that name the same wire are joined. Needs no privilege.</summary>
public sealed class MemoryPortDriver(TimeProvider? clock = null) : IPortDriver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryWire> _wires = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public string Help => "memory:WIRE joins two ports of the same process by a wire of that name; no privilege needed";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument)
    {
        if (string.IsNullOrEmpty(argument))
        {
            throw new PortException($"Port {portName} is wired to memory: without a wire's name; write memory:NAME, at both ends.");
        }

        lock (_gate)
        {
            MemoryWire wire = WireLocked(argument);
            MemoryPort end = !wire.Left.IsOpen ? wire.Left
                : !wire.Right.IsOpen ? wire.Right
                : throw new PortException(
                    $"Port {portName} is wired to memory:{argument}, which has two ends already; give the wire another name.");
            end.IsOpen = true;
            return end;
        }
    }

    /// <summary>The wire of a name, for a test or a demo that plays the other end or watches.</summary>
    public MemoryWire Wire(string name)
    {
        lock (_gate)
        {
            return WireLocked(name);
        }
    }

    private MemoryWire WireLocked(string name)
    {
        if (!_wires.TryGetValue(name, out MemoryWire? wire))
        {
            wire = new MemoryWire(name, new MemoryWireOptions { Clock = clock });
            wire.Left.IsOpen = false;
            wire.Right.IsOpen = false;
            _wires.Add(name, wire);
        }

        return wire;
    }
}
