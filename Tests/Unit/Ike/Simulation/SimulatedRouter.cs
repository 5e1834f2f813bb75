using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Control;
using RouterOS.Core.Logging;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Control;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>One router: the plugin under test in a kernel that is all memory.</summary>
internal sealed class SimulatedRouter : IControlContext, IControlPackets, IBus, IInterfaceView, IRouteView, ILogger
{
    private static readonly LibcryptoKeyExchange s_exchange = new();
    private static readonly LibcryptoRsa s_rsa = new();
    private static readonly LibcryptoCipher s_cipher = new();
    private static readonly BclMac s_mac = new();

    private readonly SimulatedNetwork _network;
    private readonly ulong _seed;
    private readonly List<Action> _interfaceHandlers = [];
    private readonly List<Action> _routeHandlers = [];
    private Action<PuntPacket>? _punted;
    private Action<PuntPacket>? _tapped;
    private SimulatedStrand _strand;
    private IkePlugin? _plugin;
    private int _lives;

    public SimulatedRouter(SimulatedNetwork network, uint address, string name, ulong seed)
    {
        _network = network;
        _seed = seed;
        _strand = new SimulatedStrand(network, name);
        Address = address;
        Module = new SimulatedModule(network);
        Writer = new SimulatedTables(Module, _strand);
        Random = new SimulatedRandom(seed);
        Traced = new TraceFiles(network.Clock, null);
    }

    public uint Address { get; set; }

    public SimulatedModule Module { get; }

    public SimulatedTables Writer { get; private set; }

    public SimulatedStore Values { get; } = new();

    /// <summary>Lines of the log.</summary>
    public List<(int Id, string Text)> Lines { get; } = [];

    /// <summary>The route to everything: null, or by which interface.</summary>
    public string? RouteInterface { get; set; } = "ge-0/0/0.0";

    public SimulatedStrand OwnStrand => _strand;

    public RouterOS.Proto.Ike.V1.Ike.IkeBase? Service { get; private set; }

    public Captures.CapturesBase? Captures { get; private set; }

    public Recordings.RecordingsBase? Recordings { get; private set; }

    public Diagnostics.DiagnosticsBase? Diagnostics { get; private set; }

    public static RouterOS.Sdk.Plugins.ReplayCrypto ReplayCrypto => new(s_exchange, s_rsa, s_cipher, s_mac);

    public IStrand Strand => _strand;

    public TimeProvider Time => _network.Clock;

    public ILogger Log => this;

    public TraceFiles Traced { get; }

    public ITraces Traces => Traced;

    public ITableWriter Tables => Writer;

    public IModuleView Modules => Module;

    public IControlPackets Packets => this;

    public IBus Bus => this;

    public ISealedStore Store => Values;

    public IInterfaceView Interfaces => this;

    public IRouteView Routes => this;

    public ISecureRandom Random { get; private set; }

    public IKeyExchange KeyExchange => s_exchange;

    public IRsa Rsa => s_rsa;

    public ICipher Cipher { get; set; } = s_cipher;

    public IMac Mac { get; set; } = s_mac;

    /// <summary>Services of others, where a test has any.</summary>
    public CallInvoker? Services { get; set; }

    public CallInvoker Invoker => Services ?? throw new NotSupportedException();

    /// <summary>Starts the plugin with a configuration.</summary>
    public void Start(IkeIntent intent)
    {
        _strand = new SimulatedStrand(_network, $"ike-{_lives}");
        Module.Strand = _strand;
        Writer = new SimulatedTables(Module, _strand);
        Random = new SimulatedRandom(_seed + (ulong)_lives++);
        _interfaceHandlers.Clear();
        _routeHandlers.Clear();
        _plugin = new IkePlugin();
        _strand.Post(() => _plugin.Start(this));
        Apply(intent);
    }

    public void Apply(IkeIntent intent) => _strand.Post(() => _plugin!.Apply(new IntentSet([intent])));

    /// <summary>The process is killed: nothing more of it runs, nobody is told.</summary>
    public void Kill()
    {
        _strand.Kill();
        _punted = null;
        Module.Strand = null;
    }

    public void Stop() => _strand.Post(() => Assert.True(_plugin!.StopAsync().AsTask().IsCompletedSuccessfully));

    public void Receive(Datagram datagram, uint protection = 0)
    {
        _strand.Post(() => _punted?.Invoke(new PuntPacket
        {
            Channel = $"udp:{datagram.DestinationPort}",
            Source = datagram.Source,
            Destination = datagram.Destination,
            Protocol = 17,
            SourcePort = datagram.SourcePort,
            DestinationPort = datagram.DestinationPort,
            Payload = ByteString.CopyFrom(datagram.Payload),
            Protection = protection,
        }));
    }

    /// <summary>A copy of a packet of a tunnel comes up from the module.</summary>
    public void Tap(uint protection, bool outbound, byte[] packet) => _strand.Post(() => _tapped?.Invoke(new PuntPacket
    {
        Channel = "tap",
        Protection = protection,
        Outbound = outbound,
        TimeUnixNanoseconds = (ulong)(_network.Now - DateTimeOffset.UnixEpoch).Ticks * 100,
        Payload = ByteString.CopyFrom(packet),
    }));

    public void NetworkChanged() => _strand.Post(() => _routeHandlers.Concat(_interfaceHandlers).ToList().ForEach(h => h()));

    public IReadOnlyList<Phase1Sa> Phase1() => Ask(s => s.ListPhase1(new ListPhase1Request(), null!)).Sas;

    public IReadOnlyList<Phase1Sa> UpPhase1() => [.. Phase1().Where(s => s.Up)];

    public IReadOnlyList<Phase2Sa> Phase2() => Ask(s => s.ListPhase2(new ListPhase2Request(), null!)).Sas;

    public IReadOnlyList<Failure> Failures() =>
        [.. Ask(s => s.ListPhase1(new ListPhase1Request(), null!)).Failures, .. Ask(s => s.ListPhase2(new ListPhase2Request(), null!)).Failures];

    public ulong Drops(IkeDrop drop) => Ask(s => s.GetDrops(new GetDropsRequest(), null!)).Drops.Single(d => d.Reason == drop.ToString()).Packets;

    public ulong AllDrops() => Ask(s => s.GetDrops(new GetDropsRequest(), null!)).Drops.Aggregate(0ul, (sum, d) => sum + d.Packets);

    public T Ask<T>(Func<RouterOS.Proto.Ike.V1.Ike.IkeBase, Task<T>> call)
    {
        Task<T> answer = call(Service!);
        Assert.True(answer.IsCompletedSuccessfully);
        return answer.Result;
    }

    void IControlPackets.Subscribe(string channel, Action<PuntPacket> handler)
    {
        Assert.Contains(channel, (string[])["udp:500", "udp:4500", "icmp", "icmp6", "tap", "esp-unknown-spi"]);
        _tapped = channel == "tap" ? handler : _tapped;
        Module.Strange = channel == "esp-unknown-spi" ? handler : Module.Strange;
        _punted = channel is "icmp" or "icmp6" or "tap" or "esp-unknown-spi" ? _punted : handler;
    }

    void IControlPackets.Inject(InjectPacket packet)
    {
        Assert.Equal(17u, packet.Protocol);
        Assert.True(packet.SourcePort is 500 or 4500);
        _network.Carry(new Datagram(
            packet.Source, packet.Destination, (ushort)packet.SourcePort, (ushort)packet.DestinationPort, packet.Payload.ToByteArray(),
            packet.AvoidProtection));
    }

    void IBus.Provide(object implementation) => (Diagnostics, Service, Captures, Recordings) = (
        implementation as Diagnostics.DiagnosticsBase ?? Diagnostics, implementation as RouterOS.Proto.Ike.V1.Ike.IkeBase ?? Service, implementation as Captures.CapturesBase ?? Captures,
        implementation as Recordings.RecordingsBase ?? Recordings);

    InterfaceState? IInterfaceView.Find(string name) => name switch
    {
        "ge-0/0/0.0" => new(
            1, name, "ethernet", "ge-0/0/0", true, true, 1500, Address == 0 ? [] : [new(RouterOS.Ike.Control.Policy.Ipv4.ToIpAddress(Address), 24)]),
        ['s', 't', '0', '.', .. string unit] => new(70 + uint.Parse(unit), name, "esp", string.Empty, true, true, 9192, []),
        _ => null,
    };

    InterfaceState? IInterfaceView.Find(uint index) => null;

    IReadOnlyList<InterfaceState> IInterfaceView.All() => [];

    void IInterfaceView.Subscribe(Action handler) => _interfaceHandlers.Add(handler);

    RouteState? IRouteView.Lookup(IPAddress destination) =>
        RouteInterface is null ? null
        : new(IPAddress.Any, 0, RouteInterface == "discard" ? RouteProtocol.StaticDiscard : RouteProtocol.Static, 5, true, _network.Now, RouteInterface, null);

    IReadOnlyList<RouteState> IRouteView.All() => [];

    void IRouteView.Subscribe(Action handler) => _routeHandlers.Add(handler);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((eventId.Id, $"{_network.Now:HH:mm:ss.fff} {formatter(state, exception)}"));
}
