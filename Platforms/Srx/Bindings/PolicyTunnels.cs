using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The tunnels that policies name: one for each match set of a VPN, one for both policies of a pair.</summary>
/// <remarks>
/// The addresses and the application of the policy are the proxy identity; more than one of either stands for any, as the vendor has it.
/// An explicit <c>proxy-identity</c> of the VPN wins, and then all its policies share one tunnel.
/// </remarks>
internal sealed class PolicyTunnels
{
    private const string Anything = "0.0.0.0/0";
    private const string Anything6 = "::/0";

    private readonly StatementView _root;
    private readonly List<Finding> _findings;
    private readonly ApplicationBook _applications;
    private readonly Dictionary<(string From, string To, string Policy), (PolicyTunnel Tunnel, bool Inbound)> _byPolicy = [];
    private readonly List<PolicyTunnel> _all = [];

    public PolicyTunnels(StatementView root, List<Finding> findings)
    {
        _root = root;
        _findings = findings;
        _applications = new ApplicationBook(root);
        foreach (StatementView pair in root["security"]["policies"].List("from-zone"))
        {
            foreach (StatementView policy in pair.List("policy"))
            {
                if (policy["then"]["permit"]["tunnel"] is { Exists: true } tunnel)
                {
                    Add(pair, policy, tunnel);
                }
            }
        }
    }

    /// <summary>The tunnels, in the order of their policies.</summary>
    public IReadOnlyList<PolicyTunnel> All => _all;

    /// <summary>Name of a policy's tunnel, and whether its packets come by it; null for a policy without one.</summary>
    public (string Name, bool Inbound)? Of(string from, string to, string policy) =>
        _byPolicy.TryGetValue((from, to, policy), out (PolicyTunnel Tunnel, bool Inbound) found) ? (found.Tunnel.Name, found.Inbound) : null;

    private void Add(StatementView pair, StatementView policy, StatementView tunnel)
    {
        (string from, string to) = (pair.Values[0], pair.Values[1]);
        StatementView name = tunnel["ipsec-vpn"];
        StatementView vpn = _root["security"]["ipsec"].Entry("vpn", name.Key);
        if (!vpn.Exists)
        {
            _findings.Add(name.Error($"there is no active IPsec VPN '{name.Key}'"));
            return;
        }

        if (vpn.Text("bind-interface") is { } bound)
        {
            _findings.Add(name.Error(
                $"VPN '{vpn.Key}' is bound to {bound}: route to {bound} and permit without 'tunnel', or delete its 'bind-interface'"));
            return;
        }

        // Where the peer is says which of both zones is its side.
        StatementView gateway = _root["security"]["ike"].Entry("gateway", vpn["ike"].Text("gateway") ?? string.Empty);
        string external = gateway.Text("external-interface") ?? vpn["manual"].Text("external-interface") ?? string.Empty;
        string? zone = ZoneInterfaces.ZoneOf(_root, external);
        if (zone != from && zone != to)
        {
            // A missing gateway or interface is said elsewhere.
            if (zone is not null)
            {
                _findings.Add(name.Error(
                    $"neither zone '{from}' nor '{to}' has {external}, the external interface of VPN '{vpn.Key}', which is in zone '{zone}'"));
            }

            return;
        }

        bool inbound = zone == from && zone != to;
        PolicyTunnel? made = Make(vpn, pair, policy, inbound);
        if (made is null)
        {
            return;
        }

        StatementView? other = Pair(pair, policy, tunnel["pair-policy"], vpn.Key);
        PolicyTunnel? shared = other is not null && _byPolicy.TryGetValue((to, from, other.Key), out (PolicyTunnel Tunnel, bool) known)
            ? Join(known.Tunnel, made, tunnel["pair-policy"])
            : _all.Find(t => t.CarriesAs(made));
        if (shared is null)
        {
            _all.Add(made);
        }
        else
        {
            shared.Policies.Add(policy.Key);
        }

        _byPolicy[(from, to, policy.Key)] = (shared ?? made, inbound);
    }

    // Null when a name means nothing, which is said where the policies are read.
    private PolicyTunnel? Make(StatementView vpn, StatementView pair, StatementView policy, bool inbound)
    {
        StatementView match = policy["match"];
        IReadOnlyList<string>? source = Side(pair.Values[0], match, "source-address");
        IReadOnlyList<string>? destination = Side(pair.Values[1], match, "destination-address");
        IReadOnlyList<Application>? applications = _applications.Resolve(match["application"], []);
        if (source is null || destination is null || applications is null)
        {
            return null;
        }

        Application service = applications.Count == 1 ? applications[0] : new Application();
        uint sourcePort = Port(service, service.FirstSourcePort, service.LastSourcePort);
        uint destinationPort = Port(service, service.FirstDestinationPort, service.LastDestinationPort);
        string name = $"{vpn.Key}:{pair.Values[0]}:{pair.Values[1]}:{policy.Key}";
        if (vpn.Has("manual"))
        {
            // One pair of keys is one tunnel, whatever policies lead to it.
            return new(vpn.Key, vpn.Key, match, Anything, Anything, 0, 0, 0, [policy.Key]);
        }

        StatementView proxy = vpn["ike"]["proxy-identity"];
        if (proxy.Exists)
        {
            // What is wrong with the service is said where the VPN is read.
            (uint protocol, uint localPort, uint remotePort) = VpnBinding.Service(_root, proxy, []) ?? (0, 0, 0);
            return new(
                name, vpn.Key, proxy, VpnBinding.Side(proxy, "local", "remote"), VpnBinding.Side(proxy, "remote", "local"),
                protocol, localPort, remotePort, [policy.Key]);
        }

        // What one side says decides the family of both.
        bool isVersion6 = IsVersion6(source) || IsVersion6(destination);
        return inbound
            ? new(name, vpn.Key, match, Only(destination, isVersion6), Only(source, isVersion6), service.Protocol, destinationPort, sourcePort, [policy.Key])
            : new(name, vpn.Key, match, Only(source, isVersion6), Only(destination, isVersion6), service.Protocol, sourcePort, destinationPort, [policy.Key]);
    }

    // All but some have no prefix of their own: the tunnel is for any.
    private IReadOnlyList<string>? Side(string zone, StatementView match, string addresses) =>
        AddressBook.Of(_root, zone).Resolve(match[addresses], []) is not { } prefixes ? null
        : match.Has(addresses + "-excluded") || prefixes is [var one] && !IsPrefix(one) ? []
        : prefixes;

    // An address with a mask that is no prefix is none that a peer understands.
    private static bool IsPrefix(string text) => Values.Prefix().TryAccept(text, out _) || text.Contains(':', StringComparison.Ordinal);

    private static bool IsVersion6(IReadOnlyList<string> prefixes) =>
        prefixes.Count > 0 && prefixes.All(p => p.Contains(':', StringComparison.Ordinal));

    private static string Only(IReadOnlyList<string> prefixes, bool isVersion6) =>
        prefixes.Count == 1 ? prefixes[0] : isVersion6 ? Anything6 : Anything;

    // A proxy identity holds one port or any; the type of an ICMP message is no port.
    private static uint Port(Application service, uint first, uint last) => service.Protocol is 6 or 17 && first == last ? first : 0;

    // The policy of the other direction; null without one, or when it is not what it must be (with a finding).
    private StatementView? Pair(StatementView pair, StatementView policy, StatementView name, string vpn)
    {
        if (!name.Exists)
        {
            return null;
        }

        (string from, string to) = (pair.Values[0], pair.Values[1]);
        StatementView other = _root["security"]["policies"].Entry("from-zone", to, from).Entry("policy", name.Key);
        StatementView back = other["then"]["permit"]["tunnel"];
        string? wrong = !other.Exists ? $"there is no active policy '{name.Key}' from zone '{to}' to zone '{from}'"
            : back.Text("ipsec-vpn") != vpn ? $"policy '{name.Key}' from zone '{to}' to zone '{from}' does not name VPN '{vpn}'"
            : back.Text("pair-policy") != policy.Key ? $"policy '{name.Key}' from zone '{to}' to zone '{from}' does not have 'pair-policy {policy.Key}'"
            : null;
        if (wrong is not null)
        {
            _findings.Add(name.Error(wrong));
            return null;
        }

        return other;
    }

    // One tunnel for both: it carries what either lets pass.
    private PolicyTunnel Join(PolicyTunnel first, PolicyTunnel second, StatementView name)
    {
        if ((first.Local, first.Remote) != (second.Local, second.Remote))
        {
            _findings.Add(name.Error(
                $"a pair of policies shares one tunnel, but this one is about {second.Local} and {second.Remote}, the other about "
                + $"{first.Local} and {first.Remote}"));
        }

        if (first.CarriesAs(second))
        {
            return first;
        }

        PolicyTunnel both = first with { Protocol = 0, LocalPort = 0, RemotePort = 0 };
        _all[_all.IndexOf(first)] = both;
        foreach ((string, string, string) key in _byPolicy.Where(p => p.Value.Tunnel == first).Select(p => p.Key).ToArray())
        {
            _byPolicy[key] = (both, _byPolicy[key].Inbound);
        }

        return both;
    }
}
