using RouterOS.Dvmrp.Control;
using RouterOS.Dvmrp.Wire;
using RouterOS.Multicast.Control;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Fuzz.Multicast;

/// <summary>A multicast router with three links, IGMP and DVMRP on each, on a clock that is moved by hand; and what must always be true of it.</summary>
internal sealed class LiveRouter : IDvmrpEnvironment, IIgmpEnvironment
{
    public const int Links = 3;
    public const uint GroupLimit = 50;

    private const int MaximumSources = 128;

    private readonly List<IgmpInterface> _igmp = [];
    private readonly FuzzRandom _random;

    public LiveRouter(FuzzRandom random)
    {
        _random = random;
        Router = new DvmrpRouter(this);
        Router.State.Intent.Enabled = true;
        Router.State.Generation = 1;
        for (uint index = 1; index <= Links; index++)
        {
            DvmrpInterface link = new($"if{index}") { Index = index, Address = Own(index), PrefixLength = 24, IsUp = true };
            Router.State.Interfaces.Add(index, link);
            Router.Reporter.SetOwn(link.Network, 24, index, 1, isImported: false);
            IgmpInterface igmp = new(this, link.Name);
            igmp.Configure(
                new MulticastInterface { Name = link.Name, Forwards = true, Igmp = new Igmp { Version = index, GroupLimit = GroupLimit } },
                new HashSet<uint> { DvmrpState.AllRouters }, index, Own(index), 24, isUp: true);
            _igmp.Add(igmp);
        }
    }

    public DvmrpRouter Router { get; }

    public long Now { get; private set; } = 1_000_000;

    /// <summary>Messages sent, by code.</summary>
    public Dictionary<DvmrpCode, int> Sent { get; } = [];

    /// <summary>What the data plane was told.</summary>
    public Dictionary<(uint Source, uint Group), (uint Incoming, uint[] Outgoing)> Rows { get; } = [];

    public static uint Own(uint index) => 0x0a000001 | (index << 16);

    /// <summary>A message of DVMRP comes in; what is no report changes no route.</summary>
    public void Hear(uint index, uint source, byte[] bytes)
    {
        bool isSound = DvmrpMessage.TryParse(bytes, out DvmrpMessage message, out _)
            && (message.Code != DvmrpCode.Report || DvmrpReport.TryRead(message.Body, [], out _, out _));
        (uint, int, int, uint, uint)[] before = isSound ? [] : Routes();
        Router.Receive(index, source, bytes);
        if (!isSound)
        {
            Assert.Equal(before, Routes());
        }
    }

    /// <summary>A message of IGMP comes in.</summary>
    public void Hear(uint index, uint source, uint destination, byte[] bytes)
    {
        _igmp[(int)index - 1].Receive(source, destination, (byte)(_random.OneIn(30) ? 2 : 1), bytes);
        Assert.True(_igmp[(int)index - 1].Groups.Count <= GroupLimit, "more groups than may be");
    }

    /// <summary>Lets time pass, a second at a time.</summary>
    public void Run(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            Now += 1000;
            foreach (IgmpInterface link in _igmp)
            {
                link.Run();
                Assert.True(link.Due > Now, "what is due is not done");
                Assert.True(!link.IsQuerier || link.NextQuery <= Now + 3_600_000, "the next query is too far away");
            }

            Router.Run();
        }
    }

    /// <summary>A link goes down and comes up again.</summary>
    public void Flap(uint index)
    {
        DvmrpInterface link = Router.State.Interfaces[index];
        link.IsUp = false;
        Router.Down(link);
        Check();
        link.IsUp = true;
        Router.Up(link);
        Router.Reporter.SetOwn(link.Network, 24, index, 1, isImported: false);
    }

    /// <summary>What must always be true.</summary>
    public void Check()
    {
        DvmrpState state = Router.State;
        foreach (DvmrpInterface link in state.Interfaces.Values)
        {
            Assert.True(link.Neighbors.Count <= DvmrpTimes.MaximumNeighbors, "more neighbours than may be");
            foreach (DvmrpNeighbor neighbor in link.Neighbors.Values)
            {
                Assert.True(link.IsOnLink(neighbor.Address) && neighbor.Address != link.Address, "a neighbour that is not on the link");
                Assert.True(neighbor.ExpiresAt <= Now + DvmrpTimes.NeighborTimeout, "a neighbour that stays");
            }
        }

        Assert.True(state.Routes.Count <= DvmrpTimes.MaximumRoutes && Router.Forwarder.All.Count <= DvmrpTimes.MaximumEntries, "more than may be");
        foreach (DvmrpRoute route in state.Routes.All)
        {
            Check(route);
        }

        Assert.Equal(Router.Forwarder.All.Count, Rows.Count);
        foreach (DvmrpEntry entry in Router.Forwarder.All)
        {
            Check(entry);
        }

        foreach (IgmpInterface link in _igmp)
        {
            Assert.True(link.Querier == link.Address || state.Interfaces[link.Index].IsOnLink(link.Querier), "a querier that is not on the link");
            Assert.All(link.Told, t => Assert.True(t.Group >> 28 == 0xe && t.Sources.Count <= MaximumSources, "members of no group, or too many sources"));
        }
    }

    public uint InstanceOf(uint index) => 0;

    public void Send(DvmrpInterface link, uint destination, byte[] message)
    {
        Assert.True(DvmrpMessage.TryParse(message, out DvmrpMessage sent, out _), "a message of ours that is none");
        Sent[sent.Code] = Sent.GetValueOrDefault(sent.Code) + 1;
    }

    public void Program(DvmrpEntry entry) => Rows[(entry.Source, entry.Group)] = (entry.Incoming, [.. entry.Outgoing.Keys]);

    public void Withdraw(DvmrpEntry entry) => Rows.Remove((entry.Source, entry.Group));

    public void Tell(DvmrpNotice notice, string name, uint address, int number)
    {
    }

    public void Send(IgmpInterface from, uint destination, byte[] message) =>
        Assert.True(RouterOS.Multicast.Wire.IgmpMessage.TryParse(message, out _, out _), "a message of ours that is none");

    public long Random(long limit) => _random.Next((int)Math.Min(limit, int.MaxValue));

    public void Changed(MembersChange change)
    {
        Router.State.Members.Take(change);
        Router.MembersChanged(change);
    }

    public void Tell(IgmpNotice notice, string name, uint address, uint other)
    {
    }

    private (uint, int, int, uint, uint)[] Routes() =>
        [.. Router.State.Routes.All.Select(r => (r.Prefix, r.PrefixLength, r.Metric, r.Interface, r.Upstream))];

    private void Check(DvmrpRoute route)
    {
        DvmrpState state = Router.State;
        Assert.InRange(route.Metric, 1, DvmrpReport.Infinity);
        Assert.True(route.IsHeldDown || route.Upstream == 0 || state.TwoWay(route.Interface, route.Upstream) is not null, "a route of no neighbour");
        Assert.True(
            route.ExpiresAt <= Now + DvmrpTimes.RouteExpiry || (route.Upstream == 0 && !route.IsHeldDown), "a route that stays");
        Assert.True(route.Prefix >> 28 != 0xe && (route.Prefix & ~RouterOS.Sdk.Network.Ipv4Number.Mask(route.PrefixLength)) == 0, "a route that cannot be");
        foreach ((uint index, DvmrpDownstream at) in route.Downstream)
        {
            Assert.All(at.Dependents.Concat(at.Reported.Keys), n => Assert.True(state.TwoWay(index, n) is not null, "something of no neighbour depends on a route"));
        }
    }

    private void Check(DvmrpEntry entry)
    {
        Assert.True(entry.Route is not null && Router.State.Routes.Lookup(entry.Source) == entry.Route, "an entry that follows no route");
        Assert.Equal((entry.Route.Interface, entry.Route.Upstream), (entry.Incoming, entry.Upstream));
        Assert.False(entry.Outgoing.ContainsKey(entry.Incoming), "packets go back where they come from");
        (uint incoming, uint[] outgoing) = Rows[(entry.Source, entry.Group)];
        Assert.Equal((entry.Incoming, string.Join(' ', entry.Outgoing.Keys)), (incoming, string.Join(' ', outgoing)));
        foreach (((uint index, uint neighbor), long until) in entry.Prunes)
        {
            Assert.True(Router.State.TwoWay(index, neighbor) is not null, "a prune of no neighbour");
            Assert.True(until <= Now + DvmrpTimes.LongestPrune, "a prune that stays");
        }

        Assert.True(entry.PrunedUntil <= Now + DvmrpTimes.LongestPrune && entry.PruneAgainAt <= Now + DvmrpTimes.LastRepetition, "a prune of ours that stays");
        Assert.True(entry.GraftAt <= Now + DvmrpTimes.LastRepetition && entry.Pause is > 0 and <= DvmrpTimes.LastRepetition, "a graft that waits too long");
    }
}
