using RouterOS.Flow.Control;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Ike.Simulation;
using static RouterOS.Unit.Flow.FlowPackets;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;
using ZoneInterface = RouterOS.Proto.Flow.V1.ZoneInterface;

namespace RouterOS.Unit.Flow;

/// <summary>Schedulers of policies, in virtual time. The clock starts on Tuesday, 2030-01-01 at 00:00.</summary>
public sealed class SchedulerTests
{
    private const uint Hour = 3600;
    private const string Host = "10.1.0.10";
    private const string Server = "203.0.113.80";

    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_policy_acts_from_the_minute_on_at_which_its_scheduler_does()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(Intent(Week(hours: (8, 9))));
        Assert.False(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.Equal((false, 8 * Hour), await State(host));
        Assert.True(Assert.Single((await host.Show.ListPolicies(new ListPoliciesRequest(), null!)).Policies).IsInactive);
        Pass(rig, TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1));
        Assert.False(rig.Out(Udp(Host, 1, Server, 53)));
        Pass(rig, TimeSpan.FromSeconds(1));
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.Equal((true, 9 * Hour), await State(host));
        Assert.False(Assert.Single((await host.Show.ListPolicies(new ListPoliciesRequest(), null!)).Policies).IsInactive);
        Pass(rig, TimeSpan.FromMinutes(59));
        Assert.True(rig.Out(Udp(Host, 2, Server, 53)));
        Pass(rig, TimeSpan.FromMinutes(1));
        // Its sessions end with it.
        Assert.False(rig.In(Udp(Server, 53, Host, 2)));
        Assert.False(rig.Out(Udp(Host, 2, Server, 53)));
        Assert.Equal((false, 32 * Hour), await State(host));
    }

    [Fact]
    public void What_no_scheduler_decides_goes_on()
    {
        using FlowRig rig = new();
        FlowIntent intent = Intent(Week(hours: (0, 1)));
        intent.Policies.Add(new Policy
        {
            Name = "always", FromZone = "trust", ToZone = "untrust", Action = Action.Permit,
            Applications = { new Application { Name = "dns", Protocol = 17, FirstDestinationPort = 53, LastDestinationPort = 53 } },
        });
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(intent);
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Pass(rig, TimeSpan.FromHours(1) - TimeSpan.FromSeconds(20));
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.True(rig.Out(Udp(Host, 1, Server, 54)));
        int writes = host.Writes;
        Pass(rig, TimeSpan.FromSeconds(20));
        Assert.Equal(writes + 1, host.Writes);
        Assert.True(rig.In(Udp(Server, 53, Host, 1)));
        Assert.False(rig.In(Udp(Server, 54, Host, 1)));
    }

    [Fact]
    public async Task A_search_for_the_policy_of_a_packet_knows_who_is_inactive()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(Intent(Week(hours: (8, 9))));
        FindPolicyRequest request = new() { FromZone = "trust", ToZone = "untrust", SourceAddress = Host, DestinationAddress = Server, Protocol = 17 };
        Assert.Null((await host.Show.FindPolicy(request, null!)).Policy);
        Pass(rig, TimeSpan.FromHours(8.5));
        Assert.Equal("p", (await host.Show.FindPolicy(request, null!)).Policy.Policy.Name);
    }

    [Fact]
    public void Days_and_dates_both_hold()
    {
        // From Thursday the 3rd at noon until the 20th; on Fridays from 8 to 9 and from 20 to 21.
        Scheduler scheduler = new() { Periods = { new SchedulerPeriod { Start = Unix(2.5), Stop = Unix(19) } } };
        scheduler.Days.Add(Enumerable.Range(0, 7).Select(_ => new SchedulerDay()));
        scheduler.Days[5].Hours.Add([Hours(8, 9), Hours(20, 21)]);
        List<double> changes = [];
        for (DateTimeOffset? at = Schedule.NextChange(scheduler, s_start); at is { } time; at = Schedule.NextChange(scheduler, time))
        {
            changes.Add((time - s_start).TotalHours);
        }

        Assert.Equal([80, 81, 92, 93, 248, 249, 260, 261, 416, 417, 428, 429], changes);
        Assert.False(Schedule.IsActive(scheduler, s_start.AddHours(80).AddSeconds(-1)));
        Assert.True(Schedule.IsActive(scheduler, s_start.AddHours(80)));
        Assert.False(Schedule.IsActive(scheduler, s_start.AddHours(81)));
    }

    [Fact]
    public void Whole_days_do_not_end_at_midnight_and_no_times_are_all_times()
    {
        Scheduler scheduler = Week(hours: (0, 24));
        Assert.Null(Schedule.NextChange(scheduler, s_start));
        scheduler.Days[0] = new SchedulerDay();
        Assert.Equal(s_start.AddDays(5), Schedule.NextChange(scheduler, s_start));
        Assert.True(Schedule.IsActive(new Scheduler(), s_start));
        Assert.Null(Schedule.NextChange(new Scheduler(), s_start));
        Scheduler once = new() { Periods = { new SchedulerPeriod { Start = Unix(100), Stop = Unix(101) } } };
        Assert.Equal(s_start.AddDays(100), Schedule.NextChange(once, s_start));
        Assert.Null(Schedule.NextChange(once, s_start.AddDays(101)));
    }

    private static long Unix(double days) => s_start.AddDays(days).ToUnixTimeSeconds();

    private static SchedulerHours Hours(uint start, uint stop) => new() { Start = start * Hour, Stop = stop * Hour };

    private static Scheduler Week((uint Start, uint Stop) hours)
    {
        Scheduler scheduler = new() { Name = "s" };
        scheduler.Days.Add(Enumerable.Range(0, 7).Select(_ => new SchedulerDay { Hours = { Hours(hours.Start, hours.Stop) } }));
        return scheduler;
    }

    private static FlowIntent Intent(Scheduler scheduler) => new()
    {
        Zones =
        {
            new Zone { Name = "trust", Interfaces = { new ZoneInterface { Name = "ge-0/0/1.0" } } },
            new Zone { Name = "untrust", Interfaces = { new ZoneInterface { Name = "ge-0/0/2.0" } } },
        },
        Policies = { new Policy { Name = "p", FromZone = "trust", ToZone = "untrust", Action = Action.Permit, Scheduler = "s" } },
        Schedulers = { scheduler },
    };

    private static async Task<(bool, uint)> State(FlowHost host)
    {
        SchedulerState state = Assert.Single((await host.Show.ListSchedulers(new ListSchedulersRequest(), null!)).Schedulers);
        Assert.True(state.IsUsed);
        return (state.IsActive, (uint)(state.NextChange - s_start.ToUnixTimeSeconds()));
    }

    private static void Pass(FlowRig rig, TimeSpan time)
    {
        rig.Clock.Advance(time);
        rig.Chassis.Plane.RunOnce();
    }
}
