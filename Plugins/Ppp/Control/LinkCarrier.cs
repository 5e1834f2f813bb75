using Grpc.Core;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Network;

namespace RouterOS.Ppp.Control;

/// <summary>One lower layer: its links, and the stream that carries their frames.</summary>
internal sealed class LinkCarrier(PppRuntime runtime, IAsyncStreamWriter<LinkOutput> stream) : ILinkUser
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<uint, PppLink> _links = [];
    // Links whose accounting waits for what the data path has counted, those that have ended included.
    private readonly Dictionary<uint, PppLink> _asked = [];
    private readonly Queue<LinkOutput> _queue = new();
    private bool _isPumping;
    private bool _isOver;

    public IReadOnlyCollection<PppLink> Links => _links.Values;

    public void Take(LinkInput input)
    {
        switch (input.InputCase)
        {
            case LinkInput.InputOneofCase.Start:
                Start(input.Link, input.Start);
                break;
            case LinkInput.InputOneofCase.Frame when _links.TryGetValue(input.Link, out PppLink? link):
                link.Receive(input.Frame.Span);
                break;
            case LinkInput.InputOneofCase.Ready when _links.TryGetValue(input.Link, out PppLink? link):
                link.Prepared(input.Ready.Problem, input.Ready.PeerIdentifier);
                break;
            case LinkInput.InputOneofCase.Traffic:
                Count(input.Link, input.Traffic);
                break;
            case LinkInput.InputOneofCase.End when _links.Remove(input.Link, out PppLink? link):
                PppLog.Ended(runtime.Context.Log, link.Number, link.User, input.End.Message, input.End.Cause);
                link.Lost(input.End.Message);
                break;
            default:
                // Of a link that has ended meanwhile.
                break;
        }
    }

    /// <summary>The lower layer is gone with all its links.</summary>
    public void Lost()
    {
        _isOver = true;
        foreach (PppLink link in _asked.Values.ToArray())
        {
            link.Counted(null);
        }

        _asked.Clear();
        foreach (PppLink link in _links.Values)
        {
            link.Lost("the lower layer is gone");
        }

        _links.Clear();
    }

    public void Send(PppLink link, byte[] frame) =>
        Write(new LinkOutput { Link = link.Number, Frame = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(frame) });

    public void Prepare(PppLink link, NetworkUp network) => Write(new LinkOutput { Link = link.Number, Up = network });

    public void NetworkUp(PppLink link, NetworkUp network)
    {
        if (network.PeerAddress != 0)
        {
            PppLog.Up(runtime.Context.Log, link.Number, link.User, Ipv4Number.Text(network.PeerAddress), link.Profile);
        }
        else
        {
            Write(new LinkOutput { Link = link.Number, Up = network });
        }
    }

    public void AskTraffic(PppLink link)
    {
        if (_isOver)
        {
            link.Counted(null);
            return;
        }

        _asked[link.Number] = link;
        Write(new LinkOutput { Link = link.Number, Traffic = new TrafficRequest() });
        // Accounting does not wait for a data path that says nothing.
        _ = runtime.After(s_patience, () =>
        {
            if (_asked.TryGetValue(link.Number, out PppLink? asked) && asked == link)
            {
                Count(link.Number, null);
            }
        });
    }

    public void Ended(PppLink link, LinkEnd end)
    {
        _ = _links.Remove(link.Number);
        PppLog.Ended(runtime.Context.Log, link.Number, link.User, end.Message, end.Cause);
        Write(new LinkOutput { Link = link.Number, End = end });
    }

    private void Count(uint number, LinkTraffic? traffic)
    {
        // A link that has ended is known by having asked.
        if (_asked.Remove(number, out PppLink? link) || _links.TryGetValue(number, out link))
        {
            link.Counted(traffic);
        }
    }

    private void Start(uint number, LinkStart start)
    {
        if (_asked.ContainsKey(number))
        {
            Count(number, null);
        }

        if (_links.Remove(number, out PppLink? old))
        {
            old.Lost("its number was given to another");
        }

        if (runtime.Settings(start, out string problem) is not { } settings)
        {
            PppLog.Refused(runtime.Context.Log, number, problem);
            Write(new LinkOutput { Link = number, End = new LinkEnd { Message = problem } });
            return;
        }

        // As decoded each has its own copies.
        start.Profile = settings.Profile;
        start.VirtualRouter = SharedText.Of(start.VirtualRouter);
        if (start.Tunnel is { } tunnel)
        {
            tunnel.LocalAddress = SharedText.Of(tunnel.LocalAddress);
            tunnel.RemoteAddress = SharedText.Of(tunnel.RemoteAddress);
            tunnel.LocalHost = SharedText.Of(tunnel.LocalHost);
            tunnel.RemoteHost = SharedText.Of(tunnel.RemoteHost);
        }

        PppLink link = new(number, settings, start, runtime, this, runtime.Counters);
        _links[number] = link;
        link.Start();
    }

    private void Write(LinkOutput output)
    {
        if (_isOver)
        {
            return;
        }

        _queue.Enqueue(output);
        if (!_isPumping)
        {
            _isPumping = true;
            runtime.Surface(Pump());
        }
    }

    private async Task Pump()
    {
        try
        {
            while (_queue.TryDequeue(out LinkOutput? next))
            {
                await stream.WriteAsync(next);
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The other side is gone: the reader of this stream says so, too.
            _isOver = true;
        }
        finally
        {
            _isPumping = false;
        }
    }
}
