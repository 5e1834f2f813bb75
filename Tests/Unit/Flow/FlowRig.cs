using RouterOS.Abstractions.Ports;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Flow;

/// <summary>A forwarding plane with two interfaces in zone trust, one in zone untrust and one in none, and flow between them.</summary>
internal sealed class FlowRig : IDisposable
{
    public const uint Inside = 1;
    public const uint Outside = 2;
    public const uint InsideToo = 3;
    public const uint Unbound = 4;
    public const uint Trust = 1;
    public const uint Untrust = 2;

    private readonly SinkPort[] _ports = [.. Enumerable.Range(0, 4).Select(_ => new SinkPort(PortLink.RawIp) { Keep = true })];

    public FlowRig(int maximumSessions = 1024, int workers = 1, INodePackage? package = null)
    {
        Chassis = new Chassis(
            Clock,
            [.. _ports.Select((port, i) => ($"p{i + 1}", (IPort)port))],
            (suite, _) => throw new NotSupportedException($"{suite}"),
            package is null ? [new FlowNodePackage(maximumSessions)] : [new FlowNodePackage(maximumSessions), package],
            workers: workers);
        Chassis.Interface(Inside, "p1", "10.1.0.1/24");
        Chassis.Interface(Outside, "p2", "203.0.113.1/24");
        Chassis.Interface(InsideToo, "p3", "10.3.0.1/24");
        Chassis.Interface(Unbound, "p4", "10.4.0.1/24");
        Bind(Inside, Trust);
        Bind(InsideToo, Trust);
        Bind(Outside, Untrust);
    }

    public SimulatedClock Clock { get; } = new();

    public Chassis Chassis { get; }

    /// <summary>False to forget what leaves.</summary>
    public bool Keeps
    {
        set => Array.ForEach(_ports, port => port.Keep = value);
    }

    /// <summary>Packets that have left.</summary>
    public ulong Sent => (ulong)_ports.Sum(port => port.Sent);

    public static Service Service(uint protocol, uint first, uint? last = null) =>
        new() { Name = "s", Protocol = protocol, FirstPort = first, LastPort = last ?? first };

    public static PolicyRuleRow Rule(uint id, Policy.Types.Action action, params Application[] applications)
    {
        PolicyRuleRow row = new() { Id = id, Name = $"p{id}", Action = action };
        row.Applications.Add(applications);
        return row;
    }

    public void Bind(uint index, uint zone, HostInboundRow? host = null, bool reset = false) =>
        Chassis.Set("zone-interface", $"{index}", new ZoneInterfaceRow { Interface = index, Zone = zone, HostInbound = host, TcpReset = reset });

    public void Policies(uint from, uint to, params PolicyRuleRow[] rules)
    {
        PolicySetRow row = new() { FromZone = from, ToZone = to };
        row.Rules.Add(rules);
        Chassis.Set("policy", $"{from}/{to}", row);
    }

    /// <summary>What the course's example has: trust to untrust is permitted, all else is not.</summary>
    public FlowRig PermitOut(params Application[] applications)
    {
        Policies(Trust, Untrust, Rule(1, Policy.Types.Action.Permit, applications));
        return this;
    }

    /// <summary>Sends a packet in by an interface; what left, with the interface by which it left.</summary>
    public List<(uint Interface, byte[] Packet)> Send(uint ingress, byte[] packet, int worker = 0, Action<nint>? prepare = null)
    {
        Array.ForEach(_ports, port => port.Frames.Clear());
        Chassis.Feed(packet.Length > 0 && packet[0] >> 4 == 6 ? "ip6-input" : "ip4-input", packet, ingress, prepare: prepare, worker: worker);
        Chassis.Plane.RunOnce();
        return [.. _ports.SelectMany((port, i) => port.Frames.Select(frame => ((uint)(i + 1), frame)))];
    }

    /// <summary>Runs what waits and gives all that has ever left, port by port.</summary>
    public List<byte[]> Run()
    {
        Chassis.Plane.RunOnce();
        return [.. _ports.SelectMany(port => port.Frames)];
    }

    /// <summary>Sends a packet of the router's own.</summary>
    public void SendOwn(byte[] packet, PacketFlags flags = PacketFlags.LocallyOriginated) =>
        Chassis.Feed("ip4-local-out", packet, prepare: handle => PacketBuffer.At(handle).Flags = flags);

    /// <summary>True when a packet came through, changed in nothing but TTL and header checksum.</summary>
    public bool Passes(uint ingress, byte[] packet, uint egress)
    {
        List<(uint Interface, byte[] Packet)> left = Send(ingress, packet);
        if (left.Count == 0)
        {
            return false;
        }

        (uint by, byte[] what) = Assert.Single(left);
        Assert.Equal(egress, by);
        Assert.Equal(packet.AsSpan(12).ToArray(), what.AsSpan(12).ToArray());
        return true;
    }

    public bool Out(byte[] packet) => Passes(Inside, packet, Outside);

    public bool In(byte[] packet) => Passes(Outside, packet, Inside);

    /// <summary>True when a packet to the router was let in: it reached delivery.</summary>
    public bool Enters(uint ingress, byte[] packet)
    {
        ulong before = Chassis.Node("ip4-deliver").Packets;
        Send(ingress, packet);
        return Chassis.Node("ip4-deliver").Packets > before;
    }

    public void Wait(double seconds)
    {
        for (double left = seconds; left > 0; left -= 0.1)
        {
            Clock.Advance(TimeSpan.FromSeconds(Math.Min(left, 0.1)));
            Chassis.Plane.RunOnce();
        }
    }

    public List<SessionState> Sessions(string key = "") =>
        [.. Chassis.Plane.Snapshot("flow-session", key).Select(row => SessionState.Parser.ParseFrom(row.Value))];

    public SessionSummary Summary() => SessionSummary.Parser.ParseFrom(Assert.Single(Chassis.Plane.Snapshot("flow-summary", "")).Value);

    public InterfaceFlowCounters Counters(uint index) =>
        InterfaceFlowCounters.Parser.ParseFrom(Assert.Single(Chassis.Plane.Snapshot("flow-interface", $"{index}")).Value);

    public PolicyHits Hits(uint policy) => PolicyHits.Parser.ParseFrom(Assert.Single(Chassis.Plane.Snapshot("flow-policy", $"{policy}")).Value);

    public ulong Drops(string reason) => Chassis.Drops($"flow/{reason}");

    public void Dispose() => Chassis.Dispose();
}
