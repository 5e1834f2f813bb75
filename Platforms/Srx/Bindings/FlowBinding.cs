using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>security zones</c>, <c>security policies</c> and <c>applications</c> to the flow intent.</summary>
internal static class FlowBinding
{
    /// <summary>Reads the intent.</summary>
    public static FlowIntent Bind(StatementView root, PolicyTunnels tunnels, List<Finding> findings)
    {
        StatementView security = root["security"];
        StatementView segments = security["flow"]["tcp-mss"];
        SessionOptions sessions = SessionBinding.Read(security["flow"], findings);
        FlowIntent intent = new()
        {
            DefaultPermit = security["policies"]["default-policy"].Has("permit-all"),
            TcpMss = (uint)(segments["all-tcp"].Number("mss") ?? 0),
            TcpMssTunnel = (uint)(segments["ipsec-vpn"].Number("mss") ?? 0),
            Sessions = sessions,
            Inet6FlowBased = security["forwarding-options"]["family"]["inet6"].Text("mode") == "flow-based",
        };
        intent.Schedulers.Add(ScheduleBinding.Read(root, findings));
        WarnOfDroppedIpv6(root, intent, findings);
        Dictionary<string, string> taken = new(StringComparer.Ordinal);
        foreach (StatementView zone in ZoneInterfaces.All(security["zones"]))
        {
            intent.Zones.Add(Zone(root, zone, taken, findings));
        }

        AddressBook.Check(root, findings);
        ApplicationBook applications = new(root);
        foreach (StatementView pair in security["policies"].List("from-zone"))
        {
            AddressBook sources = AddressBook.Of(root, pair.Values[0]);
            AddressBook destinations = AddressBook.Of(root, pair.Values[1]);
            foreach (StatementView policy in pair.List("policy"))
            {
                if (Policy(policy, sources, destinations, applications, findings) is { } bound)
                {
                    (bound.FromZone, bound.ToZone) = (pair.Values[0], pair.Values[1]);
                    // One whose tunnel could not be made has a finding; were it committed all the same, nothing would pass.
                    (bound.Protection, bound.Inbound) = tunnels.Of(bound.FromZone, bound.ToZone, bound.Name)
                        ?? (policy["then"]["permit"]["tunnel"].Text("ipsec-vpn") ?? string.Empty, false);
                    intent.Policies.Add(bound);
                }
            }
        }

        AddressBook global = AddressBook.Global(root);
        foreach (StatementView policy in security["policies"]["global"].List("policy"))
        {
            if (Policy(policy, global, global, applications, findings) is { } bound)
            {
                bound.FromZones.Add(Zones(policy["match"]["from-zone"]));
                bound.ToZones.Add(Zones(policy["match"]["to-zone"]));
                intent.Policies.Add(bound);
            }
        }

        if (intent.Policies.Any(policy => policy.LogBegin || policy.LogEnd))
        {
            intent.Services.Add(ApplicationBook.Known);
        }

        return intent;
    }

    // The default drops IPv6, which the interfaces alone do not show.
    private static void WarnOfDroppedIpv6(StatementView root, FlowIntent intent, List<Finding> findings)
    {
        StatementView? speaker = root["interfaces"].List().SelectMany(physical => physical.List("unit"))
            .Select(unit => unit["family"]["inet6"]).FirstOrDefault(inet6 => inet6.Exists);
        if (speaker is { } first && !intent.Inet6FlowBased)
        {
            findings.Add(first.Warning("IPv6 is dropped until 'security forwarding-options family inet6 mode flow-based' is set"));
        }
    }

    private static IReadOnlyList<string> Zones(StatementView list) => list.Values.Contains("any") ? [] : list.Values;

    // Null when a name means nothing, with a finding.
    private static Policy? Policy(
        StatementView view, AddressBook sources, AddressBook destinations, ApplicationBook applications, List<Finding> findings)
    {
        StatementView match = view["match"];
        IReadOnlyList<string>? from = sources.Resolve(match["source-address"], findings);
        IReadOnlyList<string>? to = destinations.Resolve(match["destination-address"], findings);
        if (from is null || to is null || applications.Resolve(match["application"], findings) is not { } what)
        {
            return null;
        }

        StatementView then = view["then"];
        Policy policy = new()
        {
            Name = view.Key,
            Source = view.Source,
            SourceExcluded = match.Has("source-address-excluded"),
            DestinationExcluded = match.Has("destination-address-excluded"),
            LogBegin = then["log"].Has("session-init"),
            LogEnd = then["log"].Has("session-close"),
            Scheduler = view.Text("scheduler-name") ?? string.Empty,
            Action = then.Has("permit") ? Proto.Flow.V1.Policy.Types.Action.Permit
                : then.Has("reject") ? Proto.Flow.V1.Policy.Types.Action.Reject
                : Proto.Flow.V1.Policy.Types.Action.Deny,
        };
        policy.SourcePrefixes.Add(from);
        policy.DestinationPrefixes.Add(to);
        policy.Applications.Add(what);
        return policy;
    }

    private static Zone Zone(StatementView root, StatementView view, Dictionary<string, string> taken, List<Finding> findings)
    {
        bool management = ZoneInterfaces.IsManagement(view);
        Zone zone = new()
        {
            Name = ZoneInterfaces.NameOf(view),
            Source = view.Source,
            Management = management,
            TcpReset = view.Has("tcp-rst"),
            Screen = ScreenBinding.Of(root, view),
            HostInbound = Inbound(view["host-inbound-traffic"], findings),
        };
        foreach (StatementView entry in view["interfaces"].List().Where(entry => !management || !InterfaceNames.IsManagement(entry.Key)))
        {
            if (!taken.TryAdd(entry.Key, zone.Name))
            {
                findings.Add(entry.Error($"{entry.Key} is in zone '{taken[entry.Key]}' already"));
                continue;
            }

            string[] parts = entry.Key.Split('.');
            if (!root["interfaces"].Entry(string.Empty, parts[0]).Entry("unit", parts[^1]).Exists)
            {
                findings.Add(entry.Warning($"{entry.Key} is not configured under 'interfaces'"));
            }

            zone.Interfaces.Add(new ZoneInterface
            {
                Name = entry.Key,
                Source = entry.Source,
                HostInbound = Inbound(entry["host-inbound-traffic"], findings),
                Gre = entry.Key.StartsWith("gr-", StringComparison.Ordinal),
                ReversePath = ReversePathOf(root, parts, "inet"),
                ReversePath6 = ReversePathOf(root, parts, "inet6"),
            });
        }

        return zone;
    }

    private static ReversePath ReversePathOf(StatementView root, string[] parts, string family)
    {
        StatementView check = root["interfaces"].Entry(string.Empty, parts[0]).Entry("unit", parts[^1])["family"][family]["rpf-check"];
        return !check.Exists ? ReversePath.None : check.Text("mode") == "loose" ? ReversePath.Loose : ReversePath.Strict;
    }

    private static HostInbound? Inbound(StatementView view, List<Finding> findings)
    {
        if (!view.Exists)
        {
            return null;
        }

        HostInbound inbound = new();
        StatementView services = view["system-services"];
        string[] excepted = Words(services, except: true);
        string[] named = Words(services, except: false);
        if (named.Contains(HostServices.AnyService) && excepted.Length > 0)
        {
            findings.Add(services.Error($"'any-service' allows every port, so '{excepted[0]} except' cannot hold: use 'all' in its place"));
        }

        inbound.AllServices = named.Contains(HostServices.AnyService);
        Add(HostServices.Services, named, excepted, inbound);

        StatementView protocols = view["protocols"];
        excepted = Words(protocols, except: true);
        named = Words(protocols, except: false);
        inbound.AllProtocols = named.Contains(HostServices.All) && excepted.Length == 0;
        Add(HostServices.Protocols, named, excepted, inbound);
        return inbound;
    }

    private static string[] Words(StatementView list, bool except) =>
        [.. list.List().Where(word => word.Has("except") == except).Select(word => word.Key)];

    private static void Add(IReadOnlyList<HostService> known, string[] named, string[] excepted, HostInbound inbound)
    {
        bool all = named.Contains(HostServices.All);
        foreach (HostService service in known.Where(s => (all || named.Contains(s.Name)) && !excepted.Contains(s.Name)))
        {
            foreach (HostPackets packets in service.Packets)
            {
                if (packets.WholeProtocol && !inbound.Protocols.Contains(packets.Protocol))
                {
                    inbound.Protocols.Add(packets.Protocol);
                }
                else if (!packets.WholeProtocol)
                {
                    inbound.Services.Add(packets.ToService(service.Name));
                }
            }
        }
    }
}
