using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
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

/// <summary>The kernel's context, with what comes from it taken down while a peer is recorded.</summary>
internal sealed class RecordingContext : IControlContext
{
    private readonly IControlContext _inner;

    public RecordingContext(IControlContext inner, ActingRecorder acting)
    {
        _inner = inner;
        Strand = new RecordedStrand(inner, acting);
        Tables = new RecordedTables(inner, acting);
        Modules = new RecordedModules(inner, acting);
        Random = new RecordedRandom(inner.Random, acting);
    }

    public IStrand Strand { get; }

    public ITableWriter Tables { get; }

    public IModuleView Modules { get; }

    public ISecureRandom Random { get; }

    public TimeProvider Time => _inner.Time;

    public ILogger Log => _inner.Log;

    public ITraces Traces => _inner.Traces;

    public IControlPackets Packets => _inner.Packets;

    public IBus Bus => _inner.Bus;

    public ISealedStore Store => _inner.Store;

    public IInterfaceView Interfaces => _inner.Interfaces;

    public IRouteView Routes => _inner.Routes;

    public IKeyExchange KeyExchange => _inner.KeyExchange;

    public IRsa Rsa => _inner.Rsa;

    public ICipher Cipher => _inner.Cipher;

    public IMac Mac => _inner.Mac;

    private sealed class RecordedRandom(ISecureRandom inner, ActingRecorder acting) : ISecureRandom
    {
        public void Fill(Span<byte> destination)
        {
            inner.Fill(destination);
            acting.Current?.Drawn(destination);
        }
    }

    private sealed class RecordedStrand(IControlContext context, ActingRecorder acting) : IStrand
    {
        public string Name => context.Strand.Name;

        public SynchronizationContext Context => context.Strand.Context;

        public void Post(Action work) => context.Strand.Post(work);

        public IDisposable Schedule(TimeSpan due, Action work) => context.Strand.Schedule(due, work);

        public Task<T> Offload<T>(Func<T> computation) =>
            acting.Current is { } recorder ? Recorded(recorder, computation) : context.Strand.Offload(computation);

        private async Task<T> Recorded<T>(Recorder recorder, Func<T> computation)
        {
            DateTimeOffset since = context.Time.GetUtcNow();
            T result = await context.Strand.Offload(() =>
            {
                using (acting.Enter(recorder))
                {
                    return computation();
                }
            });
            recorder.Waited(new Waited { Kind = Waited.Types.Kind.Computation }, since);
            return result;
        }
    }

    private sealed class RecordedTables(IControlContext context, ActingRecorder acting) : ITableWriter
    {
        public ulong Set(string table, string key, IMessage row) => context.Tables.Set(table, key, row);

        public ulong Remove(string table, string key) => context.Tables.Remove(table, key);

        public void EndOfSync() => context.Tables.EndOfSync();

        public Task<string?> Acknowledged(ulong version) =>
            acting.Current is { } recorder ? Recorded(recorder, version) : context.Tables.Acknowledged(version);

        private async Task<string?> Recorded(Recorder recorder, ulong version)
        {
            DateTimeOffset since = context.Time.GetUtcNow();
            string? error = await context.Tables.Acknowledged(version);
            recorder.Waited(new Waited { Kind = Waited.Types.Kind.Acknowledgement, Error = error ?? string.Empty }, since);
            return error;
        }
    }

    private sealed class RecordedModules(IControlContext context, ActingRecorder acting) : IModuleView
    {
        public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
            where T : IMessage<T>, new() =>
            acting.Current is { } recorder ? Recorded<T>(recorder, table, key) : context.Modules.Snapshot<T>(table, key);

        public void Subscribe(string table, Action<ModuleEvent> handler) => context.Modules.Subscribe(table, handler);

        public Task<IReadOnlyList<ModuleDescription>> Describe() => context.Modules.Describe();

        private async Task<IReadOnlyList<KeyValuePair<string, T>>> Recorded<T>(Recorder recorder, string table, string key)
            where T : IMessage<T>, new()
        {
            DateTimeOffset since = context.Time.GetUtcNow();
            Waited waited = new() { Kind = Waited.Types.Kind.Snapshot, Table = table, Rows = new SnapshotReply() };
            try
            {
                IReadOnlyList<KeyValuePair<string, T>> rows = await context.Modules.Snapshot<T>(table, key);
                waited.Rows.Rows.AddRange(rows.Select(r => new Row { Table = table, Key = r.Key, Value = r.Value.ToByteString() }));
                return rows;
            }
            catch (RpcException)
            {
                waited.Failed = true;
                throw;
            }
            finally
            {
                recorder.Waited(waited, since);
            }
        }
    }
}
