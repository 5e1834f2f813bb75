using RouterOS.Dvmrp.Control;
using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Dvmrp.V1;
using Link = RouterOS.Dvmrp.Control.DvmrpInterface;

namespace RouterOS.Unit.Dvmrp;

/// <summary>Access lists for routes that neighbours tell and are told.</summary>
public sealed class DvmrpFilterTests
{
    private const uint Ten = 0x0a630000;
    private const uint Twenty = 0x14010000;

    private readonly DvmrpRig _rig = new();

    [Fact]
    public void Routes_that_a_list_denies_are_not_taken_and_counted()
    {
        _rig.Router.State.Interfaces[1].Accept = [new AcceptFilter { Routes = Only(Ten) }];
        _rig.Meet(1, DvmrpRig.Up);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Ten, 24, 1), new ReportedRoute(Twenty, 24, 1));

        Assert.NotNull(Find(Ten));
        Assert.Null(Find(Twenty));
        Assert.Equal(1ul, _rig.Router.State.Dropped(DvmrpDrop.FilteredRoute));
        Assert.Equal(1ul, _rig.Router.State.Interfaces[1].FilteredRoutes);
    }

    [Fact]
    public void Routes_are_taken_from_the_neighbours_of_a_list_alone()
    {
        const uint Other = 0x0a010003;
        _rig.Router.State.Interfaces[1].Accept = [new AcceptFilter { Routes = Only(Ten), Neighbors = Only(Other, wildcard: 0) }];
        _rig.Meet(1, DvmrpRig.Up);
        _rig.Meet(1, Other);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Ten, 24, 1));
        Assert.Null(Find(Ten));
        _rig.Report(1, Other, new ReportedRoute(Ten, 24, 5));
        Assert.Equal(Other, Find(Ten)!.Upstream);

        // The one that is not permitted does not take over either, however near it is.
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Ten, 24, 1));
        Assert.Equal(Other, Find(Ten)!.Upstream);
    }

    [Fact]
    public void Routes_that_a_list_denies_are_not_told_and_what_comes_by_the_link_is_told_back_in_any_case()
    {
        _rig.WithTree();
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Twenty, 24, 1));
        _rig.Router.State.Interfaces[2].Announce = Only(Twenty);
        _rig.Router.State.Interfaces[1].Announce = new AccessList();
        _rig.Sent.Clear();
        _rig.Run(61, (1, DvmrpRig.Up), (2, DvmrpRig.Down));

        Assert.Equal([new ReportedRoute(Twenty, 24, 2)], Told(2).Distinct());
        Assert.Equal([new ReportedRoute(Ten, 24, 34), new ReportedRoute(Twenty, 24, 34)], Told(1).Distinct().OrderBy(r => r.Prefix));
    }

    [Fact]
    public void A_list_that_comes_later_ends_what_it_denies_and_says_so()
    {
        _rig.WithTree();
        Link up = _rig.Router.State.Interfaces[1];
        Link down = _rig.Router.State.Interfaces[2];
        down.Announce = new AccessList();
        _rig.Sent.Clear();
        _rig.Router.Reporter.Filter(down);
        Assert.All(Told(2), r => Assert.Equal(DvmrpReport.Infinity, r.Metric));
        Assert.NotEmpty(Told(2));

        up.Accept = [new AcceptFilter { Routes = Only(Twenty) }];
        _rig.Router.Reporter.Filter(up);
        Assert.True(Find(Ten)!.IsHeldDown);
        _rig.Report(1, DvmrpRig.Up, new ReportedRoute(Ten, 24, 1));
        Assert.True(Find(Ten)!.IsHeldDown);
    }

    [Fact]
    public void The_first_rule_that_fits_decides_and_what_none_fits_is_denied()
    {
        AccessList list = new();
        list.Rules.Add(new AccessRule { Permit = false, Address = 0x0a630000, Wildcard = 0xff });
        list.Rules.Add(new AccessRule { Permit = true, Address = 0x0a000000, Wildcard = 0x00ffffff });
        Assert.False(list.Permits(0x0a630001));
        Assert.True(list.Permits(0x0a640001));
        Assert.False(list.Permits(0x0b000000));
    }

    [Fact]
    public void Who_meets_at_the_same_time_hears_that_it_is_heard_before_it_is_told_routes()
    {
        _rig.Meet(1, DvmrpRig.Up);
        Assert.Equal([DvmrpCode.Probe, DvmrpCode.Report], _rig.Codes(1));
    }

    private static AccessList Only(uint network, uint wildcard = 0xff) =>
        new() { Rules = { new AccessRule { Permit = true, Address = network, Wildcard = wildcard } } };

    private DvmrpRoute? Find(uint network) => _rig.Router.State.Routes.Find(network, 24);

    private List<ReportedRoute> Told(uint index)
    {
        List<ReportedRoute> routes = [];
        foreach ((uint _, uint _, byte[] bytes) in _rig.Sent.Where(s => s.Interface == index && s.Bytes[1] == (byte)DvmrpCode.Report))
        {
            Assert.True(DvmrpMessage.TryParse(bytes, out DvmrpMessage message, out _));
            Assert.True(DvmrpReport.TryRead(message.Body, routes, out _, out _));
        }

        return routes;
    }
}
