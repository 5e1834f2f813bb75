using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Storage;
using Service = RouterOS.Proto.Ike.V1.Recordings;

namespace RouterOS.Ike.Control.Recording;

/// <summary>Recordings over gRPC: who asks gets the file in pieces.</summary>
/// <remarks>Its methods run on the plugin's strand. One recording at a time.</remarks>
internal sealed class RecordingService(IkeRuntime runtime, IkeSessions sessions) : Service.RecordingsBase
{
    private const uint UsualSeconds = 300;
    private const uint LongestSeconds = 3600;
    private const int MostEvents = 200_000;

    private Running? _running;

    /// <inheritdoc/>
    public override async Task Record(RecordRequest request, IServerStreamWriter<RecordReply> responseStream, ServerCallContext context)
    {
        Running running = Start(request);
        try
        {
            while (await running.Replies.Reader.WaitToReadAsync(context.CancellationToken))
            {
                while (running.Replies.Reader.TryRead(out RecordReply? reply))
                {
                    await responseStream.WriteAsync(reply);
                }
            }
        }
        finally
        {
            End(running, "nobody reads it any more");
        }
    }

    /// <inheritdoc/>
    public override Task<ListRecordingsReply> ListRecordings(ListRecordingsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListRecordingsReply { Recordings = { _running is null ? [] : [State(_running)] } });

    /// <inheritdoc/>
    public override Task<StopRecordingReply> StopRecording(StopRecordingRequest request, ServerCallContext context)
    {
        bool isMeant = _running is not null && (request.Peer.Length == 0 || request.Peer == _running.Peer);
        if (isMeant)
        {
            End(_running!, "an operator stopped it");
        }

        return Task.FromResult(new StopRecordingReply { Stopped = isMeant ? 1u : 0 });
    }

    /// <summary>Another configuration is about to come into force.</summary>
    public void ConfigurationChanges()
    {
        if (_running is not null)
        {
            End(_running, "another configuration came into force");
        }
    }

    private static RpcException Refusal(StatusCode code, string why) => new(new Status(code, why));

    private Running Start(RecordRequest request)
    {
        if (_running is { } other)
        {
            throw Refusal(StatusCode.ResourceExhausted, $"{other.Request.User} is recording {other.Peer} already");
        }

        IkeSession[] meant = [.. sessions.Sessions.Where(s => s.Gateway is null && s.Peers is null && s.Policy.Dynamic is null
            && s.Policy.RemoteAddresses.Any(a => Ipv4.Text(a) == request.Peer))];
        if (meant.Length != 1)
        {
            throw Refusal(StatusCode.NotFound, meant.Length > 1
                ? "several gateways have that peer" : "no gateway has that address for its peer; peers from any address cannot be recorded");
        }

        RecordRequest bounded = request.Clone();
        bounded.Seconds = request.Seconds == 0 ? UsualSeconds : Math.Min(request.Seconds, LongestSeconds);
        IkeSession session = meant[0];
        Running running = new(bounded, session.Policy.Name, request.Peer);
        Recorder recorder = new(runtime.Context.Time, happened => Write(running, happened));
        running.Recorder = recorder;
        _running = running;
        _ = running.Replies.Writer.TryWrite(new RecordReply { State = State(running), File = ByteString.CopyFrom(RecordingFile.Begin(Header(session, recorder))) });
        IkeLog.RecordingStarted(runtime.Context.Log, running.Gateway, running.Peer, bounded.User, bounded.File, bounded.Seconds);
        runtime.Acting.InUse++;
        running.Ends = runtime.Context.Strand.Schedule(TimeSpan.FromSeconds(bounded.Seconds), () => End(running, $"{bounded.Seconds} seconds are over"));
        sessions.Reload(session, recorder);
        return running;
    }

    private RecordingHeader Header(IkeSession session, Recorder recorder)
    {
        IkeIntent intent = sessions.Committed.Get<IkeIntent>();
        foreach (Gateway other in intent.Gateways.Where(g => g.Name != session.Policy.Name).ToArray())
        {
            _ = intent.Gateways.Remove(other);
        }

        foreach (Vpn other in intent.Vpns.Where(v => v.Gateway != session.Policy.Name || v.Manual is not null).ToArray())
        {
            _ = intent.Vpns.Remove(other);
        }

        intent.Trace = null;
        Values values = new();
        IkeStore store = new(values, _ => { });
        foreach (IkeSa sa in session.Sas)
        {
            store.Write(sa.State);
        }

        foreach (TunnelSession tunnel in session.Tunnels)
        {
            foreach (IpsecSaPair pair in tunnel.Pairs)
            {
                store.Write(pair.State);
            }
        }

        store.WriteProtections(session.Tunnels.ToDictionary(t => t.Policy.Name, t => t.ProtectionId, StringComparer.Ordinal));
        RecordingHeader header = new()
        {
            Gateway = session.Policy.Name,
            Remote = session.Remote.Number,
            Remote6 = session.Remote.Bytes6,
            Intent = intent,
            Network = NetworkRecord.Read(runtime.Context, session.Policy, session.Tunnels.Select(t => t.Policy)),
            Started = recorder.Started.Ticks,
        };
        if (session.Policy.Certificate is { } certificate)
        {
            foreach (string name in runtime.Context.Store.Names().Where(n => n == $"certificate.{certificate.Local}" || n.StartsWith("authority.", StringComparison.Ordinal)))
            {
                values.Write(name, runtime.Context.Store.Read(name) ?? []);
            }
        }

        foreach ((string name, byte[] value) in values.All)
        {
            header.Store[name] = ByteString.CopyFrom(value);
        }

        return header;
    }

    private void Write(Running running, RecordedEvent happened)
    {
        running.Received += happened.Received is null ? 0u : 1;
        running.Sent += happened.Sent is null ? 0u : 1;
        _ = running.Replies.Writer.TryWrite(new RecordReply { File = ByteString.CopyFrom(RecordingFile.Piece(happened)) });
        if (++running.Events == MostEvents)
        {
            runtime.Context.Strand.Post(() => End(running, $"{MostEvents} events are there"));
        }
    }

    private void End(Running running, string reason)
    {
        if (_running != running)
        {
            return;
        }

        _running = null;
        running.Ends?.Dispose();
        running.Ended = reason;
        RecordingEnd end = new() { Reason = reason };
        if (sessions.Sessions.FirstOrDefault(s => s.Recorder == running.Recorder) is { } session)
        {
            (end.Up, IReadOnlyList<string> sentences) = Outcome.Of(runtime, sessions, session);
            end.Outcome.AddRange(sentences);
            session.Recorder = null;
        }

        running.Recorder!.End(end);
        runtime.Acting.InUse--;
        _ = running.Replies.Writer.TryWrite(new RecordReply { State = State(running) });
        _ = running.Replies.Writer.TryComplete();
        IkeLog.RecordingEnded(runtime.Context.Log, running.Gateway, running.Peer, running.Request.User, reason, running.Received, running.Sent, running.Request.File);
    }

    private RecordingState State(Running running) => new()
    {
        Gateway = running.Gateway,
        Peer = running.Peer,
        User = running.Request.User,
        File = running.Request.File,
        Seconds = running.Request.Seconds,
        SecondsLeft = (uint)Math.Max(0, running.Request.Seconds - (runtime.Now - (running.Recorder?.Started ?? runtime.Now)).TotalSeconds),
        Received = running.Received,
        Sent = running.Sent,
        Ended = running.Ended,
    };

    private sealed class Running(RecordRequest request, string gateway, string peer)
    {
        public RecordRequest Request { get; } = request;

        public string Gateway { get; } = gateway;

        public string Peer { get; } = peer;

        public Channel<RecordReply> Replies { get; } = Channel.CreateUnbounded<RecordReply>();

        public Recorder? Recorder { get; set; }

        public IDisposable? Ends { get; set; }

        public string Ended { get; set; } = string.Empty;

        public uint Received { get; set; }

        public uint Sent { get; set; }

        public int Events { get; set; }
    }

    private sealed class Values : ISealedStore
    {
        public Dictionary<string, byte[]> All { get; } = new(StringComparer.Ordinal);

        public byte[]? Read(string name) => All.GetValueOrDefault(name);

        public void Write(string name, ReadOnlySpan<byte> value) => All[name] = value.ToArray();

        public void Delete(string name) => All.Remove(name);

        public IReadOnlyList<string> Names() => [.. All.Keys];
    }
}
