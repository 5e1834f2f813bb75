using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Logging;
using RouterOS.Core.Storage;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;
using RouterOS.Proto.Module.V1;
using RouterOS.Unit.Core.Configuration;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Unit.Core.Cli;

/// <summary>A command line over a store in memory.</summary>
internal sealed class CliFixture
{
    public CliFixture()
    {
        CrashingFileSystem files = new();
        Store = new ConfigurationStore(
            new TestLanguage(), TestLanguage.Profile, files, "/state", new Sealer(MasterKey.Open(files, "/state")), Time, [], _ => { },
            NullLogger.Instance);
        Store.Start();
        CommandServices services = new()
        {
            Time = Time,
            Started = Time.GetUtcNow(),
            Bus = new NoBus(),
            Interfaces = new NoNetwork(),
            Routes = new NoNetwork(),
            Modules = new NoNetwork(),
            Profile = TestLanguage.Profile,
            Log = Log,
            ActiveConfiguration = () => Store.Active,
        };
        OperationalCommand[] commands =
        [
            .. LogCommands.Create(new TraceFiles(Time, null), () => Engine!.HostName),
            new("show vpn", "Show tunnels"),
            new OperationalCommand("show vpn associations", "Show associations", Echo).With(
                CommandOption.Flag("brief", "Brief", "level"),
                CommandOption.Flag("detail", "Detail", "level"),
                CommandOption.Named("index", "Index", Values.Integer(1, 100)),
                CommandOption.Argument("peer", "Peer", Values.Address("peer"))),
            new OperationalCommand("ping", "Ping", Echo).With(
                CommandOption.Argument("host", "Host", Values.Text("host"), required: true),
                CommandOption.Named("count", "Count", Values.Integer(1, 10))),
            new("show lines", "Print lines", Lines),
            new("show crash", "Crash", _ => throw new InvalidOperationException("secret detail")),
            new("show remote", "Ask", _ => throw new RpcException(new Status(StatusCode.Unavailable, "no module is attached"))),
            new("monitor", "Run until Ctrl-C", async c =>
            {
                c.Output.WriteLine("running");
                await Task.Delay(Timeout.Infinite, c.Cancellation);
                return 0;
            }),
        ];
        Engine = new CliEngine(Store, services, commands, NullLogger.Instance);
        Session = new CliSession(Engine, "anna", 80);
    }

    public ManualTime Time { get; } = new();

    public EventLog Log { get; } = new(new ManualTime(), null);

    public ConfigurationStore Store { get; }

    public CliEngine Engine { get; }

    public CliSession Session { get; }

    /// <summary>Runs a line and gives its output and outcome.</summary>
    public (string Text, CliOutcome Outcome) Run(string line, string input = "", CancellationToken cancellation = default)
    {
        List<string> lines = [];
        CliOutcome outcome = Session.Execute(line, input, lines.Add, cancellation).GetAwaiter().GetResult();
        return (string.Join('\n', lines), outcome);
    }

    /// <summary>Runs a line that must succeed.</summary>
    public string Do(string line, string input = "")
    {
        (string text, CliOutcome outcome) = Run(line, input);
        Assert.True(outcome.Status == 0, $"{line}: {text}");
        return text;
    }

    public string[] Completions(string line) =>
        [.. Session.Complete(line, out _).Where(i => i.Literal).Select(i => i.Text)];

    private static Task<int> Echo(CommandContext context)
    {
        foreach (string name in (string[])["brief", "detail", "index", "peer", "host", "count"])
        {
            if (context.Arguments.Text(name) is { } value)
            {
                context.Output.Write($"{name}={value} ");
            }
        }

        return Task.FromResult(0);
    }

    private static Task<int> Lines(CommandContext context)
    {
        for (int i = 1; i <= 30; i++)
        {
            context.Output.WriteLine($"Line {i}");
        }

        return Task.FromResult(0);
    }

    internal sealed class NoBus : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }

    internal sealed class NoNetwork : IInterfaceView, IRouteView, IModuleView
    {
        public InterfaceState? Find(string name) => null;

        public InterfaceState? Find(uint index) => null;

        IReadOnlyList<InterfaceState> IInterfaceView.All() => [];

        IReadOnlyList<RouteState> IRouteView.All() => [];

        public RouteState? Lookup(IPAddress destination) => null;

        public void Subscribe(Action handler)
        {
        }

        public void Subscribe(string table, Action<ModuleEvent> handler)
        {
        }

        public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
            where T : Google.Protobuf.IMessage<T>, new() => Task.FromResult<IReadOnlyList<KeyValuePair<string, T>>>([]);

        public Task<IReadOnlyList<ModuleDescription>> Describe() => Task.FromResult<IReadOnlyList<ModuleDescription>>([]);
    }
}
