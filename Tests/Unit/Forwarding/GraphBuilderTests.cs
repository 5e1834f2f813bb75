using RouterOS.Forwarding;
using RouterOS.Forwarding.Graphs;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

public sealed class GraphBuilderTests : IDisposable
{
    private readonly PacketPools _pools = new(64, 1);

    [Fact]
    public void Features_follow_their_constraints_then_the_profile_then_registration()
    {
        GraphBuilder builder = Builder("a", "b", "c", "d", "e");
        builder.FeatureOrder = ["d"];
        builder.AddFeature("arc", "a", after: ["c"]);
        builder.AddFeature("arc", "b");
        builder.AddFeature("arc", "c");
        builder.AddFeature("arc", "d");
        builder.AddFeature("arc", "e", before: ["b"]);
        Assert.Equal(["d", "c", "a", "e", "b", "end"], builder.Build("end", _pools).ArcNodes("arc"));
    }

    [Fact]
    public void A_missing_neighbour_in_a_constraint_is_named_with_who_wants_it()
    {
        GraphBuilder builder = Builder("a");
        builder.AddFeature("arc", "a", after: ["ghost"]);
        GraphException fault = Assert.Throws<GraphException>(() => builder.Build("end", _pools));
        Assert.Contains("'a'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'ghost'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_features_that_both_want_to_be_first_are_named()
    {
        GraphBuilder builder = Builder("a", "b");
        builder.AddFeature("arc", "a", before: ["b"]);
        builder.AddFeature("arc", "b", before: ["a"]);
        GraphException fault = Assert.Throws<GraphException>(() => builder.Build("end", _pools));
        Assert.Contains("'a'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edge_to_nowhere_is_named_with_its_node()
    {
        GraphBuilder builder = Builder();
        builder.AddNode(new TestNode("lost", 0, "nowhere"));
        GraphException fault = Assert.Throws<GraphException>(() => builder.Build("end", _pools));
        Assert.Contains("'lost'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_that_is_no_node_is_named_with_its_arc()
    {
        GraphBuilder builder = Builder();
        builder.AddFeature("arc", "ghost");
        GraphException fault = Assert.Throws<GraphException>(() => builder.Build("end", _pools));
        Assert.Contains("'arc'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'ghost'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_walk_the_arc_in_order_and_larger_batches_are_split()
    {
        var first = new TestNode("first", GraphEdge.Continue);
        var second = new TestNode("second", GraphEdge.Continue);
        var end = new TestNode("end", GraphEdge.Drop);
        var builder = new GraphBuilder();
        builder.AddArc("arc", "end");
        foreach (TestNode node in new[] { end, first, second })
        {
            builder.AddNode(node);
        }

        builder.AddFeature("arc", "second", after: ["first"]);
        builder.AddFeature("arc", "first");
        using var pools = new PacketPools(600, 1);
        Graph graph = builder.Build("end", pools);
        for (int i = 0; i < 600; i++)
        {
            graph.Enqueue(graph.IndexOf("arc"), pools.Rent(10));
        }

        graph.Run();
        Assert.Equal((600, 600, 600), (first.Seen.Count, second.Seen.Count, end.Seen.Count));
        Assert.Equal(3ul, graph.BatchesOf(graph.IndexOf("end")));
        Assert.Equal(600, pools.SmallFree);
    }

    [Fact]
    public void A_node_that_throws_loses_its_batch_but_not_the_graph_until_it_does_it_too_often()
    {
        var bad = new TestNode("bad", GraphEdge.Drop) { Decide = _ => throw new InvalidOperationException("bug") };
        GraphBuilder builder = Builder();
        builder.AddNode(bad);
        Graph graph = builder.Build("end", _pools);
        int faults = 0;
        graph.OnFault = (_, _) => faults++;
        for (int i = 0; i < Graph.MaximumFaults; i++)
        {
            graph.Enqueue(graph.IndexOf("bad"), _pools.Rent(10));
            graph.Run();
        }

        Assert.Equal(Graph.MaximumFaults, faults);
        graph.Enqueue(graph.IndexOf("bad"), _pools.Rent(10));
        Assert.Throws<InvalidOperationException>(() => graph.Run());
    }

    public void Dispose() => _pools.Dispose();

    private static GraphBuilder Builder(params string[] nodes)
    {
        var builder = new GraphBuilder();
        builder.AddArc("arc", "end");
        foreach (string name in nodes.Append("end"))
        {
            builder.AddNode(new TestNode(name, GraphEdge.Continue));
        }

        return builder;
    }
}
