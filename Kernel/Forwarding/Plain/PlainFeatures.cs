using RouterOS.Forwarding.Graphs;

namespace RouterOS.Forwarding.Plain;

/// <summary>The features of an arc that take part in the plain pass.</summary>
internal sealed unsafe class PlainFeatures
{
    private readonly Graph _graph;
    private readonly (IPlainFeature Feature, int Place)[] _features;

    private PlainFeatures(Graph graph, (IPlainFeature Feature, int Place)[] features) => (_graph, _features) = (graph, features);

    /// <summary>The features of an arc, or null when one of them takes no part.</summary>
    public static PlainFeatures? TryMake(Graph graph, string arc)
    {
        IReadOnlyList<int> places = [.. graph.ArcPlaces(arc).SkipLast(1)];
        return places.All(place => graph.Nodes[Graph.NodeAt(place)] is IPlainFeature)
            ? new PlainFeatures(graph, [.. places.Select(place => ((IPlainFeature)graph.Nodes[Graph.NodeAt(place)], place))])
            : null;
    }

    /// <summary>Lets the features judge a batch; returns how many packets, at its beginning, have passed them all.</summary>
    public int Pass(PlainPacket* packets, int count, PlainStage stage, LinkRow* links)
    {
        foreach ((IPlainFeature feature, int place) in _features)
        {
            feature.Pass(new Span<PlainPacket>(packets, count));
            count = TakeOut(packets, count, place, stage, links);
            if (count == 0)
            {
                break;
            }

            _graph.CountPassed(Graph.NodeAt(place), count);
        }

        return count;
    }

    // Sends what a feature wants to see as a node there, as the nodes before it would have left it.
    private int TakeOut(PlainPacket* packets, int count, int place, PlainStage stage, LinkRow* links)
    {
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            if (packet->Leaves)
            {
                packet->Describe(stage, links);
                _graph.Enqueue(place, packet->Handle);
                continue;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            to++;
        }

        return (int)(to - packets);
    }
}
