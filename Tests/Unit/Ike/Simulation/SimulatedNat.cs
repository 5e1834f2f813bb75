namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A NAT of addresses and ports: inside hosts share one address, mappings are made by what leaves.</summary>
internal sealed class SimulatedNat(SimulatedNetwork network, uint address, params uint[] inside)
{
    private readonly Dictionary<(uint Address, ushort Port), ushort> _out = [];
    private readonly Dictionary<ushort, (uint Address, ushort Port)> _in = [];
    private ushort _next = 20000;

    /// <summary>The address outside.</summary>
    public uint Address { get; private set; } = address;

    /// <summary>Leaves ports as they are, as many NATs do while nobody else has them.</summary>
    public bool KeepsPorts { get; init; }

    /// <summary>What came from outside and found no mapping.</summary>
    public int Unmapped { get; private set; }

    /// <summary>When a mapping ends that nothing leaves by.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(1);

    private Dictionary<ushort, DateTimeOffset> LastUsed { get; } = [];

    /// <summary>Lets a port of the address outside always lead to a host inside.</summary>
    public void Forward(uint host, ushort port)
    {
        _out[(host, port)] = port;
        _in[port] = (host, port);
        LastUsed[port] = DateTimeOffset.MaxValue - Lifetime;
    }

    /// <summary>Forgets every mapping, and perhaps its address: what leaves from now on has new ports.</summary>
    public void Rebind(uint? address = null)
    {
        _out.Clear();
        _in.Clear();
        _next = (ushort)((_next / 1000 + 1) * 1000);
        Address = address ?? Address;
    }

    /// <summary>Carries a datagram across; false when it has no way.</summary>
    public bool Translate(ref uint source, ref ushort sourcePort, ref uint destination, ref ushort destinationPort)
    {
        if (inside.Contains(source) && !inside.Contains(destination))
        {
            // Without ports there is nothing to tell the hosts inside apart.
            if (sourcePort == 0)
            {
                return false;
            }

            if (!_out.TryGetValue((source, sourcePort), out ushort port) || IsOld(port))
            {
                port = KeepsPorts ? sourcePort : _next++;
                _out[(source, sourcePort)] = port;
                _in[port] = (source, sourcePort);
            }

            LastUsed[port] = LastUsed.GetValueOrDefault(port) > network.Now ? LastUsed[port] : network.Now;
            (source, sourcePort) = (Address, port);
        }
        else if (destination == Address)
        {
            if (!_in.TryGetValue(destinationPort, out (uint Address, ushort Port) host) || IsOld(destinationPort))
            {
                Unmapped++;
                return false;
            }

            (destination, destinationPort) = host;
        }

        return true;
    }

    private bool IsOld(ushort port) => network.Now - LastUsed[port] > Lifetime;
}
