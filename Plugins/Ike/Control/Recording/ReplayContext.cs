using System.Net;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Abstractions.Control;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Ike.Control.Recording;

/// <summary>A kernel that is a recording: it gives what was given then, and where nothing was, something that does no harm.</summary>
internal sealed class ReplayContext : IControlContext, ITableWriter, IModuleView, IControlPackets, IBus, ISealedStore, IInterfaceView, IRouteView,
    ISecureRandom, ITraces, ITrace
{
    private readonly Dictionary<string, byte[]> _values;
    private readonly Dictionary<int, Queue<byte[]>> _drawn = [];
    private readonly Dictionary<string, Queue<Waited>> _snapshots = new(StringComparer.Ordinal);
    private readonly Queue<Waited> _acknowledgements = new();
    private readonly Dictionary<string, Action<PuntPacket>> _packets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Action<ModuleEvent>> _events = new(StringComparer.Ordinal);
    private readonly List<Action> _network = [];
    private readonly ReplayCrypto _crypto;
    private NetworkState _state;
    private ulong _version;
    private ulong _invented;

    public ReplayContext(RecordingHeader header, IEnumerable<RecordedEvent> events, ReplayCrypto crypto)
    {
        _crypto = crypto;
        _state = header.Network;
        _values = header.Store.ToDictionary(v => v.Key, v => v.Value.ToByteArray(), StringComparer.Ordinal);
        Clock = new ReplayClock(new DateTimeOffset(Math.Clamp(header.Started, 0, DateTime.MaxValue.Ticks / 2), TimeSpan.Zero));
        Line = new ReplayStrand(Clock);
        foreach (RecordedEvent happened in events)
        {
            Keep(happened);
        }
    }

    public ReplayClock Clock { get; }

    public ReplayStrand Line { get; }

    /// <summary>Random bytes that the recording does not have were needed.</summary>
    public bool HasInvented => _invented > 0;

    public IStrand Strand => Line;

    public TimeProvider Time => Clock;

    public ILogger Log => NullLogger.Instance;

    public ITraces Traces => this;

    public ITableWriter Tables => this;

    public IModuleView Modules => this;

    public IControlPackets Packets => this;

    public IBus Bus => this;

    public ISealedStore Store => this;

    public IInterfaceView Interfaces => this;

    public IRouteView Routes => this;

    public ISecureRandom Random => this;

    public IKeyExchange KeyExchange => _crypto.KeyExchange;

    public IRsa Rsa => _crypto.Rsa;

    public ICipher Cipher => _crypto.Cipher;

    public IMac Mac => _crypto.Mac;

    public CallInvoker Invoker => throw new NotSupportedException("a replay calls nobody");

    /// <summary>Something comes from outside again.</summary>
    public void Happen(RecordedEvent happened)
    {
        switch (happened.WhatCase)
        {
            case RecordedEvent.WhatOneofCase.Received:
                _packets.GetValueOrDefault(happened.Received.Channel)?.Invoke(happened.Received);
                break;

            case RecordedEvent.WhatOneofCase.Happened:
                _events.GetValueOrDefault(happened.Happened.Table)?.Invoke(happened.Happened);
                break;

            case RecordedEvent.WhatOneofCase.Network:
                _state = happened.Network;
                _network.ForEach(handler => handler());
                break;
        }
    }

    /// <summary>Random bytes are given by their number: a configuration that needs others does not shift the rest.</summary>
    public void Fill(Span<byte> destination)
    {
        if (_drawn.TryGetValue(destination.Length, out Queue<byte[]>? known) && known.TryDequeue(out byte[]? bytes))
        {
            bytes.CopyTo(destination);
            return;
        }

        // Whatever, but the same each time.
        byte[] seed = SHA256.HashData(Crypto.Bytes.Of(++_invented, 0));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(seed[i % seed.Length] ^ (i / seed.Length));
        }
    }

    public ulong Set(string table, string key, IMessage row) => ++_version;

    public ulong Remove(string table, string key) => ++_version;

    public void EndOfSync()
    {
    }

    public Task<string?> Acknowledged(ulong version) => _acknowledgements.TryDequeue(out Waited? waited)
        ? Line.After(Duration(waited), waited.Error.Length == 0 ? null : waited.Error)
        : Line.After<string?>(TimeSpan.Zero, null);

    public async Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : IMessage<T>, new()
    {
        Waited waited = _snapshots.TryGetValue(table, out Queue<Waited>? known) && known.TryDequeue(out Waited? found) ? found : new Waited { Rows = new SnapshotReply() };
        _ = await Line.After(Duration(waited), 0);
        if (waited.Failed)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "no module was attached"));
        }

        return [.. waited.Rows.Rows.Select(r => KeyValuePair.Create(r.Key, Parse<T>(r.Value)))];
    }

    void IModuleView.Subscribe(string table, Action<ModuleEvent> handler) => _events[table] = handler;

    public Task<IReadOnlyList<ModuleDescription>> Describe() => Task.FromResult<IReadOnlyList<ModuleDescription>>([]);

    void IControlPackets.Subscribe(string channel, Action<PuntPacket> handler) => _packets[channel] = handler;

    public void Inject(InjectPacket packet)
    {
    }

    public void Provide(object implementation)
    {
    }

    public byte[]? Read(string name) => _values.TryGetValue(name, out byte[]? value) ? [.. value] : null;

    void ISealedStore.Write(string name, ReadOnlySpan<byte> value) => _values[name] = value.ToArray();

    public void Delete(string name) => _values.Remove(name);

    public IReadOnlyList<string> Names() => [.. _values.Keys];

    public InterfaceState? Find(string name) => NetworkRecord.Find(_state, name);

    public InterfaceState? Find(uint index) => null;

    IReadOnlyList<InterfaceState> IInterfaceView.All() => [];

    void IInterfaceView.Subscribe(Action handler) => _network.Add(handler);

    public RouteState? Lookup(IPAddress destination) => NetworkRecord.Lookup(_state, PeerAddress.Of(destination));

    RouteState? IRouteView.Lookup(uint instance, IPAddress destination) => Lookup(destination);

    IReadOnlyList<RouteState> IRouteView.All() => [];

    void IRouteView.Subscribe(Action handler)
    {
        // One of both is told: they come as one.
    }

    public ITrace Open(TraceFile file) => this;

    void ITrace.Write(string line)
    {
    }

    private static TimeSpan Duration(Waited waited) => TimeSpan.FromTicks((long)Math.Min(waited.Duration, TimeSpan.TicksPerDay));

    private static T Parse<T>(ByteString bytes)
        where T : IMessage<T>, new()
    {
        T row = new();
        row.MergeFrom(bytes);
        return row;
    }

    private void Keep(RecordedEvent happened)
    {
        if (happened.WhatCase == RecordedEvent.WhatOneofCase.Drawn)
        {
            if (!_drawn.TryGetValue(happened.Drawn.Length, out Queue<byte[]>? known))
            {
                _drawn[happened.Drawn.Length] = known = new Queue<byte[]>();
            }

            known.Enqueue(happened.Drawn.ToByteArray());
        }
        else if (happened.WhatCase == RecordedEvent.WhatOneofCase.Waited)
        {
            Waited waited = happened.Waited;
            if (waited.Kind == Waited.Types.Kind.Computation)
            {
                Line.Computations.Enqueue(Duration(waited));
            }
            else if (waited.Kind == Waited.Types.Kind.Acknowledgement)
            {
                _acknowledgements.Enqueue(waited);
            }
            else
            {
                Keep(waited);
            }
        }
    }

    private void Keep(Waited waited)
    {
        waited.Rows ??= new SnapshotReply();
        string table = waited.Table;
        if (!_snapshots.TryGetValue(table, out Queue<Waited>? known))
        {
            _snapshots[table] = known = new Queue<Waited>();
        }

        known.Enqueue(waited);
    }
}
