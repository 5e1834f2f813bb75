using System.Threading.Channels;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>Hands servers' requests to those who have sessions, and their word back: one who has done it is enough.</summary>
internal sealed class SessionChanges(DynamicRequests requests, Action<byte[], Origin> send)
{
    private const int MaximumUnread = 256;
    private const int MaximumOpen = 256;

    private readonly List<Channel<SessionChange>> _watchers = [];
    private readonly Dictionary<ulong, Open> _open = [];

    public DynamicStatistics Counters => requests.Counters;

    public Channel<SessionChange> Watch()
    {
        Channel<SessionChange> watch = Channel.CreateBounded<SessionChange>(new BoundedChannelOptions(MaximumUnread) { SingleReader = true });
        _watchers.Add(watch);
        return watch;
    }

    public void Unwatch(Channel<SessionChange> watch) => _watchers.Remove(watch);

    /// <summary>Carries out what was made of a datagram.</summary>
    public void Carry(DynamicStep step, Origin origin)
    {
        if (step.Answer is not null)
        {
            send(step.Answer, origin);
        }

        if (step.Change is null)
        {
            return;
        }

        int asked = _watchers.Count(w => w.Writer.TryWrite(step.Change));
        if (asked == 0)
        {
            _open[step.Change.Number] = new(origin, 1);
            Answer(step.Change.Number, ErrorCause.SessionContextNotFound);
            return;
        }

        _open[step.Change.Number] = new(origin, asked);
        if (_open.Count > MaximumOpen)
        {
            // Nobody has answered it for so long that nobody will.
            _ = _open.Remove(_open.Keys.Min());
        }
    }

    /// <summary>Somebody has done it, or cannot.</summary>
    public void Answer(ulong number, ErrorCause cause)
    {
        if (!_open.TryGetValue(number, out Open? open) || (cause != ErrorCause.None && --open.Asked > 0))
        {
            return;
        }

        _ = _open.Remove(number);
        if (requests.Answer(number, cause) is { } answer)
        {
            send(answer, open.Origin);
        }
    }

    private sealed class Open(Origin origin, int asked)
    {
        public Origin Origin { get; } = origin;

        public int Asked { get; set; } = asked;
    }
}

/// <summary>Where a datagram came from, and to where.</summary>
internal readonly record struct Origin(uint Source, ushort SourcePort, uint Own, ushort OwnPort, uint Instance);
