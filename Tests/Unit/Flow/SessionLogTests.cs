using RouterOS.Core.Logging;
using RouterOS.Flow.Control;
using RouterOS.Flow.Nodes;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Ike.Simulation;
using static RouterOS.Unit.Flow.FlowPackets;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;
using ZoneInterface = RouterOS.Proto.Flow.V1.ZoneInterface;

namespace RouterOS.Unit.Flow;

/// <summary>What <c>then log</c> of policies writes, and that it is bounded.</summary>
public sealed class SessionLogTests
{
    private const string Host = "10.1.0.10";
    private const string Server = "203.0.113.80";

    [Fact]
    public void A_session_is_logged_when_it_begins_and_when_it_ends()
    {
        using FlowRig rig = new();
        FlowHost host = Start(rig);
        Assert.True(rig.Out(Udp(Host, 4000, Server, 53)));
        Assert.True(rig.In(Udp(Server, 53, Host, 4000)));
        Assert.True(rig.Out(Udp(Host, 4000, Server, 53)));
        ulong id = Assert.Single(rig.Sessions()).Id;
        ulong size = (ulong)Udp(Host, 4000, Server, 53).Length;
        rig.Wait(64);
        Assert.Equal(
            [
                $"RT_FLOW_SESSION_CREATE: session created 10.1.0.10/4000->203.0.113.80/53 dns 10.1.0.10/4000->203.0.113.80/53 None None 17 rest trust untrust {id}",
                $"RT_FLOW_SESSION_CLOSE: session closed idle Timeout: 10.1.0.10/4000->203.0.113.80/53 dns 10.1.0.10/4000->203.0.113.80/53 None None 17 rest trust untrust "
                    + $"{id} 2({2 * size}) 1({size}) 60",
            ],
            Lines(host));
    }

    [Fact]
    public void What_a_policy_refuses_is_logged_at_its_beginning()
    {
        using FlowRig rig = new();
        FlowHost host = Start(rig);
        Assert.False(rig.Out(Tcp(Host, 4000, Server, 23, Syn)));
        Assert.Equal(["RT_FLOW_SESSION_DENY: session denied 10.1.0.10/4000->203.0.113.80/23 telnet 6(0) no-telnet trust untrust"], Lines(host));
    }

    [Fact]
    public async Task The_reason_of_an_end_is_told()
    {
        using FlowRig rig = new();
        FlowHost host = Start(rig, begin: false);
        rig.Out(Tcp(Host, 1, Server, 80, Syn));
        rig.Out(Tcp(Host, 1, Server, 80, Rst));
        rig.Out(Tcp(Host, 2, Server, 80, Syn));
        rig.In(Tcp(Server, 80, Host, 2, Rst | Ack));
        rig.Out(Tcp(Host, 3, Server, 80, Syn));
        rig.In(Tcp(Server, 80, Host, 3, Syn | Ack));
        rig.Out(Tcp(Host, 3, Server, 80, Fin | Ack));
        rig.In(Tcp(Server, 80, Host, 3, Fin | Ack));
        rig.Wait(25);
        rig.Out(Udp(Host, 4, Server, 80));
        await host.Show.ClearSessions(new ListSessionsRequest(), null!);
        rig.Out(Udp(Host, 5, Server, 80));
        FlowIntent less = Intent(begin: false);
        less.Policies.RemoveAt(1);
        host.Apply(less);
        rig.Wait(2);
        Assert.Equal(
            ["10.1.0.10/1 TCP CLIENT RST", "10.1.0.10/2 TCP SERVER RST", "10.1.0.10/3 TCP FIN", "10.1.0.10/4 CLI", "10.1.0.10/5 policy delete"],
            Lines(host).Select(Reason).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Policies_that_do_not_ask_and_the_routers_own_sessions_are_not_logged()
    {
        using FlowRig rig = new();
        FlowHost host = Start(rig, begin: false, end: false);
        rig.Out(Udp(Host, 4000, Server, 53));
        rig.SendOwn(Udp("203.0.113.1", 5000, Server, 123));
        rig.Wait(65);
        Assert.Empty(rig.Sessions());
        Assert.Empty(Lines(host));
    }

    [Fact]
    public async Task A_flood_of_sessions_is_logged_up_to_a_bound_and_the_rest_counted()
    {
        using FlowRig rig = new(maximumSessions: 4096);
        FlowHost host = Start(rig, end: false);
        for (ushort port = 1; port <= SessionLogRing.PerSecond + 5; port++)
        {
            rig.Out(Udp(Host, port, Server, 53));
        }

        IReadOnlyList<string> lines = Lines(host);
        Assert.Equal(SessionLogRing.PerSecond + 1, lines.Count);
        Assert.Equal("RT_FLOW: 5 messages about sessions were left out: there were too many at once", lines[^1]);
        Assert.Equal(5u, (await host.Show.ListSessions(new ListSessionsRequest(), null!)).LogLeftOut);
        rig.Wait(1);
        rig.Out(Udp(Host, 5000, Server, 53));
        Assert.Equal(lines.Count + 1, Lines(host).Count);
    }

    [Fact]
    public void Nothing_waits_beyond_the_ring_while_nobody_takes_it()
    {
        SessionLogRing ring = new(0);
        for (uint second = 1; second <= 4; second++)
        {
            for (int i = 0; i < SessionLogRing.PerSecond; i++)
            {
                ring.Next(second, out _);
            }
        }

        Assert.Equal((ulong)(4 * SessionLogRing.PerSecond) - SessionLogRing.Capacity, ring.LeftOut);
        int taken = 0;
        for (ulong at = ring.ReadSome(0, 64, (_, _) => taken++); at != 0; at = ring.ReadSome(at, 64, (_, _) => taken++))
        {
        }

        Assert.Equal(SessionLogRing.Capacity, taken);
        Assert.True(ring.IsEmpty);
    }

    private static FlowHost Start(FlowRig rig, bool begin = true, bool end = true) =>
        new FlowHost(rig, new SimulatedStore()).Start(Intent(begin, end));

    private static FlowIntent Intent(bool begin = true, bool end = true) => new()
    {
        Zones =
        {
            new Zone { Name = "trust", Interfaces = { new ZoneInterface { Name = "ge-0/0/1.0" } } },
            new Zone { Name = "untrust", Interfaces = { new ZoneInterface { Name = "ge-0/0/2.0" } } },
        },
        Policies =
        {
            new Policy
            {
                Name = "no-telnet", FromZone = "trust", ToZone = "untrust", Action = Action.Deny, LogBegin = begin, LogEnd = end,
                Applications = { At("telnet", 6, 23) },
            },
            new Policy { Name = "rest", FromZone = "trust", ToZone = "untrust", Action = Action.Permit, LogBegin = begin, LogEnd = end },
        },
        Services = { At("dns", 17, 53) },
    };

    // Who opened the session, and why it ended.
    private static string Reason(string line)
    {
        string[] parts = line.Split(": ");
        return $"{parts[2].Split("->")[0]} {parts[1]["session closed ".Length..]}";
    }

    private static Application At(string name, uint protocol, uint port) =>
        new() { Name = name, Protocol = protocol, FirstDestinationPort = port, LastDestinationPort = port };

    // Without the time that stands in front of each line.
    private static IReadOnlyList<string> Lines(FlowHost host)
    {
        host.Raise("flow-log");
        return [.. ((TraceFiles)host.Traces).Lines(SessionLog.FileName)!.Select(line => line[line.IndexOf("RT_FLOW", StringComparison.Ordinal)..])];
    }
}
