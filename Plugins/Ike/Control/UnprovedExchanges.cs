using RouterOS.Ike.Control.Exchanges;

namespace RouterOS.Ike.Control;

/// <summary>Exchanges whose peers have proved nothing yet, the oldest first, in all and by source address: what bounds are kept on.</summary>
internal sealed class UnprovedExchanges
{
    private readonly LinkedList<Phase1Exchange> _all = new();
    private readonly Dictionary<Phase1Exchange, (LinkedListNode<Phase1Exchange> InAll, LinkedListNode<Phase1Exchange> OfSource)> _nodes = [];
    private readonly Dictionary<PeerAddress, LinkedList<Phase1Exchange>> _bySource = [];

    /// <summary>Exchanges in all.</summary>
    public int Total => _all.Count;

    public void Add(Phase1Exchange exchange)
    {
        if (!_bySource.TryGetValue(exchange.FirstEnds.Remote, out LinkedList<Phase1Exchange>? source))
        {
            _bySource[exchange.FirstEnds.Remote] = source = new();
        }

        _nodes[exchange] = (_all.AddLast(exchange), source.AddLast(exchange));
    }

    public void Remove(Phase1Exchange exchange)
    {
        if (_nodes.Remove(exchange, out (LinkedListNode<Phase1Exchange> InAll, LinkedListNode<Phase1Exchange> OfSource) nodes))
        {
            LinkedList<Phase1Exchange> source = nodes.OfSource.List!;
            _all.Remove(nodes.InAll);
            source.Remove(nodes.OfSource);
            if (source.Count == 0)
            {
                _ = _bySource.Remove(exchange.FirstEnds.Remote);
            }
        }
    }

    /// <summary>Exchanges of one source.</summary>
    public int Count(PeerAddress source) => _bySource.TryGetValue(source, out LinkedList<Phase1Exchange>? list) ? list.Count : 0;

    /// <summary>Exchanges of one source that are in some state.</summary>
    public int Count(PeerAddress source, Func<Phase1Exchange, bool> which) =>
        _bySource.TryGetValue(source, out LinkedList<Phase1Exchange>? list) ? list.Count(which) : 0;

    /// <summary>The oldest of one source once there are <paramref name="limit"/> of it, else null.</summary>
    public Phase1Exchange? Oldest(PeerAddress source, int limit) =>
        _bySource.TryGetValue(source, out LinkedList<Phase1Exchange>? list) && list.Count >= limit ? list.First!.Value : null;

    /// <summary>The oldest of all once there are <paramref name="limit"/>, else null.</summary>
    public Phase1Exchange? Oldest(int limit) => _all.Count >= limit ? _all.First!.Value : null;
}
