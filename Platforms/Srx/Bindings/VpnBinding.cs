using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>security ipsec</c> to the VPNs of IKE's intent.</summary>
internal static class VpnBinding
{
    /// <summary>Adds the VPNs.</summary>
    public static void Bind(StatementView root, PolicyTunnels tunnels, IkeIntent intent, List<Finding> findings)
    {
        Dictionary<string, (NextHopTunnels Unit, string Vpn)> bound = new(StringComparer.Ordinal);
        HashSet<string> gateways = [.. intent.Gateways.Select(g => g.Name)];
        ILookup<string, PolicyTunnel> ofPolicies = tunnels.All.ToLookup(t => t.Vpn, StringComparer.Ordinal);
        foreach (StatementView view in root["security"]["ipsec"].List("vpn"))
        {
            if (view.Text("bind-interface") is not { } tunnel)
            {
                AddPolicyBased(Vpn(root, view, gateways, findings), view, [.. ofPolicies[view.Key]], intent, findings);
                continue;
            }

            if (!bound.TryGetValue(tunnel, out (NextHopTunnels Unit, string Vpn) first))
            {
                bound.Add(tunnel, first = (new(root, tunnel), view.Key));
            }
            else if (!first.Unit.IsMultipoint)
            {
                findings.Add(view["bind-interface"].Error(
                    $"VPN '{first.Vpn}' is bound to {tunnel} already: give each VPN its own unit of st0, or make the unit 'multipoint'"));
            }

            if (Vpn(root, view, gateways, findings) is { } vpn)
            {
                vpn.BindInterface = tunnel;
                AddRouteBased(view, first.Unit, vpn, intent, findings);
                CheckTunnel(root, view["bind-interface"], tunnel, findings);
            }
        }
    }

    private static void AddRouteBased(StatementView view, NextHopTunnels unit, Vpn vpn, IkeIntent intent, List<Finding> findings)
    {
        StatementView[] selectors = [.. view.List("traffic-selector")];
        vpn.NextHops.Add(unit.Of(view.Key));
        if (unit.IsMultipoint && vpn.NextHops.Count == 0 && selectors.Length == 0)
        {
            findings.Add(view["bind-interface"].Error(
                $"{unit.Name} is multipoint: give it 'family inet next-hop-tunnel ADDRESS ipsec-vpn {view.Key}', or the VPN traffic selectors"));
        }

        if (selectors.Length > 0 && view["ike"].Has("proxy-identity"))
        {
            findings.Add(view["ike"]["proxy-identity"].Error("the VPN has traffic selectors: they and a proxy-identity exclude each other"));
        }

        if (selectors.Length == 0)
        {
            intent.Vpns.Add(vpn);
        }

        foreach (StatementView selector in selectors)
        {
            Vpn one = vpn.Clone();
            one.Tunnel = $"{view.Key}:{selector.Key}";
            one.TrafficSelector = selector.Key;
            one.LocalSelector = selector.Text("local-ip") ?? string.Empty;
            one.RemoteSelector = selector.Text("remote-ip") ?? string.Empty;
            one.SelectorSource = selector.Source;
            intent.Vpns.Add(one);
        }
    }

    private static void AddPolicyBased(
        Vpn? vpn, StatementView view, PolicyTunnel[] tunnels, IkeIntent intent, List<Finding> findings)
    {
        if (vpn is null)
        {
            return;
        }

        foreach (StatementView selector in view.List("traffic-selector"))
        {
            findings.Add(selector.Error("traffic selectors need an interface: bind the VPN to a unit of st0 with 'bind-interface'"));
        }

        if (intent.Gateways.FirstOrDefault(g => g.Name == vpn.Gateway) is { Xauth.Pool: not null, DynamicPeer.Users: not DynamicPeer.Types.Users.One })
        {
            findings.Add(view.Error(
                "many users with addresses of a pool need an interface, whose routes lead to each of them: bind the VPN to a unit of st0 with 'bind-interface'"));
        }

        if (tunnels.Length == 0)
        {
            findings.Add(view.Warning(
                "the VPN carries nothing: bind it to a unit of st0 with 'bind-interface', or let a policy permit into it with 'tunnel ipsec-vpn'"));
        }

        foreach (PolicyTunnel tunnel in tunnels)
        {
            Vpn one = vpn.Clone();
            // Keys by hand are one tunnel, whatever policies lead to it.
            one.Tunnel = tunnel.Name;
            one.LocalSelector = tunnel.Local;
            one.RemoteSelector = tunnel.Remote;
            one.SelectorProtocol = tunnel.Protocol;
            one.LocalPort = tunnel.LocalPort;
            one.RemotePort = tunnel.RemotePort;
            one.SelectorSource = tunnel.Source.Source;
            one.Policies.Add(tunnel.Policies);
            intent.Vpns.Add(one);
        }
    }

    private static Vpn? Vpn(StatementView root, StatementView view, HashSet<string> gateways, List<Finding> findings)
    {
        if (view["manual"] is { Exists: true } manual)
        {
            return new Vpn
            {
                Name = view.Key, Source = view.Source, Manual = ManualBinding.Keys(manual, findings), DfBit = DfBitOf(view),
            };
        }

        StatementView ike = view["ike"];
        string gateway = ike.Text("gateway") ?? string.Empty;
        StatementView policy = root["security"]["ipsec"].Entry("policy", ike.Text("ipsec-policy") ?? string.Empty);
        if (!policy.Exists)
        {
            findings.Add(ike["ipsec-policy"].Error($"there is no active IPsec policy '{ike.Text("ipsec-policy")}'"));
            return null;
        }

        if (!gateways.Contains(gateway))
        {
            if (!root["security"]["ike"].Entry("gateway", gateway).Exists)
            {
                findings.Add(ike["gateway"].Error($"there is no active IKE gateway '{gateway}'"));
            }

            return null;
        }

        StatementView proxy = ike["proxy-identity"];
        Vpn vpn = new()
        {
            Name = view.Key,
            Source = view.Source,
            Gateway = gateway,
            EstablishImmediately = view.Text("establish-tunnels") == "immediately",
            LocalSelector = Side(proxy, "local", "remote"),
            RemoteSelector = Side(proxy, "remote", "local"),
            SelectorSource = (proxy.Exists ? proxy : ike).Source,
            DfBit = DfBitOf(view),
            IdleSeconds = (uint)(ike.Number("idle-time") ?? 0),
            InstallSeconds = (uint)(ike.Number("install-interval") ?? 0),
            Monitor = Monitor(root, view["vpn-monitor"]),
            NoAntiReplay = ike.Has("no-anti-replay"),
            ReplayWindow = (uint)(ike.Number("anti-replay-window-size") ?? 0),
        };
        AddProposals(root, policy, vpn, findings);
        if (Service(root, proxy, findings) is { } service)
        {
            (vpn.SelectorProtocol, vpn.LocalPort, vpn.RemotePort) = service;
        }

        return vpn;
    }

    /// <summary>
    /// What the service of a proxy identity says: its source port is that of our side, its destination port that of the peer's. Null
    /// where it says nothing, or what no identity of phase 2 can say (with a finding).
    /// </summary>
    public static (uint Protocol, uint LocalPort, uint RemotePort)? Service(StatementView root, StatementView proxy, List<Finding> findings)
    {
        if (proxy.Text("service") is null or "any" || new ApplicationBook(root).Resolve(proxy["service"], findings) is not { } applications)
        {
            return null;
        }

        if (applications is [{ Protocol: not (1 or 58) } one] && one.FirstSourcePort == one.LastSourcePort && one.FirstDestinationPort == one.LastDestinationPort)
        {
            return (one.Protocol, one.FirstSourcePort, one.FirstDestinationPort);
        }

        if (applications is [{ LastDestinationPort: 0, HasIcmpCode: false } icmp])
        {
            return (icmp.Protocol, 0, 0);
        }

        findings.Add(proxy["service"].Error($"a proxy identity has one protocol and one port on each side, or any: '{proxy.Text("service")}' has others"));
        return null;
    }

    /// <summary>One side of a proxy identity; one that is not said has every address of the other's family.</summary>
    public static string Side(StatementView proxy, string side, string other) =>
        proxy.Text(side) ?? (proxy.Text(other)?.Contains(':', StringComparison.Ordinal) == true ? "::/0" : string.Empty);

    private static DfBit DfBitOf(StatementView view) =>
        view.Text("df-bit") switch { "set" => DfBit.Set, "copy" => DfBit.Copy, _ => DfBit.Clear };

    private static VpnMonitor? Monitor(StatementView root, StatementView view)
    {
        StatementView options = root["security"]["ipsec"]["vpn-monitor-options"];
        return !view.Exists ? null : new VpnMonitor
        {
            Optimized = view.Has("optimized"),
            SourceInterface = view.Text("source-interface") ?? string.Empty,
            Destination = view.Text("destination-ip") ?? string.Empty,
            IntervalSeconds = (uint)(options.Number("interval") ?? 0),
            Threshold = (uint)(options.Number("threshold") ?? 0),
            Source = view.Source,
        };
    }

    private static void AddProposals(StatementView root, StatementView policy, Vpn vpn, List<Finding> findings)
    {
        StatementView secrecy = policy["perfect-forward-secrecy"];
        StatementView names = policy["proposals"];
        if (policy.Text("proposal-set") is { } set)
        {
            vpn.ProposalsSource = policy["proposal-set"].Source;
            vpn.Proposals.Add(ProposalSets.Phase2(set, vpn.ProposalsSource));
            vpn.PfsGroup = ProposalSets.PfsGroup(set);
            vpn.PfsSource = vpn.ProposalsSource.Clone();
        }
        else
        {
            vpn.ProposalsSource = names.Source;
            vpn.PfsSource = policy.Source;
            foreach (string name in names.Values)
            {
                if (root["security"]["ipsec"].Entry("proposal", name) is { Exists: true } proposal)
                {
                    vpn.Proposals.Add(Proposal(name, proposal));
                    if (proposal.Text("protocol") == "esp" && !proposal.Has("encryption-algorithm"))
                    {
                        findings.Add(proposal.Warning($"IPsec proposal '{name}' has no encryption-algorithm: packets are authenticated but not encrypted"));
                    }
                }
                else
                {
                    findings.Add(names.Error($"there is no active IPsec proposal '{name}'"));
                }
            }
        }

        // What is written wins over what comes with a set.
        if (secrecy.Text("keys") is { } keys)
        {
            vpn.PfsGroup = IkeBinding.GroupOf(keys);
            vpn.PfsSource = secrecy["keys"].Source;
        }
    }

    /// <summary>The protocol that a proposal or manual keys name.</summary>
    public static Protocol ProtocolOf(StatementView view) =>
        view.Text("protocol") switch { "ah" => Protocol.Ah, "bundle" => Protocol.Bundle, _ => Protocol.Esp };

    private static Phase2Proposal Proposal(string name, StatementView view)
    {
        (Cipher cipher, uint keyBytes) = IkeBinding.CipherOf(view.Text("encryption-algorithm"));
        return new Phase2Proposal
        {
            Name = name,
            Source = view.Source,
            Protocol = ProtocolOf(view),
            Cipher = cipher,
            CipherKeyBytes = keyBytes,
            Mac = view.Text("authentication-algorithm") switch
            {
                "hmac-md5-96" => Mac.HmacMd596,
                "hmac-sha1-96" => Mac.HmacSha196,
                "hmac-sha-256-128" => Mac.HmacSha256128,
                "hmac-sha-256-96" => Mac.HmacSha25696,
                _ => Mac.None,
            },
            ExtendedSequence = view.Has("extended-sequence-number"),
            LifetimeSeconds = (uint)(view.Number("lifetime-seconds") ?? ProposalSets.Phase2Seconds),
            LifetimeKilobytes = (uint)(view.Number("lifetime-kilobytes") ?? 0),
        };
    }

    private static void CheckTunnel(StatementView root, StatementView bind, string tunnel, List<Finding> findings)
    {
        StatementView unit = root["interfaces"].Entry(string.Empty, "st0").Entry("unit", tunnel["st0.".Length..]);
        if (!unit.Has("family"))
        {
            findings.Add(bind.Error($"{tunnel} is not configured with 'family inet' under 'interfaces'"));
        }
        else if (ZoneInterfaces.Find(root, tunnel) is null)
        {
            findings.Add(bind.Warning($"{tunnel} is in no security zone, so what comes out of the tunnel is dropped"));
        }
    }
}
