using System.Net.Sockets;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;

namespace RouterOS.Dvmrp.Control;

/// <summary>DVMRP of one routing instance: validates the intent, and converges interfaces and the router's own routes toward it.</summary>
internal sealed class DvmrpCommit(string instance, DvmrpRouter router, IInterfaceView interfaces, IRouteView routes)
{
    private const string EthernetLink = "ethernet";

    /// <summary>The instance's neighbours, routes and entries.</summary>
    public DvmrpRouter Router => router;

    /// <summary>Number of the instance; null while there is none of that name.</summary>
    public uint? Number => interfaces.FindInstance(instance);

    /// <summary>The router runs DVMRP.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>Packets to groups are forwarded.</summary>
    public bool IsRouting { get; private set; }

    /// <summary>Checks a candidate: pure.</summary>
    public static IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        IReadOnlyList<DvmrpProcess> processes = candidate.Get<DvmrpIntent>().Processes;
        List<Finding> findings = [];
        foreach (DvmrpProcess process in processes.Where(p => p is { Enabled: true, MulticastRouting: false }))
        {
            findings.Add(new Finding
            {
                Severity = Finding.Types.Severity.Warning,
                Source = process.Source ?? new Source(),
                Message = "DVMRP forwards nothing without multicast routing",
            });
        }

        foreach (Proto.Dvmrp.V1.DvmrpInterface each in processes.SelectMany(p => p.Interfaces).Where(i => i.MetricIn > 31 || i.MetricOut > 31))
        {
            findings.Add(new Finding
            {
                Severity = Finding.Types.Severity.Error, Source = each.Source ?? new Source(), Message = $"{each.Name}: a DVMRP metric is at most 31",
            });
        }

        return findings;
    }

    /// <summary>Takes a committed intent.</summary>
    public void Apply(DvmrpProcess intent)
    {
        IsEnabled = intent.Enabled;
        IsRouting = intent.MulticastRouting;
        router.State.Intent = intent;
        Converge();
    }

    /// <summary>Follows the intent, the interfaces and the unicast routes as they are.</summary>
    public void Converge()
    {
        DvmrpState state = router.State;
        Dictionary<uint, (Proto.Dvmrp.V1.DvmrpInterface Wanted, Sdk.Network.InterfaceState Is)> wanted = [];
        foreach (Proto.Dvmrp.V1.DvmrpInterface each in IsEnabled ? state.Intent.Interfaces : [])
        {
            if (interfaces.Find(each.Name) is { Index: not 0 } found)
            {
                wanted[found.Index] = (each, found);
            }
        }

        foreach (uint gone in state.Interfaces.Keys.Where(i => !wanted.ContainsKey(i)).ToArray())
        {
            DvmrpInterface link = state.Interfaces[gone];
            link.IsUp = false;
            router.Down(link);
            _ = state.Interfaces.Remove(gone);
        }

        foreach ((uint index, (Proto.Dvmrp.V1.DvmrpInterface asked, Sdk.Network.InterfaceState found)) in wanted)
        {
            Converge(index, asked, found);
        }

        if (IsEnabled)
        {
            OwnRoutes();
        }
        else
        {
            router.Forwarder.Clear();
            state.Routes.Clear();
        }
    }

    private void Converge(uint index, Proto.Dvmrp.V1.DvmrpInterface asked, Sdk.Network.InterfaceState found)
    {
        DvmrpState state = router.State;
        if (!state.Interfaces.TryGetValue(index, out DvmrpInterface? link))
        {
            link = new DvmrpInterface(found.Name) { Index = index };
            state.Interfaces.Add(index, link);
        }

        InterfaceAddressState? address = found.Addresses is [{ } first, ..] ? first : null;
        uint own = address is null ? 0 : Ipv4Number.Of(address.Address);
        int length = address?.PrefixLength ?? 0;
        bool isUp = found is { Enabled: true, LinkUp: true } && own != 0 && !asked.Disabled;
        bool moved = link.Address != own || link.PrefixLength != length;
        if (link.IsUp && (!isUp || moved))
        {
            link.IsUp = false;
            router.Down(link);
        }

        (link.Address, link.PrefixLength) = (own, length);
        link.IsDisabled = asked.Disabled;
        link.IsTunnel = found.LinkType != EthernetLink;
        link.MetricIn = asked.MetricIn == 0 ? 1 : (int)asked.MetricIn;
        link.MetricOut = (int)asked.MetricOut;
        bool isFiltered = !link.Accept.SequenceEqual(asked.Accept) || !Equals(link.Announce, asked.Announce);
        (link.Accept, link.Announce) = ([.. asked.Accept], asked.Announce);
        if (isFiltered && link.IsUp)
        {
            router.Reporter.Filter(link);
        }

        if (isUp && !link.IsUp)
        {
            link.IsUp = true;
            router.Up(link);
        }
    }

    // Networks of the links, and unicast routes that are to be told.
    private void OwnRoutes()
    {
        DvmrpState state = router.State;
        HashSet<(uint, int)> own = [];
        foreach (DvmrpInterface link in state.Interfaces.Values.Where(i => i.IsUp && i.PrefixLength is > 0 and < 32))
        {
            _ = own.Add((link.Network, link.PrefixLength));
            router.Reporter.SetOwn(link.Network, link.PrefixLength, link.Index, 1, isImported: false);
        }

        foreach (RouteState route in routes.All().Where(r => r.Active && r.Prefix.AddressFamily == AddressFamily.InterNetwork))
        {
            uint metric = route.Protocol switch
            {
                RouteProtocol.Static => state.Intent.StaticMetric,
                RouteProtocol.Direct => state.Intent.ConnectedMetric,
                _ => 0,
            };
            if (metric != 0 && interfaces.Find(route.Interface) is { Index: not 0 } egress && egress.Instance == Number
                && own.Add((Ipv4Number.Of(route.Prefix), route.PrefixLength)))
            {
                router.Reporter.SetOwn(Ipv4Number.Of(route.Prefix), route.PrefixLength, egress.Index, (int)Math.Min(metric, 31), isImported: true);
            }
        }

        foreach (DvmrpRoute route in state.Routes.All.Where(r => r.Upstream == 0 && !r.IsHeldDown && !own.Contains((r.Prefix, r.PrefixLength))).ToArray())
        {
            router.Reporter.Lose(route);
        }
    }
}
