using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Configuration;
using RouterOS.Core.Supervision;
using RouterOS.Crypto.Control;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;
using RouterOS.Unit.Core.Bus;
using RouterOS.Unit.Core.Configuration;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Unit.Core.Supervision;

public sealed class RoutingEngineTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly CrashingFileSystem _files = new();
    private readonly List<string> _events = [];
    private TestPlugin.Script _first;
    private readonly TestPlugin.Script _second;

    public RoutingEngineTests()
    {
        _chassis.Plane.State["port"] = new() { ["ge-0/0/0"] = new PortState { Mtu = 1500, Up = true } };
        _first = new("zeta", _events, provides: ["test.Zeta"]);
        _second = new("alpha", _events, dependsOn: ["test.Zeta"]);
    }

    [Fact]
    public void Plugins_start_after_those_they_need_and_get_the_intent_once_the_ports_are_known()
    {
        _chassis.KillModule();
        RoutingEngine engine = Boot();
        Commit(engine, "edge");
        _chassis.Run(30);
        Assert.Equal(["zeta start", "alpha start"], _events);
        Assert.Contains(engine.Alarms.All, alarm => alarm.Text.Contains("not attached", StringComparison.Ordinal));
        _chassis.StartModule();
        _chassis.Run(2);
        Assert.Equal(["zeta start", "alpha start", "zeta apply edge", "alpha apply edge"], _events);
        Assert.True(engine.Converging.IsCompletedSuccessfully);
        Assert.Empty(engine.Alarms.All);
        Assert.Equal(["set zeta row", "set alpha row"], _chassis.Plane.Steps);
    }

    [Fact]
    public void An_exception_on_a_plugins_strand_restarts_this_plugin_only_and_its_rows_stay()
    {
        RoutingEngine engine = Boot();
        Commit(engine, "edge");
        _chassis.Run(1);
        _events.Clear();
        _chassis.Plane.Steps.Clear();
        _first.Context!.Strand.Post(() => throw new InvalidOperationException("bug"));
        _chassis.Idle();
        PluginStatus status = engine.Plugins.Single(plugin => plugin.Manifest.Name == "zeta");
        Assert.Equal((PluginState.Failed, 1, "InvalidOperationException: bug"), (status.State, status.Restarts, status.LastFailure));
        Assert.Contains(engine.Alarms.All, alarm => alarm is { Major: true } && alarm.Text.Contains("zeta", StringComparison.Ordinal));
        Assert.Empty(_events);
        Assert.Equal(2, _chassis.Plane.Rows.Count);

        _chassis.Run(2);
        Assert.Equal(["zeta start", "zeta apply edge"], _events);
        Assert.Empty(_chassis.Plane.Steps);
        Assert.Empty(engine.Alarms.All);
        Assert.Equal((2, 1), (_first.Lives, _second.Lives));
    }

    [Fact]
    public void Nothing_of_a_failed_life_runs_any_more()
    {
        RoutingEngine engine = Boot();
        Commit(engine, "edge");
        _chassis.Run(1);
        int late = 0;
        _first.Context!.Modules.Subscribe("x", _ => late++);
        _first.Context.Packets.Subscribe("udp:9", _ => late++);
        _first.Context.Strand.Schedule(TimeSpan.FromSeconds(5), () => late++);
        _first.Context.Strand.Post(() => throw new InvalidOperationException("bug"));
        _first.Context.Strand.Post(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(5), _chassis.Clock);
            late++;
        });
        _chassis.Idle();
        _chassis.Plane.Happened!(new() { Table = "x" });
        _chassis.Plane.Punted!(new() { Channel = "udp:9" });
        _chassis.Run(10);
        Assert.Equal(0, late);
    }

    [Fact]
    public void A_service_goes_with_its_plugins_life_and_a_bug_in_its_handler_ends_that_life()
    {
        _first = new("zeta", _events, provides: ["routeros.esp.v1.Esp"]);
        _first.OnStart = context => context.Bus.Provide(new StatisticsService(() => throw new InvalidOperationException("bug")));
        RoutingEngine engine = Boot(_first);
        Commit(engine, "edge");
        _chassis.Run(1);
        Assert.Contains("routeros.esp.v1.Esp", engine.Bus.Services);
        Assert.Throws<RpcException>(() => _chassis.Await(
            () => new RouterOS.Proto.Esp.V1.Esp.EspClient(engine.Bus.Invoker).GetStatisticsAsync(new()).ResponseAsync));
        _chassis.Idle();
        Assert.DoesNotContain("routeros.esp.v1.Esp", engine.Bus.Services);
        _chassis.Run(2);
        Assert.Contains("routeros.esp.v1.Esp", engine.Bus.Services);
        Assert.Equal((PluginState.Running, 1), (engine.Plugins[0].State, engine.Plugins[0].Restarts));
    }

    [Fact]
    public void A_plugin_that_keeps_failing_is_tried_ever_more_rarely_but_at_least_every_minute()
    {
        _first.OnStart = _ => throw new InvalidOperationException("cannot start");
        RoutingEngine engine = Boot();
        Commit(engine, "edge");
        _chassis.Run(60);
        Assert.InRange(_first.Lives, 5, 8);
        int lives = _first.Lives;
        _chassis.Run(600);
        Assert.InRange(_first.Lives - lives, 9, 11);
        Assert.Equal(1, _second.Lives);
        Assert.Contains("alpha apply edge", _events);
        Assert.Equal(PluginState.Failed, engine.Plugins.Single(plugin => plugin.Manifest.Name == "zeta").State);
    }

    [Fact]
    public void A_restarted_plugin_gets_the_newest_intent()
    {
        RoutingEngine engine = Boot();
        Commit(engine, "old");
        _chassis.Run(1);
        _first.Context!.Strand.Post(() => throw new InvalidOperationException("bug"));
        _chassis.Idle();
        Commit(engine, "new");
        _chassis.Idle();
        _events.Clear();
        _chassis.Run(2);
        Assert.Equal(["zeta start", "zeta apply new"], _events);
    }

    [Fact]
    public void The_configuration_of_an_earlier_life_is_applied_at_boot()
    {
        RoutingEngine engine = Boot();
        Commit(engine, "edge");
        _chassis.Run(1);
        Stop(engine);
        Assert.Equal(["alpha stop", "zeta stop"], _events.TakeLast(2));
        Assert.Equal(2, _chassis.Plane.Rows.Count);
        _events.Clear();
        Boot();
        _chassis.Run(1);
        Assert.Contains("zeta apply edge", _events);
    }

    [Fact]
    public void A_service_that_nobody_offers_is_an_alarm_and_a_circle_still_starts()
    {
        TestPlugin.Script lonely = new("lonely", _events, dependsOn: ["test.Missing"]);
        TestPlugin.Script left = new("left", _events, provides: ["test.Left"], dependsOn: ["test.Right"]);
        TestPlugin.Script right = new("right", _events, provides: ["test.Right"], dependsOn: ["test.Left"]);
        RoutingEngine engine = Boot(lonely, left, right);
        _chassis.Idle();
        Assert.Equal(3, _events.Count(e => e.EndsWith("start", StringComparison.Ordinal)));
        Assert.Contains(engine.Alarms.All, alarm => alarm.Text == "Plugin lonely needs the service test.Missing, which nobody offers.");
        Assert.Contains(engine.Alarms.All, alarm => alarm.Text.Contains("left, right", StringComparison.Ordinal));
    }

    private RoutingEngine Boot(params TestPlugin.Script[] scripts)
    {
        scripts = scripts.Length == 0 ? [_second, _first] : scripts;
        RoutingEngine engine = new(new RoutingEngineOptions
        {
            Platform = new Platform(),
            Profile = TestLanguage.Profile,
            Plugins = [.. scripts.Select(script => script.Factory)],
            Modules = [new("FPC 0", _chassis.Link)],
            Strands = _chassis.Strands,
            Files = _files,
            StateFolder = "/state",
            Random = new SeededRandom(1),
            KeyExchange = new LibcryptoKeyExchange(),
            Rsa = new LibcryptoRsa(),
            Cipher = new LibcryptoCipher(),
            Mac = new BclMac(),
            Log = NullLoggerFactory.Instance,
            LogReader = new NoLog(),
        });
        engine.Start();
        return engine;
    }

    private void Stop(RoutingEngine engine) => _chassis.Await(async () =>
    {
        await engine.DisposeAsync();
        return 0;
    });

    private static void Commit(RoutingEngine engine, string hostName) =>
        Assert.True(engine.Configuration.CommitText($"system {{ host-name {hostName}; }}", new CommitRequest("root", "file")).Succeeded);

    private sealed class Platform : IPlatformPlugin
    {
        public string Name => "box";

        public string Description => "A test box";

        public IReadOnlyList<ChassisProfile> Models => [TestLanguage.Profile];

        public IConfigurationLanguage CreateLanguage(ChassisProfile profile) => new TestLanguage();

        public IReadOnlyList<OperationalCommand> CreateCommands(ChassisProfile profile) => [];
    }

    private sealed class NoLog : ILogReader
    {
        public IReadOnlyList<LogEntry> Entries() => [];
    }
}
