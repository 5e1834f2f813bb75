using RouterOS.Dvmrp.Control;
using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Packets;

namespace RouterOS.Unit.Dvmrp;

public sealed class DvmrpRouterTests
{
    private const uint Network = DvmrpRig.Source & 0xffffff00;

    private readonly DvmrpRig _rig = new();

    private DvmrpRoute? Route => _rig.Router.State.Routes.Find(Network, 24);

    [Fact]
    public void A_route_of_a_neighbour_is_told_onward_and_poisoned_back()
    {
        _rig.WithTree();
        Assert.Equal((2, DvmrpRig.Up, 1u), (Route!.Metric, Route.Upstream, Route.Interface));
        _rig.Sent.Clear();
        _rig.Run(1);
        Assert.Equal(2, Told(2));
        Assert.Equal(34, Told(1));
    }

    [Fact]
    public void Packets_go_to_neighbours_that_depend_and_nowhere_else()
    {
        _rig.WithTree();
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        (uint incoming, uint[] outgoing) = Assert.Single(_rig.Rows).Value;
        Assert.Equal(1u, incoming);
        Assert.Equal([2u], outgoing);
    }

    [Fact]
    public void A_prune_from_below_is_sent_on_with_its_lifetime_and_a_graft_is_answered_and_sent_on()
    {
        _rig.WithTree();
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        _rig.Sent.Clear();
        _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Prune(DvmrpRig.Source, DvmrpRig.Group, 100));
        Assert.Empty(_rig.Rows.Values.Single().Outgoing);
        (uint index, uint destination, byte[] bytes) = Assert.Single(_rig.Sent);
        Assert.True(DvmrpMessage.TryParse(bytes, out DvmrpMessage prune, out _));
        Assert.Equal((1u, DvmrpRig.Up, DvmrpCode.Prune, 100u), (index, destination, prune.Code, prune.LifetimeSeconds));

        _rig.Sent.Clear();
        _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Graft(DvmrpRig.Source, DvmrpRig.Group));
        Assert.Equal([DvmrpCode.GraftAck], _rig.Codes(2));
        Assert.Equal([DvmrpCode.Graft], _rig.Codes(1));
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);

        // It is repeated until it is acknowledged.
        _rig.Sent.Clear();
        _rig.Run(10, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        Assert.Equal(2, _rig.Codes(1).Count(c => c == DvmrpCode.Graft));
        _rig.Router.Receive(1, DvmrpRig.Up, DvmrpWriter.GraftAck(DvmrpRig.Source, DvmrpRig.Group));
        _rig.Sent.Clear();
        _rig.Run(60, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        Assert.DoesNotContain(DvmrpCode.Graft, _rig.Codes(1));
    }

    [Fact]
    public void A_prune_ends_by_itself()
    {
        _rig.WithTree();
        _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Prune(DvmrpRig.Source, DvmrpRig.Group, 20));
        Assert.Empty(_rig.Rows.Values.Single().Outgoing);
        _rig.Run(21, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);
    }

    [Fact]
    public void A_prune_of_one_that_does_not_depend_is_nobodys()
    {
        _rig.WithTree();
        _rig.Meet(2, DvmrpRig.Down + 1);
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        _rig.Router.Receive(2, DvmrpRig.Down + 1, DvmrpWriter.Prune(DvmrpRig.Source, DvmrpRig.Group, 20));
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);
        Assert.Equal(1ul, _rig.Router.State.Dropped(DvmrpDrop.StrayPrune));
    }

    [Fact]
    public void Hosts_that_join_are_grafted_for_and_those_that_leave_pruned_for()
    {
        _rig.Meet(1, DvmrpRig.Up);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 1));
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        Assert.Contains(DvmrpCode.Prune, _rig.Codes(1));
        _rig.Sent.Clear();
        _rig.Tell(new MembersChange { Interface = 2, Group = DvmrpRig.Group, Exclude = true });
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);
        Assert.Equal([DvmrpCode.Graft], _rig.Codes(1));
        _rig.Sent.Clear();
        _rig.Tell(new MembersChange { Interface = 2, Group = DvmrpRig.Group, Exclude = true, Sources = { DvmrpRig.Source } });
        Assert.Empty(_rig.Rows.Values.Single().Outgoing);
        Assert.Equal([DvmrpCode.Prune], _rig.Codes(1));
    }

    [Fact]
    public void A_malformed_report_removes_nothing()
    {
        _rig.WithTree();
        byte[] report = DvmrpReport.Write([new ReportedRoute(Network, 24, 32), new ReportedRoute(0x0a620000, 16, 5)])[0];
        for (int length = DvmrpMessage.HeaderLength + 1; length < report.Length; length++)
        {
            byte[] cut = report[..length];
            cut[2] = cut[3] = 0;
            ushort sum = InternetChecksum.Of(cut);
            (cut[2], cut[3]) = ((byte)(sum >> 8), (byte)sum);
            // Whole groups of one mask stand for themselves.
            if (length != DvmrpMessage.HeaderLength + 6)
            {
                _rig.Router.Receive(1, DvmrpRig.Up, cut);
                Assert.True(Route!.IsReachable, $"{length} bytes");
            }
        }

        byte[] wrongSum = [.. report];
        wrongSum[2] ^= 1;
        _rig.Router.Receive(1, DvmrpRig.Up, wrongSum);
        Assert.True(Route!.IsReachable);
        Assert.Contains(DvmrpNotice.Malformed, _rig.Notices);
    }

    [Fact]
    public void Strangers_and_those_off_the_link_are_not_believed()
    {
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 1));
        Assert.Null(Route);
        Assert.Equal(1ul, _rig.Router.State.Dropped(DvmrpDrop.NoNeighbor));
        _rig.Meet(1, DvmrpRig.Down);
        Assert.Empty(_rig.Router.State.Interfaces[1].Neighbors);
        Assert.Equal(1ul, _rig.Router.State.Dropped(DvmrpDrop.Spoofed));
        // One that does not hear us.
        _rig.Router.Receive(1, DvmrpRig.Up, DvmrpWriter.Probe(DvmrpCapabilities.None, 1, []));
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 1));
        Assert.Null(Route);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(127)]
    public void A_metric_that_cannot_be_neither_replaces_nor_removes_a_good_route(int metric)
    {
        _rig.Meet(1, DvmrpRig.Up);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 3));
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, metric));
        Assert.Equal((4, DvmrpRig.Up), (Route!.Metric, Route.Upstream));
        Assert.Equal(1ul, _rig.Router.State.Dropped(DvmrpDrop.BadRoute));
        Assert.Contains(DvmrpNotice.BadRoutes, _rig.Notices);
    }

    [Fact]
    public void Ten_thousand_entries_are_made_pruned_and_grafted_and_more_than_there_may_be_are_not()
    {
        const uint Groups = 10_000;
        _rig.WithTree();
        for (uint i = 0; i < Groups; i++)
        {
            _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, 0xef000000 + i);
            _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Prune(DvmrpRig.Source, 0xef000000 + i, 7200));
        }

        Assert.Equal((int)Groups, _rig.Rows.Count);
        Assert.All(_rig.Rows.Values, r => Assert.Empty(r.Outgoing));
        _rig.Run(5, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        for (uint i = 0; i < Groups; i++)
        {
            _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Graft(DvmrpRig.Source, 0xef000000 + i));
        }

        Assert.All(_rig.Rows.Values, r => Assert.Equal([2u], r.Outgoing));
        Assert.Equal((int)Groups, _rig.Codes(1).Count(c => c == DvmrpCode.Graft));
        for (uint i = 0; i < 40_000; i++)
        {
            _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, 0xee000000 + i);
        }

        Assert.Equal(DvmrpTimes.MaximumEntries, _rig.Router.Forwarder.All.Count);
        Assert.Contains(DvmrpNotice.EntryLimit, _rig.Notices);
    }

    [Fact]
    public void Neighbours_and_routes_are_bounded()
    {
        for (uint i = 2; i < 200; i++)
        {
            _rig.Meet(1, 0x0a010000 + i);
        }

        Assert.Equal(DvmrpTimes.MaximumNeighbors, _rig.Router.State.Interfaces[1].Neighbors.Count);
        for (int i = 0; i < 300; i++)
        {
            _rig.Report(1, DvmrpRig.Up, [.. Enumerable.Range(0, 100).Select(j => new ReportedRoute(0x14000000u + ((uint)((i * 100) + j) << 8), 24, 1))]);
        }

        Assert.Equal(DvmrpTimes.MaximumRoutes, _rig.Router.State.Routes.Count);
        Assert.Contains(DvmrpNotice.RouteLimit, _rig.Notices);
        Assert.Single(_rig.Notices, n => n == DvmrpNotice.RouteHog);
    }

    [Fact]
    public void A_silent_neighbours_routes_are_held_down_and_only_it_can_bring_them_back_at_once()
    {
        _rig.WithTree();
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        _rig.Meet(1, DvmrpRig.Up + 1);
        _rig.Run(36, (1, DvmrpRig.Up + 1), (2, DvmrpRig.Down));
        Assert.True(Route!.IsHeldDown);
        Assert.Empty(_rig.Rows);
        Assert.Equal(32, Told(2));
        _rig.Report(1, DvmrpRig.Up + 1, new ReportedRoute(Network, 24, 1));
        Assert.True(Route.IsHeldDown);
        _rig.Meet(1, DvmrpRig.Up);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 2));
        Assert.True(Route.IsHeldDown);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 1));
        Assert.True(Route.IsReachable);

        // Without it, another one is believed when the time is over.
        _rig.Run(36, (1, DvmrpRig.Up + 1), (2, DvmrpRig.Down));
        _rig.Run(121, (1, DvmrpRig.Up + 1), (2, DvmrpRig.Down));
        Assert.Null(Route);
        _rig.Report(1, DvmrpRig.Up + 1, new ReportedRoute(Network, 24, 1));
        Assert.Equal(DvmrpRig.Up + 1, Route!.Upstream);
    }

    [Fact]
    public void A_nearer_neighbour_is_taken_and_of_equal_ones_the_lower_address()
    {
        _rig.WithTree();
        _rig.Meet(1, DvmrpRig.Up - 1 + 2);
        _rig.Report(1, DvmrpRig.Up + 1, new ReportedRoute(Network, 24, 1));
        Assert.Equal(DvmrpRig.Up, Route!.Upstream);
        _rig.Meet(1, DvmrpRig.Up + 2);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Network, 24, 3));
        _rig.Report(1, DvmrpRig.Up + 2, new ReportedRoute(Network, 24, 1));
        Assert.Equal(DvmrpRig.Up + 2, Route.Upstream);
        _rig.Report(1, DvmrpRig.Up + 1, new ReportedRoute(Network, 24, 1));
        Assert.Equal(DvmrpRig.Up + 1, Route.Upstream);
    }

    [Fact]
    public void On_a_link_with_another_router_the_nearer_one_forwards()
    {
        _rig.WithTree();
        _rig.Router.Forwarder.Miss(0, DvmrpRig.Source, DvmrpRig.Group);
        _rig.Meet(2, DvmrpRig.Down + 1);
        _rig.Report(2, DvmrpRig.Down + 1, new ReportedRoute(Network, 24, 1));
        Assert.Empty(_rig.Rows.Values.Single().Outgoing);
        _rig.Report(2, DvmrpRig.Down + 1, new ReportedRoute(Network, 24, 3));
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);
    }

    [Fact]
    public void A_neighbour_that_starts_anew_is_told_everything_and_its_prunes_are_forgotten()
    {
        _rig.WithTree();
        _rig.Router.Receive(2, DvmrpRig.Down, DvmrpWriter.Prune(DvmrpRig.Source, DvmrpRig.Group, 7200));
        _rig.Sent.Clear();
        _rig.Meet(2, DvmrpRig.Down, generation: 2);
        Assert.Contains(DvmrpCode.Report, _rig.Codes(2));
        _rig.Report(2, DvmrpRig.Down, new ReportedRoute(Network, 24, 35));
        Assert.Equal([2u], _rig.Rows.Values.Single().Outgoing);
    }

    [Fact]
    public void Routes_that_are_not_told_again_end()
    {
        _rig.WithTree();
        _rig.Run(139, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        Assert.True(Route!.IsReachable);
        _rig.Run(2, (1, DvmrpRig.Up), (2, DvmrpRig.Down));
        Assert.True(Route!.IsHeldDown);
    }

    // The metric of the network in the last report on a link.
    private int Told(uint index)
    {
        List<ReportedRoute> routes = [];
        foreach ((uint _, uint _, byte[] bytes) in _rig.Sent.Where(s => s.Interface == index && s.Bytes[1] == (byte)DvmrpCode.Report))
        {
            Assert.True(DvmrpReport.TryRead(bytes.AsSpan(DvmrpMessage.HeaderLength), routes, out _, out _));
        }

        return routes.Last(r => r.Prefix == Network).Metric;
    }
}
