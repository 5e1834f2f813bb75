using System.Globalization;
using System.Text;
using Google.Protobuf;
using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>From IKE policy rules, keys and transport profiles to IKE's intent: a gateway and a connection for each local address of a profile.</summary>
internal static class IkeBinding
{
    /// <summary>Seconds of an IKE SA where no rule says otherwise.</summary>
    public const uint Phase1Seconds = 28800;

    /// <summary>Id of the router's certificate.</summary>
    public const string RouterCertificate = "router";

    private const string Any = "0.0.0.0";
    private const uint L2tpPort = 1701;
    private const uint Udp = 17;

    private const uint LeastSeconds = 900;
    private const uint MostSeconds = 86400;
    private const uint LeastKilobytes = 100000;
    private const uint MostKilobytes = uint.MaxValue;

    /// <summary>Reads the intent.</summary>
    public static IkeIntent Bind(StatementView root, IReadOnlyList<VirtualRouter> routers, ChassisProfile profile, List<Finding> findings)
    {
        IkeIntent intent = new();
        if (ErxValues.NeedsIsm(profile).Kind != VerdictKind.Applied)
        {
            return intent;
        }

        IReadOnlyList<TunnelEnds> tunnels = [.. TunnelEnds.All(routers)];
        foreach (VirtualRouter router in routers)
        {
            Bind(root, router, tunnels, intent, findings);
        }

        return intent;
    }

    private static void Bind(
        StatementView root, VirtualRouter router, IReadOnlyList<TunnelEnds> tunnels, IkeIntent intent, List<Finding> findings)
    {
        HashSet<(string Local, string Remote)> taken = [];
        foreach (StatementView view in router.View["ipsec"]["transport"].List("profile").OrderBy(v => (v.Text("address") ?? Any) == Any))
        {
            IReadOnlyList<string> applications = ApplicationsOf(view);
            if (view.Text("address") == Any && applications.FirstOrDefault(a => a is "gre" or "dvmrp") is { } tunnel)
            {
                findings.Add(view.Error($"application {tunnel} needs the address of the peer: a profile for any peer secures L2TP alone"));
                continue;
            }

            // A fixed local address wins over any.
            foreach (StatementView local in view["local"]["ip"].List("address").OrderBy(l => l.Key == Any))
            {
                foreach ((string address, string external) in router.Addresses.Where(a => local.Key == Any || a.Address == local.Key))
                {
                    if (taken.Add((address, view.Text("address") ?? Any)))
                    {
                        Connect(root, router, tunnels, view, local, address, external, intent, taken, findings);
                    }
                }

                if (local.Key != Any && !router.Addresses.Any(a => a.Address == local.Key))
                {
                    findings.Add(local.Warning($"{local.Key} is no address of an interface in virtual router {router.Name}, so nobody can connect to it"));
                }
            }
        }

    }

    /// <summary>Applications of a profile, in the order of display.</summary>
    public static IReadOnlyList<string> ApplicationsOf(StatementView profile) =>
        profile["application"].Exists ? [.. profile["application"].Values.Order(StringComparer.Ordinal).OrderBy(a => a is "gre" ? 0 : 1)] : ["l2tp"];

    /// <summary>Transforms of a profile, the best first.</summary>
    public static IReadOnlyList<string> TransformsOf(StatementView profile) =>
        profile["transform-set"].Exists ? profile["transform-set"].Values : ["esp-3des-hmac-sha"];

    /// <summary>Lifetimes that a profile accepts.</summary>
    public static (uint LeastSeconds, uint MostSeconds, uint LeastKilobytes, uint MostKilobytes) LifetimesOf(StatementView profile)
    {
        (uint Low, uint High)? seconds = ErxValues.RangeOf(profile["lifetime"].Text("seconds"));
        (uint Low, uint High)? kilobytes = ErxValues.RangeOf(profile["lifetime"].Text("kilobytes"));
        return (seconds?.Low ?? LeastSeconds, seconds?.High ?? MostSeconds, kilobytes?.Low ?? LeastKilobytes, kilobytes?.High ?? MostKilobytes);
    }

    private static void Connect(
        StatementView root, VirtualRouter router, IReadOnlyList<TunnelEnds> tunnels, StatementView view, StatementView local, string address,
        string external, IkeIntent intent, HashSet<(string Local, string Remote)> taken, List<Finding> findings)
    {
        string remote = view.Text("address") ?? Any;
        Phase1Proposal[] rules = [.. Rules(root)];
        Phase1Proposal[] proposals = [.. rules.Where(p => p.Authentication == Authentication.PreSharedKey)];
        int before = intent.Gateways.Count;
        string name = $"{view.Key} {address} {router.Name}";
        StatementView keys = router.View["ipsec"]["key"]["manual"];

        // The key of the profile's local address goes before keys of peers.
        StatementView own = local.Has("pre-share") ? local["pre-share"] : keys.Entry("pre-share", remote)["key"];
        string? secret = KeyOf(local, "pre-share") ?? KeyOf(keys.Entry("pre-share", remote), "key");
        Phase1Proposal[] usable = secret is null ? [.. rules.Except(proposals)] : rules;
        if (usable.Length > 0)
        {
            Gateway gateway = Gateway(router, view, local, name, address, external, secret ?? string.Empty, own.Source);
            gateway.Proposals.Add(usable);
            Sign(root, gateway);

            // The profile names addresses alone: whoever has the key, or a certificate of an authority, may come.
            gateway.AnyIdentity = true;
            gateway.Mode = remote == Any ? Mode.Main : ModeOf(root, usable);
            Place(gateway, remote);
            Add(intent, router, tunnels, gateway, view, remote);
        }

        foreach (StatementView key in remote == Any ? keys.List("pre-share").Where(k => k.Key != Any) : [])
        {
            bool isAddress = Values.TryAddress(key.Key, out _);
            if (proposals.Length == 0 || KeyOf(key, "key") is not { } one || (isAddress && (local.Has("pre-share") || !taken.Add((address, key.Key)))))
            {
                continue;
            }

            Gateway gateway = Gateway(router, view, local, $"{name} {key.Key}", address, external, one, key["key"].Source);
            if (isAddress)
            {
                gateway.Proposals.Add(proposals);
                gateway.AnyIdentity = true;
                gateway.Mode = ModeOf(root, proposals);
                Place(gateway, key.Key);
                Add(intent, router, tunnels, gateway, view, key.Key);
                continue;
            }

            // In main mode the key is needed before the peer says its name.
            Phase1Proposal[] accepting = [.. proposals.Where(p => p.AcceptedModes.Contains(Mode.Aggressive))];
            gateway.Proposals.Add(accepting.Where(p => p.DhGroup == accepting[0].DhGroup));
            if (gateway.Proposals.Count == 0)
            {
                findings.Add(key.Warning("a peer is known by its name in aggressive mode alone, which no IKE policy rule accepts"));
                continue;
            }

            gateway.Mode = Mode.Aggressive;
            gateway.RemoteIdentity = new Identity
            {
                Kind = key.Key.Contains('@', StringComparison.Ordinal) ? Identity.Types.Kind.UserFqdn : Identity.Types.Kind.Fqdn,
                Value = key.Key,
                Source = key.Source,
            };
            gateway.DynamicPeer = new DynamicPeer();
            Add(intent, router, tunnels, gateway, view, Any);
        }

        if (intent.Gateways.Count == before)
        {
            findings.Add(proposals.Length == 0
                ? view.Warning("no IKE policy rule has 'authentication pre-share', so nobody can connect")
                : local.Warning("there is no preshared key for these peers, so none can connect"));
        }
    }

    // The router has one certificate for all; what the peers' must come from are all authorities that were loaded.
    private static void Sign(StatementView root, Gateway gateway)
    {
        if (gateway.Proposals.FirstOrDefault(p => p.Authentication == Authentication.RsaSignatures) is { } signing)
        {
            gateway.LocalCertificate = RouterCertificate;
            gateway.CertificateSource = signing.Source;
            gateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.DistinguishedName, Source = root["ipsec"]["identity"].Source };
        }
    }

    // The clear key; null where there is none that can be read.
    private static string? KeyOf(StatementView view, string word) => view.Secret(word) is { } masked ? MaskedKey.Unmask(masked) : null;

    private static Gateway Gateway(
        VirtualRouter router, StatementView view, StatementView local, string name, string address, string external, string key, Source keySource)
    {
        StatementView options = router.View["ipsec"]["option"];
        Gateway gateway = new()
        {
            Name = name,
            Source = view.Source,
            PreSharedKey = ByteString.CopyFrom(Encoding.UTF8.GetBytes(key)),
            KeySource = keySource,
            RemoteSource = view.Source,
            ExternalInterface = external,
            ExternalSource = local.Source,
            LocalAddress = address,
            ProposalsSource = view.Source,
            NoNatTraversal = options.Text("nat-t") is not null,
            NoNatKeepalive = true,
        };
        if (options.Has("dpd") && !ApplicationsOf(view).Any(a => a.StartsWith("l2tp", StringComparison.Ordinal)))
        {
            gateway.DeadPeerDetection = new DeadPeerDetection
            {
                Probe = DeadPeerDetection.Types.Probe.IdleTunnel, IntervalSeconds = 60, Threshold = 3,
            };
        }

        return gateway;
    }

    private static void Place(Gateway gateway, string remote)
    {
        if (remote == Any)
        {
            // One key for all peers: it opens nothing but L2TP.
            gateway.DynamicPeer = new DynamicPeer { Users = DynamicPeer.Types.Users.SharedIdentity };
        }
        else
        {
            gateway.RemoteAddresses.Add(remote);
        }
    }

    private static void Add(
        IkeIntent intent, VirtualRouter router, IReadOnlyList<TunnelEnds> tunnels, Gateway gateway, StatementView view, string remote)
    {
        intent.Gateways.Add(gateway);
        foreach (string application in ApplicationsOf(view).Where(a => a is "l2tp" or "l2tp-nat-passthrough").Take(1))
        {
            intent.Vpns.Add(Connection(view, gateway.Name, remote, application));
        }

        // Nothing is negotiated for tunnels before there is one.
        foreach (string application in ApplicationsOf(view).Where(a => a is "gre" or "dvmrp"))
        {
            if (tunnels.Any(t => t.Protocol == TunnelEnds.ProtocolOf(application) && t.IsSecured && t.Transport == router.Name
                && t.Source == gateway.LocalAddress && t.Destination == remote))
            {
                intent.Vpns.Add(Connection(view, gateway.Name, remote, application));
            }
        }
    }

    private static Vpn Connection(StatementView view, string gateway, string remote, string application)
    {
        (uint leastSeconds, uint mostSeconds, uint leastKilobytes, uint mostKilobytes) = LifetimesOf(view);
        uint tunnel = TunnelEnds.ProtocolOf(application);
        Vpn vpn = new()
        {
            Name = $"{gateway} {application}",
            Source = view.Source,
            Gateway = gateway,
            ProposalsSource = view["transform-set"].Source,
            PfsGroup = uint.Parse(view.Text("pfs") ?? "0", CultureInfo.InvariantCulture),
            PfsSource = view["pfs"].Source,
            LocalSelector = gateway.Split(' ')[1] + "/32",
            RemoteSelector = remote == Any ? string.Empty : remote + "/32",
            SelectorProtocol = tunnel == 0 ? Udp : tunnel,
            LocalPort = tunnel == 0 ? L2tpPort : 0,
            RemotePort = tunnel != 0 || remote == Any ? 0 : L2tpPort,
            EstablishImmediately = tunnel != 0,
            SelectorSource = view.Source,
            Transport = true,
            NatPassthrough = tunnel == 0 && ApplicationsOf(view).Contains("l2tp-nat-passthrough"),
            AcceptedLifetimes = new LifetimeRange
            {
                LeastSeconds = leastSeconds, MostSeconds = mostSeconds, LeastKilobytes = leastKilobytes, MostKilobytes = mostKilobytes,
            },
        };
        foreach (string transform in TransformsOf(view))
        {
            bool triple = transform.StartsWith("esp-3des", StringComparison.Ordinal);
            bool single = transform.StartsWith("esp-des", StringComparison.Ordinal);
            vpn.Proposals.Add(new Phase2Proposal
            {
                Name = transform,
                Source = vpn.ProposalsSource,
                Cipher = triple ? Cipher.TripleDesCbc : single ? Cipher.DesCbc : Cipher.Null,
                CipherKeyBytes = triple ? 24u : single ? 8u : 0,
                Mac = transform.EndsWith("md5", StringComparison.Ordinal) ? Mac.HmacMd596 : Mac.HmacSha196,
                // Who begins offers the least, who is asked takes what is in the range.
                LifetimeSeconds = tunnel == 0 ? mostSeconds : leastSeconds,
                LifetimeKilobytes = tunnel == 0 ? mostKilobytes : leastKilobytes,
            });
        }

        return vpn;
    }

    // Without a rule, one with all defaults is in force.
    private static IEnumerable<Phase1Proposal> Rules(StatementView root)
    {
        StatementView[] rules = [.. root["ipsec"].List("ike-policy-rule")];
        if (rules.Length == 0)
        {
            yield return Proposal("default", root["ipsec"]["ike-policy-rule"]);
        }

        foreach (StatementView rule in rules)
        {
            yield return Proposal(rule.Key, rule);
        }
    }

    // The rule of the highest priority says how the router begins. Message 1 of aggressive mode is for one group alone.
    private static Mode ModeOf(StatementView root, Phase1Proposal[] proposals) =>
        root["ipsec"].List("ike-policy-rule").FirstOrDefault()?.Text("aggressive-mode") is "requested" or "required"
        && proposals.Select(p => p.DhGroup).Distinct().Count() == 1 ? Mode.Aggressive : Mode.Main;

    private static IEnumerable<Mode> AcceptedModes(string? word) => word switch
    {
        null => [Mode.Main],
        "required" => [Mode.Aggressive],
        _ => [Mode.Main, Mode.Aggressive],
    };

    private static Phase1Proposal Proposal(string name, StatementView rule) => new()
    {
        AcceptedModes = { AcceptedModes(rule.Text("aggressive-mode")) },
        Name = name,
        Source = rule.Source,
        Authentication = rule.Text("authentication") == "rsa-sig" ? Authentication.RsaSignatures : Authentication.PreSharedKey,
        DhGroup = uint.Parse(rule.Text("group") ?? "2", CultureInfo.InvariantCulture),
        Hash = rule.Text("hash") == "md5" ? Hash.Md5 : Hash.Sha1,
        Cipher = rule.Text("encryption") == "des" ? Cipher.DesCbc : Cipher.TripleDesCbc,
        CipherKeyBytes = rule.Text("encryption") == "des" ? 8u : 24u,
        LifetimeSeconds = (uint)(rule.Number("lifetime") ?? Phase1Seconds),
    };
}
