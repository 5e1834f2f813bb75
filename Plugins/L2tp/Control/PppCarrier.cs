using System.Runtime.ExceptionServices;
using Grpc.Core;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Storage;

namespace RouterOS.L2tp.Control;

/// <summary>Brings calls to PPP and their frames back, over the bus; and what PPP agrees into the modules.</summary>
internal sealed class PppCarrier(IControlContext context, SessionRows rows) : ICallUpper
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Links.LinksClient _client = new(context.Bus.Invoker);
    private readonly Dictionary<uint, L2tpSession> _sessions = [];
    private readonly Queue<LinkInput> _queue = new();
    private readonly List<Task> _concluding = [];
    private AsyncDuplexStreamingCall<LinkInput, LinkOutput>? _call;
    private bool _isPumping;
    private bool _isStopped;

    /// <summary>What is done for a tunnel that has come to its end.</summary>
    public Action<L2tpTunnel> TunnelEnds { get; set; } = _ => { };

    public void Start() => Surface(Carry());

    public void Stop()
    {
        _isStopped = true;
        _call?.Dispose();
        _call = null;
    }

    public void Opened(L2tpSession session, LinkStart start)
    {
        if (_call is null)
        {
            session.Close(new((ushort)CallResult.NoFacilitiesNow, GeneralError.None, "PPP is not there"));
            return;
        }

        _sessions[session.Link] = session;
        Write(new LinkInput { Link = session.Link, Start = start });
    }

    public void Frame(L2tpSession session, byte[] frame) =>
        Write(new LinkInput { Link = session.Link, Frame = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(frame) });

    public void Moved(L2tpSession session) => Watch(rows.Set(session));

    public void Ended(L2tpSession session)
    {
        if (session.Interface == 0)
        {
            Finish(session);
        }
        else
        {
            // Its rows go when what they have counted is known.
            session.Network = null;
            Watch(Conclude(session));
        }
    }

    /// <summary>Ends when all that has ended is accounted for.</summary>
    public Task Settled() => Task.WhenAll(_concluding);

    public void TunnelEnded(L2tpTunnel tunnel) => TunnelEnds(tunnel);

    private void Watch(Task work)
    {
        _ = _concluding.RemoveAll(task => task.IsCompleted);
        _concluding.Add(work);
        Surface(work);
    }

    // PPP tells the peer that it may send when the modules can take what it sends.
    private async Task Program(L2tpSession session)
    {
        ulong identifier = session.Network?.Ipv6?.PeerIdentifier ?? 0;
        string problem = await rows.Set(session);
        Write(new LinkInput { Link = session.Link, Ready = new NetworkReady { Problem = problem, PeerIdentifier = identifier } });
    }

    private async Task Withdraw(L2tpSession session)
    {
        await Count(session);
        // PPP may have come to an agreement again meanwhile.
        if (session.Network is null)
        {
            rows.Remove(session);
        }
    }

    private async Task Conclude(L2tpSession session)
    {
        await Count(session);
        Finish(session);
    }

    private void Finish(L2tpSession session)
    {
        rows.Remove(session);
        if (_sessions.TryGetValue(session.Link, out L2tpSession? known) && known == session)
        {
            _ = _sessions.Remove(session.Link);
            Write(new LinkInput { Link = session.Link, End = new LinkEnd { Message = session.Ending?.Message ?? string.Empty } });
        }
    }

    // What the modules have counted goes to the session, where it stays for show, and to PPP for accounting.
    private async Task Count(L2tpSession session)
    {
        string key = SessionRows.Key(session);
        try
        {
            session.Counted = (await context.Modules.Snapshot<SessionCounters>("l2tp-session", key))
                .Where(row => row.Key == key).Select(row => row.Value).FirstOrDefault() ?? session.Counted;
            if (session.Counted is { } last)
            {
                (session.NextSend, session.NextReceive) = ((ushort)last.NextSend, (ushort)last.NextReceive);
            }
        }
        catch (RpcException)
        {
            // No module, no counts.
        }

        SessionCounters counted = session.Counted ?? new SessionCounters();
        Write(new LinkInput
        {
            Link = session.Link,
            Traffic = new LinkTraffic
            {
                ReceivedPackets = counted.ReceivedPackets,
                ReceivedOctets = counted.ReceivedOctets,
                SentPackets = counted.SentPackets,
                SentOctets = counted.SentOctets,
            },
        });
    }

    private async Task Carry()
    {
        while (!_isStopped)
        {
            try
            {
                _call = _client.Carry();
                while (await _call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    Take(_call.ResponseStream.Current);
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or ObjectDisposedException)
            {
                // PPP is gone, or not there yet.
            }

            _call = null;
            _queue.Clear();
            foreach (L2tpSession session in _sessions.Values.ToArray())
            {
                session.Close(new((ushort)CallResult.NoFacilitiesNow, GeneralError.None, "PPP has stopped"));
            }

            _sessions.Clear();
            if (!_isStopped)
            {
                await Pause();
            }
        }
    }

    private Task Pause()
    {
        TaskCompletionSource over = new();
        _ = context.Strand.Schedule(s_again, over.SetResult);
        return over.Task;
    }

    private void Take(LinkOutput output)
    {
        if (!_sessions.TryGetValue(output.Link, out L2tpSession? session))
        {
            return;
        }

        switch (output.OutputCase)
        {
            case LinkOutput.OutputOneofCase.Frame:
                session.SendFrame(output.Frame.Span);
                break;
            case LinkOutput.OutputOneofCase.Up:
                session.Network = output.Up.PeerAddress == 0 ? null : output.Up;
                // As decoded each has its own copies.
                output.Up.User = SharedText.Of(output.Up.User);
                output.Up.VirtualRouter = SharedText.Of(output.Up.VirtualRouter);
                if (session.Network is null)
                {
                    Watch(Withdraw(session));
                }
                else
                {
                    Watch(Program(session));
                }

                break;
            case LinkOutput.OutputOneofCase.Traffic:
                Surface(Count(session));
                break;
            case LinkOutput.OutputOneofCase.End:
                // The session stays known until its rows are gone; PPP hears nothing more of it.
                session.Close(Ending(output.End));
                break;
            default:
                break;
        }
    }

    private static Ending Ending(LinkEnd end) =>
        new((ushort)(end.IsNormal ? CallResult.LossOfCarrier : CallResult.Administrative), GeneralError.None, end.Message, Cause: (ushort)end.Cause)
        {
            CauseDetail = ((ushort)end.Protocol, (byte)end.Direction),
        };

    private void Write(LinkInput input)
    {
        if (_call is null)
        {
            return;
        }

        _queue.Enqueue(input);
        if (!_isPumping)
        {
            _isPumping = true;
            Surface(Pump());
        }
    }

    private async Task Pump()
    {
        try
        {
            while (_call is { } call && _queue.TryDequeue(out LinkInput? next))
            {
                await call.RequestStream.WriteAsync(next);
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The reader of this call hears that PPP is gone.
        }
        finally
        {
            _isPumping = false;
        }
    }

    private void Surface(Task work) => work.ContinueWith(
        t => context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
