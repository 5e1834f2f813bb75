using System.Net;
using Google.Protobuf;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Network;
using RouterOS.Srx.Commands;
using RouterOS.Srx.Bindings;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Profiles;

namespace RouterOS.Unit.Srx;

/// <summary>Whole texts of routes, chassis, policies, zones, sessions and neighbours.</summary>
public sealed class LayoutTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RouteState[] s_routes =
    [
        Route("0.0.0.0", 0, RouteProtocol.Static, 5, true, 1532, "st0.0", "192.0.2.129"),
        Route("10.0.0.0", 8, RouteProtocol.Static, 5, true, 90061, "st0.0"),
        Route("10.0.0.0", 8, RouteProtocol.StaticReject, 200, false, 777661, string.Empty),
        Route("10.9.0.0", 16, RouteProtocol.StaticDiscard, 5, true, 0, string.Empty),
        Route("192.0.2.128", 28, RouteProtocol.Direct, 0, true, 1532, "st0.0"),
        Route("192.0.2.130", 32, RouteProtocol.Local, 0, true, 1532, "st0.0"),
    ];

    [Fact]
    public void Routes_stand_in_the_documented_form() => Assert.Equal(
        """

        inet.0: 5 destinations, 6 routes (5 active, 0 holddown, 0 hidden)
        + = Active Route, - = Last Active, * = Both

        0.0.0.0/0          *[Static/5] 00:25:32
                            > to 192.0.2.129 via st0.0
        10.0.0.0/8         *[Static/5] 1d 01:01:01
                            > via st0.0
                            [Static/200] 1w2d 00:01:01
                              Reject
        10.9.0.0/16        *[Static/5] 00:00:00
                              Discard
        192.0.2.128/28     *[Direct/0] 00:25:32
                            > via st0.0
        192.0.2.130/32     *[Local/0] 00:25:32
                              Local via st0.0

        """,
        RouteLayout.Text("inet.0", s_routes, s_routes, s_now));

    [Fact]
    public void Metrics_aggregates_and_receive_are_shown_as_such() => Assert.Equal(
        """

        inet.0: 3 destinations, 4 routes (3 active, 0 holddown, 0 hidden)
        + = Active Route, - = Last Active, * = Both

        0.0.0.0/0          *[Static/5] 00:00:00
                            > to 192.0.2.129 via ge-0/0/0.0
                            [Static/7] 00:00:00, metric 6
                            > to 192.0.2.130 via ge-0/0/0.0
        10.0.0.0/8         *[Aggregate/130] 00:00:00
                              Reject
        192.0.2.9/32       *[Static/5] 00:00:00
                              Receive

        """,
        Text(
        [
            Route("0.0.0.0", 0, RouteProtocol.Static, 5, true, 0, "ge-0/0/0.0", "192.0.2.129"),
            Route("0.0.0.0", 0, RouteProtocol.Static, 7, false, 0, "ge-0/0/0.0", "192.0.2.130") with { Metric = 6 },
            Route("10.0.0.0", 8, RouteProtocol.StaticReject, 130, true, 0, string.Empty) with { IsAggregate = true },
            Route("192.0.2.9", 32, RouteProtocol.StaticReceive, 5, true, 0, string.Empty),
        ]));

    private static string Text(RouteState[] routes) => RouteLayout.Text("inet.0", routes, routes, s_now);

    [Theory]
    [InlineData(null, 6)]
    [InlineData("10.9.1.1", 1)]
    [InlineData("10.1.1.1", 2)]
    [InlineData("8.8.8.8", 1)]
    [InlineData("10.0.0.0/8", 3)]
    [InlineData("0.0.0.0/0", 6)]
    [InlineData("172.16.0.0/12", 0)]
    public void An_address_finds_its_route_and_a_prefix_what_lies_inside(string? destination, int count) =>
        Assert.Equal(count, RouteCommands.Matching(s_routes, destination).Count);

    [Fact]
    public void The_inventory_lists_cards_and_their_parts() => Assert.Equal(
        """
        Hardware inventory:
        Item             Version  Part number  Serial number     Description
        Chassis                                                  SRX240H
        Routing Engine 0                                         RE-SRX240-HIGHMEM
        FPC 0                                                    FPC
          PIC 0                                                  16x GE Base PIC

        """,
        ChassisLayout.Hardware(SrxModels.Find("srx240")!));

    [Fact]
    public void Cards_have_no_processor_of_their_own() => Assert.Equal(
        """
                             Temp  CPU Utilization (%)   Memory    Utilization (%)
        Slot State            (C)  Total  Interrupt      DRAM (MB) Heap     Buffer
          0  Online           -------------------- CPU less FPC --------------------

        """,
        ChassisLayout.Fpc(SrxModels.Find("srx240")!, online: true));

    [Fact]
    public void Cards_in_detail_name_the_process_and_its_crypto_engines()
    {
        ModuleDescription module = new()
        {
            Name = "data", ProcessId = 42, ResidentBytes = 150UL << 20, HeapBytes = 30UL << 20,
            StartedUnixSeconds = s_now.AddSeconds(-3661).ToUnixTimeSeconds(),
            CryptoEngines = { "ipsec-mb 1.3", "libcrypto 3.0" }, Alarms = { "something is amiss" },
        };
        Assert.Equal(
            """
            Slot 0 information:
              State                               Online
              Total CPU DRAM                      ---- CPU less FPC ----
              Start time                          2026-03-01 10:58:59 UTC
              Uptime                              1 hour, 1 minute, 1 second
              Process                             data, id 42, 150 MB resident, 30 MB managed heap
              Crypto engines                      ipsec-mb 1.3, libcrypto 3.0
              Alarm                               something is amiss

            """,
            ChassisLayout.FpcDetail(SrxModels.Find("srx240")!, [module], s_now));
    }

    [Fact]
    public void Crypto_engines_are_shown_by_suite_and_direction_and_those_that_stand_by_only_in_detail()
    {
        ModuleDescription module = new()
        {
            Name = "data", Alarms = { "something is amiss" },
            CryptoUses =
            {
                new CryptoUse
                {
                    Suite = "aes-cbc/hmac-sha1", Engine = "ipsec-mb 1.3.0", Chosen = true, SelfTest = CryptoUse.Types.SelfTest.Passed,
                    Jobs = 1000, Bytes = 1_400_000,
                },
                new CryptoUse { Suite = "aes-cbc/hmac-sha1", Engine = "libcrypto 3.0" },
                new CryptoUse
                {
                    Suite = "3des-cbc/hmac-md5", Decrypts = true, Engine = "bit-slice x, thin batches to y", SelfTest = CryptoUse.Types.SelfTest.Failed, Failures = 2,
                },
            },
        };
        Assert.Equal(
            """
            Module: data
            Algorithm             Direction Engine          Use        Self-test  Jobs         Bytes             Failed
            aes-cbc/hmac-sha1     encrypt   ipsec-mb 1.3.0  first      passed     1000         1400000           0
            3des-cbc/hmac-md5     decrypt   bit-slice x     stands by  FAILED     0            0                 2
            Engine bit-slice x, thin batches to y
            Alarm: something is amiss

            """,
            CryptoLayout.Engines([module], detail: false));
        Assert.Contains("encrypt   libcrypto 3.0   stands by  not run    0", CryptoLayout.Engines([module], detail: true), StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_names_host_model_and_release() => Assert.Equal(
        "Hostname: edge\nModel: srx240\nRouterOS Software Release [1.2.3]\n", ChassisLayout.Version("edge", SrxModels.Find("srx240")!, "1.2.3"));

    [Fact]
    public void Policies_show_the_names_of_the_configuration()
    {
        PolicyState first = State("trust", "untrust", "out", 4, 1, Policy.Types.Action.Permit);
        first.Policy.Protection = "site";
        PolicyState second = State("trust", "untrust", "rest", 5, 2, Policy.Types.Action.Reject);
        PolicyState third = State("untrust", "trust", "in", 6, 1, Policy.Types.Action.Deny);
        Assert.Equal(
            """
            Default policy: deny-all
            From zone: trust, To zone: untrust
              Policy: out, State: enabled, Index: 4, Sequence number: 1
                Source addresses: lan, guests
                Destination addresses: any
                Applications: junos-ssh
                Action: permit, tunnel
              Policy: rest, State: enabled, Index: 5, Sequence number: 2
                Source addresses: any
                Destination addresses: any
                Applications: any
                Action: reject
            From zone: untrust, To zone: trust
              Policy: in, State: enabled, Index: 6, Sequence number: 1
                Source addresses: any
                Destination addresses: any
                Applications: any
                Action: deny

            """,
            PolicyLayout.Text(false, [new PolicyNames(first, ["lan", "guests"], ["any"], ["junos-ssh"]), Any(second), Any(third)]));
        Assert.Equal(
            """
            Index   From zone        To zone          Name             Policy count
            1       trust            untrust          out              40
            2       untrust          trust            in               60

            Number of policy: 2

            """,
            PolicyLayout.HitCount([first, third]));
    }

    [Fact]
    public void Schedulers_show_when_they_change() => Assert.Equal(
        """
        Scheduler name: office, State: active
          Next deactivation: Tue Jan 1 17:00:00 2030
        Scheduler name: night, State: inactive
          Next activation: Tue Jan 1 22:00:00 2030
        Scheduler name: always, State: active
        Scheduler name: past, State: unused
        Scheduler name: idle, State: unused

        """,
        ScheduleLayout.Text(
        [
            new SchedulerState { Name = "office", IsUsed = true, IsActive = true, NextChange = 1893517200 },
            new SchedulerState { Name = "night", IsUsed = true, NextChange = 1893535200 },
            new SchedulerState { Name = "always", IsUsed = true, IsActive = true },
            new SchedulerState { Name = "past", IsUsed = true },
            new SchedulerState { Name = "idle", IsActive = true, NextChange = 1893535200 },
        ]));

    [Fact]
    public void Zones_show_their_interfaces() => Assert.Equal(
        """

        Security zone: trust
          Send reset for non-SYN session TCP packets: On
          Policy configurable: Yes
          Interfaces bound: 2
          Interfaces:
            ge-0/0/0.0
            lo0.0

        Security zone: untrust
          Send reset for non-SYN session TCP packets: Off
          Policy configurable: Yes
          Screen: protect
          Interfaces bound: 0
          Interfaces:

        Functional zone: management
          Policy configurable: No
          Interfaces bound: 1
          Interfaces:
            ge-0/0/3.0

        """,
        ZoneLayout.Text(
            [
                new Zone { Name = "trust", TcpReset = true, Interfaces = { new ZoneInterface { Name = "ge-0/0/0.0" }, new ZoneInterface { Name = "lo0.0" } } },
                new Zone { Name = "untrust" },
                new Zone { Name = "management", Management = true, Interfaces = { new ZoneInterface { Name = "ge-0/0/3.0" } } },
            ],
            new Dictionary<string, string> { ["untrust"] = "protect" }));

    [Fact]
    public void Sessions_show_both_directions() => Assert.Equal(
        """
        Session ID: 15, Policy name: out/4, Timeout: 58, Valid
          In: 10.1.0.1/77 --> 10.2.0.1/8;icmp, If: ge-0/0/0.0, Pkts: 5, Bytes: 420
          Out: 10.2.0.1/8 --> 10.1.0.1/77;icmp, If: st0.0, Pkts: 4, Bytes: 336

        Total sessions: 1

        """,
        SessionLayout.Text(
        [
            new Session
            {
                Policy = "out", IngressInterface = "ge-0/0/0.0", EgressInterface = "st0.0",
                State = new SessionState
                {
                    Id = 15, Policy = 4, Protocol = 1, Source = 0x0a010001, Destination = 0x0a020001, SourcePort = 77, DestinationPort = 8,
                    TimeoutSeconds = 60, RemainingSeconds = 58, ForwardPackets = 5, ForwardBytes = 420, ReversePackets = 4, ReverseBytes = 336,
                },
            },
        ]));

    [Fact]
    public void The_summary_counts_sessions() => Assert.Equal(
        """
        Unicast-sessions: 3
        Multicast-sessions: 0
        Failed-sessions: 1
        Sessions-in-use: 3
          Valid sessions: 3
          Pending sessions: 0
          Invalidated sessions: 0
          Sessions in other states: 0
        Maximum-sessions: 65536

        """,
        SessionLayout.Summary(3, 65536, 1));

    [Fact]
    public void Neighbours_stand_with_or_without_names()
    {
        Neighbor neighbor = new() { Interface = 64, Address = 0xc0000201, LinkAddress = ByteString.CopyFrom(0, 0, 0x5e, 0, 0x53, 1) };
        Assert.Equal(
            """
            MAC Address       Address         Name                      Interface           Flags
            00:00:5e:00:53:01 192.0.2.1       192.0.2.1                 ge-0/0/0.0          none
            Total entries: 1

            """,
            ArpLayout.Text([(neighbor, "ge-0/0/0.0")], names: true));
        Assert.Equal(
            """
            MAC Address       Address         Interface           Flags
            00:00:5e:00:53:01 192.0.2.1       ge-0/0/0.0          none
            Total entries: 1

            """,
            ArpLayout.Text([(neighbor, "ge-0/0/0.0")], names: false));
    }

    [Fact]
    public void Packets_carried_are_summed_and_each_reason_for_a_drop_is_named()
    {
        string text = PfeLayout.Traffic(
            [new() { InputPackets = 5, OutputPackets = 4, LocalInputPackets = 1 }, new() { InputPackets = 7, OutputPackets = 9, LocalOutputPackets = 2 }],
            [new("ge-0/0/1", new PortState { TransmitDrops = 3 }), new("ge-0/0/0", new PortState { ReceiveDrops = 12 })],
            new Dictionary<string, DropCounter>
            {
                ["ip4/no-route"] = new() { Description = "There is no route to the destination.", Packets = 42 },
                ["esp/no-sa"] = new() { Description = "Nothing.", Packets = 0 },
            });
        Assert.Equal(
            """
            Packet Forwarding Engine traffic statistics:
                Input  packets:                                     12
                Output packets:                                     13
            Packet Forwarding Engine local traffic statistics:
                Local packets input                 :                1
                Local packets output                :                2
            Packet Forwarding Engine port drops:
                ge-0/0/0 receive queue                              12
                ge-0/0/0 transmit queue                              0
                ge-0/0/1 receive queue                               0
                ge-0/0/1 transmit queue                              3
            Packet Forwarding Engine discard statistics:
                ip4/no-route                                        42  There is no route to the destination.

            """,
            text);
    }

    private static PolicyNames Any(PolicyState state) => new(state, ["any"], ["any"], ["any"]);

    private static PolicyState State(string from, string to, string name, uint id, uint sequence, Policy.Types.Action action) => new()
    {
        Policy = new Policy { FromZone = from, ToZone = to, Name = name, Action = action },
        Id = id,
        Sequence = sequence,
        Packets = id * 10,
    };

    private static RouteState Route(
        string prefix, int length, RouteProtocol protocol, uint preference, bool active, int age, string name, string? gateway = null) => new(
        IPAddress.Parse(prefix), length, protocol, preference, active, s_now.AddSeconds(-age), name, gateway is null ? null : IPAddress.Parse(gateway));

    [Fact]
    public void Details_of_a_policy_name_each_address_and_what_it_is()
    {
        Policy policy = new()
        {
            Name = "g", Action = Policy.Types.Action.Permit, FromZones = { "a", "b" }, SourceExcluded = true, SourcePrefixes = { "10.0.0.0/8", "192.0.2.1/32", "192.0.2.2/31" },
            Applications = { new Application { Name = "junos-ping", Protocol = 1, FirstDestinationPort = 8, LastDestinationPort = 8 } },
        };
        PolicyNames names = new(new PolicyState { Policy = policy, Id = 5, Sequence = 2 }, ["set"], ["any"], ["junos-ping"])
        {
            SourceAddresses =
            [
                new NamedAddress("net", "10.0.0.0/8", ["10.0.0.0/8"]), new NamedAddress("some", "192.0.2.1 ~ 192.0.2.3", ["192.0.2.1/32", "192.0.2.2/31"]),
                new NamedAddress("host", "www.example.net", ["192.0.2.1"]),
            ],
        };
        Assert.Equal(
            """
            Default policy: permit-all
            Policy: g, action-type: permit, State: enabled, Index: 5
              Scope: global
              Sequence number: 2
              From zones: a, b, To zones: any
              Source addresses(excluded):
                net: 10.0.0.0/8
                some: 192.0.2.1 ~ 192.0.2.3
                host: 192.0.2.1 (www.example.net)
              Destination addresses:
                any: 0.0.0.0/0
              Application: junos-ping
                IP protocol: 1, ALG: 0, Inactivity timeout: 0
                  ICMP Information: type=8, code=255

            """,
            PolicyDetailLayout.Text(true, [names], []));
    }
}
