using System.Net;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;
using RouterOS.Srx;

namespace RouterOS.Unit.Srx;

/// <summary>Commands from their arguments to their output, over services that answer what the test says.</summary>
public sealed class CommandTests
{
    private const string Configuration = """
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 192.0.2.1/24; } } }
            st0 { unit 0 { family inet; } unit 1 { family inet; } }
        }
        security {
            ipsec { vpn a { bind-interface st0.0; ike { gateway ga; ipsec-policy p; } } vpn b { bind-interface st0.1; ike { gateway gb; ipsec-policy p; } } }
            zones { security-zone out { interfaces { ge-0/0/0.0; } } }
        }
        """;

    private static readonly ListVpnsReply s_vpns = new()
    {
        Vpns =
        {
            new VpnState { Name = "a", TunnelId = 16384, Protection = 1, BindInterface = "st0.0", Up = true },
            new VpnState { Name = "b", TunnelId = 16385, Protection = 2, BindInterface = "st0.1" },
        },
    };

    [Fact]
    public async Task A_tunnel_is_up_while_it_has_an_sa()
    {
        Run run = await Execute("show interfaces", [s_vpns], ("terse", ""), ("name", "st0"));
        Assert.Equal(
            """
            Interface               Admin Link Proto    Local                 Remote
            st0                     up    up
            st0.0                   up    up   inet
            st0.1                   up    down inet

            """,
            run.Output);
    }

    [Fact]
    public async Task Every_port_of_the_chassis_is_listed_even_without_a_module()
    {
        Run run = await Execute("show interfaces", [], ("terse", ""));
        Assert.Equal(1 + 16 + 1 + 1 + 2, run.Output.Split('\n').Length - 1);
        Assert.Contains("ge-0/0/15               up    down\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("st0.0                   up    down inet\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_an_error()
    {
        Assert.Equal((1, "error: device ge-0/0/99 not found\n"), await Result("show interfaces", [], ("name", "ge-0/0/99"), ("terse", "")));
        Assert.Equal((1, "error: device ge-0/0/0.7 not found\n"), await Result("show interfaces", [], ("name", "ge-0/0/0.7"), ("terse", "")));
    }

    [Fact]
    public async Task Detail_needs_the_modules_and_says_so() =>
        await Assert.ThrowsAsync<RpcException>(() => Execute("show interfaces", [s_vpns], ("detail", "")));

    [Fact]
    public async Task Counters_of_a_tunnel_come_from_its_protection()
    {
        Modules modules = new();
        modules.Put("port", "ge-0/0/0", new PortState { Up = true, Mtu = 1500 });
        modules.Put("interface", "66", new InterfaceCounters { InputPackets = 5 });
        modules.Put("protection", "2", new ProtectionState { NoSa = 21, AuthenticationFailed = 22 });
        modules.Put("drop", "esp/unknown-spi", new DropCounter { Packets = 23 });
        Run run = await Execute("show interfaces", [s_vpns, new InterfaceFlowCounters { PolicyDenied = 24 }], modules, ("detail", ""), ("name", "st0.1"));
        Assert.Contains("  Logical interface st0.1 (Index 66)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Security association not active:   21\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Authentication failed:             22\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("No SA for incoming SPI:            23\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Policy denied:                     24\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Input  packets:                    5\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_of_both_phases_are_shown_for_what_is_down()
    {
        ListPhase1Reply phase1 = new()
        {
            Sas = { new Phase1Sa { Index = 1, Gateway = "ga", RemoteAddress = "192.0.2.2", Up = true } },
            Failures =
            {
                new Failure { Gateway = "ga", Phase = 1, Message = "long ago" },
                new Failure { Gateway = "gb", Phase = 1, RemoteAddress = "192.0.2.3", Message = "no response from 192.0.2.3" },
            },
        };
        ListPhase2Reply phase2 = new()
        {
            Failures =
            {
                new Failure { Gateway = "ga", Vpn = "a", Phase = 2, Message = "overcome" },
                new Failure { Gateway = "gb", Vpn = "b", Phase = 2, Message = "no proposal in common" },
            },
        };
        string text = (await Execute("show security ike security-associations", [phase1, phase2, s_vpns], ("detail", ""))).Output;
        Assert.Contains("Cause: no response from 192.0.2.3\n", text, StringComparison.Ordinal);
        Assert.Contains("Cause: no proposal in common\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("long ago", text, StringComparison.Ordinal);
        Assert.DoesNotContain("overcome", text, StringComparison.Ordinal);

        text = (await Execute("show security ipsec security-associations", [phase1, phase2, s_vpns], ("detail", ""))).Output;
        Assert.Contains("VPN Name: b\n  Bind-interface: st0.1\n  State: DOWN\n", text, StringComparison.Ordinal);
        Assert.Contains("Cause: no response from 192.0.2.3\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("long ago", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lifetime_in_traffic_shrinks_with_it()
    {
        ListPhase2Reply phase2 = new()
        {
            Sas =
            {
                new Phase2Sa
                {
                    TunnelId = 16384, RemoteAddress = "192.0.2.2", RemotePort = 500, InboundSpi = 500, OutboundSpi = 600, Protection = 1,
                    HardRemainingSeconds = 10, Proposal = new() { LifetimeKilobytes = 1000, Cipher = Cipher.DesCbc, Mac = Mac.HmacSha196 },
                },
            },
        };
        Modules modules = new();
        modules.Put("sa-in", "500", new SaState { Bytes = 100 * 1024 });
        modules.Put("sa-out", "1/600", new SaState { Bytes = 5000 * 1024 });
        string text = (await Execute("show security ipsec security-associations", [phase2], modules)).Output;
        Assert.Contains("ESP:des/sha1    000001f4 10/900", text, StringComparison.Ordinal);
        Assert.Contains("ESP:des/sha1    00000258 10/0 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_of_one_tunnel_are_those_of_its_protection()
    {
        Run run = await Execute("show security ipsec statistics", [s_vpns, new EspStatistics { EncryptedPackets = 9 }], ("index", "16385"));
        Assert.Equal(2u, run.Bus.Requests.OfType<GetStatisticsRequest>().Single().Protection);
        Assert.Contains("Encrypted packets:              9\n", run.Output, StringComparison.Ordinal);
        Assert.Equal((1, "error: there is no tunnel with index 7\n"), await Result("show security ipsec statistics", [s_vpns], ("index", "7")));
    }

    [Fact]
    public async Task Clear_names_what_is_meant()
    {
        Run run = await Execute("clear security ike security-associations", [new ClearReply { Cleared = 1 }], ("peer", "192.0.2.2"));
        Assert.Equal(new ClearRequest { Peer = "192.0.2.2" }, run.Bus.Requests.Single());
        run = await Execute("clear security ipsec security-associations", [new ClearReply()], ("index", "16384"));
        Assert.Equal(new ClearRequest { Index = 16384 }, run.Bus.Requests.Single());
        run = await Execute("clear security ipsec statistics", [new ClearStatisticsReply()]);
        Assert.Equal(new ClearStatisticsRequest(), run.Bus.Requests.Single());
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Sessions_are_filtered_by_the_service()
    {
        Run run = await Execute("show security flow session", [new ListSessionsReply()], ("protocol", "tcp"), ("destination-port", "22"));
        Assert.Equal(new ListSessionsRequest { Protocol = 6, DestinationPort = 22 }, run.Bus.Requests.Single());
        Assert.Equal("Total sessions: 0\n", run.Output[^"Total sessions: 0\n".Length..]);
    }

    [Fact]
    public async Task A_matching_policy_is_asked_for_and_shown_or_the_default()
    {
        (string, string)[] arguments =
            [("from-zone", "a"), ("to-zone", "b"), ("source-ip", "10.0.0.1"), ("destination-ip", "192.0.2.80"), ("protocol", "tcp"), ("destination-port", "80")];
        FindPolicyRequest request = new()
        {
            FromZone = "a", ToZone = "b", SourceAddress = "10.0.0.1", DestinationAddress = "192.0.2.80", Protocol = 6, DestinationPort = 80,
        };
        Run run = await Execute("show security match-policies", [new FindPolicyReply()], arguments);
        Assert.Equal(request, run.Bus.Requests.Single());
        Assert.Equal("Default policy: deny-all\n", run.Output);
        PolicyState state = new() { Policy = new Policy { Name = "p", FromZone = "a", ToZone = "b", Action = Policy.Types.Action.Permit }, Id = 4, Sequence = 1 };
        run = await Execute("show security match-policies", [new FindPolicyReply { Policy = state }], arguments);
        Assert.StartsWith("Policy: p, action-type: permit, State: enabled, Index: 4\n  Sequence number: 1\n  From zone: a, To zone: b\n", run.Output, StringComparison.Ordinal);
        Assert.Equal((1, "error: 'to-zone' is missing\n"), await Result("show security match-policies", [], ("from-zone", "a")));
    }

    [Fact]
    public async Task Policies_of_all_zones_can_be_shown_alone()
    {
        ListPoliciesReply reply = new()
        {
            Policies =
            {
                new PolicyState { Policy = new Policy { Name = "p", FromZone = "a", ToZone = "b", Action = Policy.Types.Action.Permit }, Id = 1, Sequence = 1 },
                new PolicyState { Policy = new Policy { Name = "g", Action = Policy.Types.Action.Deny, FromZones = { "a" } }, Id = 2, Sequence = 1, Packets = 7 },
            },
        };
        Assert.Equal(
            """
            Default policy: deny-all
            Global policies:
              Policy: g, State: enabled, Index: 2, Sequence number: 1
                From zones: a
                To zones: any
                Source addresses:
                Destination addresses:
                Applications:
                Action: deny

            """,
            (await Execute("show security policies", [reply], ("global", ""))).Output);
        Assert.DoesNotContain("Policy: g", (await Execute("show security policies", [reply], ("from-zone", "a"))).Output, StringComparison.Ordinal);
        Assert.Contains("junos-global     junos-global     g                7", (await Execute("show security policies", [reply], ("hit-count", ""))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_commands_are_declared_once()
    {
        IReadOnlyList<OperationalCommand> commands = new SrxPlatform().CreateCommands(SrxText.Profile("srx240"));
        Assert.Equal(commands.Count, commands.Select(c => c.Words).Distinct().Count());
        Assert.All(commands, c => Assert.Equal(c.Options.Count, c.Options.Select(o => o.Name).Distinct().Count()));
        Assert.All(commands, c => Assert.NotEmpty(c.Help));
    }

    [Fact]
    public async Task A_capture_writes_new_files_that_only_their_owner_reads()
    {
        string folder = Directory.CreateTempSubdirectory("capture").FullName;
        string file = Path.Combine(folder, "a b.pcapng");
        try
        {
            CaptureState state = new() { Id = 3, Vpns = { "a" }, Peers = { "192.0.2.2" }, File = file, Seconds = 60, ByteLimit = 5000 };
            CaptureState end = state.Clone();
            (end.Ended, end.IkePackets, end.IpsecPackets, end.IkeKeys, end.IpsecKeys) = ("60 seconds are over", 1, 2, 1, 2);
            object[] replies =
            [
                new CaptureReply { State = state },
                new CaptureReply { Pcapng = ByteString.CopyFromUtf8("one "), Keys = { new KeyLine { File = "esp_sa", Line = "x" } } },
                new CaptureReply { Pcapng = ByteString.CopyFromUtf8("two"), Keys = { new KeyLine { File = "../esp_sa", Line = "y" } } },
                new CaptureReply { State = end },
            ];
            Run run = await Execute("monitor security ipsec", replies, ("vpn", "a"), ("write-file", file), ("time", "60"));
            Assert.Equal(
                $"""
                Capture 3 of vpn a with 192.0.2.2 to {file}: at most 60 seconds and 5000 bytes. Ctrl-C or 'monitor security ipsec stop' ends it.
                1 IKE and 2 ESP or AH packets captured, 0 lost: 60 seconds are over.
                Keys of 1 IKE and 2 ESP security associations are in {file}.keys: whoever has them reads the tunnel's traffic.
                Read it with: WIRESHARK_CONFIG_DIR='{file}.keys' tshark -r '{file}'

                """,
                run.Output);
            Assert.Equal("one two", File.ReadAllText(file));
            Assert.Equal("x\ny\n", File.ReadAllText(Path.Combine(file + ".keys", "esp_sa")));
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal((Owner, Owner | UnixFileMode.UserExecute), (File.GetUnixFileMode(file), File.GetUnixFileMode(file + ".keys")));
            Assert.All(Directory.GetFiles(file + ".keys"), f => Assert.Equal(Owner, File.GetUnixFileMode(f)));

            // What is there is not written over; what is refused leaves nothing.
            Assert.Equal(1, (await Execute("monitor security ipsec", replies, ("vpn", "a"), ("write-file", file))).Status);
            Assert.Equal("one two", File.ReadAllText(file));
            Assert.Equal((1, "error: no such tunnel\n"), await Result("monitor security ipsec", [], ("vpn", "z"), ("write-file", file + "2")));
            Assert.Equal(2, Directory.GetFileSystemEntries(folder).Length);
            Assert.Equal((1, "error: write-file says where the packets go\n"), await Result("monitor security ipsec", [], ("vpn", "z")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int, string)> Result(string words, object[] replies, params (string, string)[] arguments)
    {
        Run run = await Execute(words, replies, arguments);
        return (run.Status, run.Output);
    }

    private static Task<Run> Execute(string words, object[] replies, params (string Name, string Value)[] arguments) =>
        Execute(words, replies, null, arguments);

    private static async Task<Run> Execute(string words, object[] replies, Modules? modules, params (string Name, string Value)[] arguments)
    {
        CannedBus bus = new(replies);
        using StringWriter output = new() { NewLine = "\n" };
        Statement tree = SrxText.Tree(Configuration);
        CommandServices services = new()
        {
            Time = TimeProvider.System,
            Started = DateTimeOffset.UnixEpoch,
            Bus = bus,
            Interfaces = new Interfaces(),
            Routes = new Routes(),
            Modules = modules ?? new Modules { Attached = false },
            Profile = SrxText.Profile("srx240"),
            Log = new Log(),
            ActiveConfiguration = () => tree,
        };
        CommandContext context = new()
        {
            Arguments = new CommandArguments(arguments.ToDictionary(a => a.Name, a => a.Value)),
            Output = output,
            Cancellation = default,
            Services = services,
            User = "test",
            Columns = 80,
        };
        OperationalCommand command = new SrxPlatform().CreateCommands(services.Profile).Single(c => c.Words == words);
        int status = await command.Run!(context);
        return new Run(status, output.ToString(), bus);
    }

    private sealed record Run(int Status, string Output, CannedBus Bus);

    private sealed class Interfaces : IInterfaceView
    {
        private static readonly InterfaceState[] s_all =
        [
            new(64, "ge-0/0/0.0", "ethernet", "ge-0/0/0", true, false, 1500, [new(IPAddress.Parse("192.0.2.1"), 24)]),
            new(65, "st0.0", "esp", string.Empty, true, true, 9192, []),
            new(66, "st0.1", "esp", string.Empty, true, true, 9192, []),
        ];

        public InterfaceState? Find(string name) => s_all.FirstOrDefault(i => i.Name == name);

        public InterfaceState? Find(uint index) => s_all.FirstOrDefault(i => i.Index == index);

        public IReadOnlyList<InterfaceState> All() => s_all;

        public void Subscribe(Action handler)
        {
        }
    }

    private sealed class Routes : IRouteView
    {
        public RouteState? Lookup(IPAddress destination) => null;

        public IReadOnlyList<RouteState> All() => [];

        public void Subscribe(Action handler)
        {
        }
    }

    private sealed class Modules : IModuleView
    {
        private readonly List<(string Table, string Key, IMessage Row)> _rows = [];

        public bool Attached { get; init; } = true;

        public void Put(string table, string key, IMessage row) => _rows.Add((table, key, row));

        public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
            where T : IMessage<T>, new() => !Attached
            ? Task.FromException<IReadOnlyList<KeyValuePair<string, T>>>(new RpcException(new Status(StatusCode.Unavailable, "No module is attached.")))
            : Task.FromResult<IReadOnlyList<KeyValuePair<string, T>>>(
                [.. _rows.Where(r => r.Table == table && (key.Length == 0 || r.Key == key)).Select(r => KeyValuePair.Create(r.Key, (T)r.Row))]);

        public void Subscribe(string table, Action<ModuleEvent> handler)
        {
        }

        public Task<IReadOnlyList<ModuleDescription>> Describe() => Task.FromResult<IReadOnlyList<ModuleDescription>>([]);
    }

    private sealed class Log : ILogReader
    {
        public IReadOnlyList<LogEntry> Entries() => [];
    }
}
