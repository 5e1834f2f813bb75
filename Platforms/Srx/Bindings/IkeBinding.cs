using System.Globalization;
using System.Text;
using Google.Protobuf;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>security ike</c> to the gateways of IKE's intent.</summary>
internal static class IkeBinding
{
    private const uint DefaultProbeSeconds = 10;
    private const uint DefaultProbes = 5;
    private const uint DefaultBadSpiAnswers = 5;
    private const int MaximumAddresses = 4;

    /// <summary>Reads the intent.</summary>
    public static IkeIntent Bind(StatementView root, PolicyTunnels tunnels, List<Finding> findings)
    {
        StatementView answers = root["security"]["ike"]["respond-bad-spi"];
        IkeIntent intent = new()
        {
            Trace = Trace(root["security"]["ike"]["traceoptions"]),
            BadSpiResponses = answers.Exists ? (uint)(answers.Number(string.Empty) ?? answers.Number("max-responses") ?? DefaultBadSpiAnswers) : 0,
        };
        foreach (StatementView gateway in root["security"]["ike"].List("gateway"))
        {
            if (Gateway(root, gateway, findings) is { } bound)
            {
                intent.Gateways.Add(bound);
            }
        }

        VpnBinding.Bind(root, tunnels, intent, findings);
        return intent;
    }

    /// <summary>Cipher and key length of a keyword.</summary>
    public static (Cipher Cipher, uint KeyBytes) CipherOf(string? word) => word switch
    {
        "des-cbc" => (Cipher.DesCbc, 8),
        "3des-cbc" => (Cipher.TripleDesCbc, 24),
        "aes-128-cbc" => (Cipher.AesCbc, 16),
        "aes-192-cbc" => (Cipher.AesCbc, 24),
        "aes-256-cbc" => (Cipher.AesCbc, 32),
        "aes-128-gcm" => (Cipher.AesGcm16, 16),
        "aes-192-gcm" => (Cipher.AesGcm16, 24),
        "aes-256-gcm" => (Cipher.AesGcm16, 32),
        _ => (Cipher.Null, 0),
    };

    /// <summary>Number of a keyword such as <c>group14</c>; 0 when there is none.</summary>
    public static uint GroupOf(string? word) =>
        word is null ? 0 : uint.Parse(word["group".Length..], CultureInfo.InvariantCulture);

    private static Trace? Trace(StatementView options)
    {
        StatementView file = options["file"];
        return !options.Exists ? null : new Trace
        {
            File = file.Text(string.Empty) ?? "kmd",
            SizeBytes = (ulong)SrxValues.BytesOf(file.Text("size") ?? string.Empty),
            Files = (uint)(file.Number("files") ?? 0),
            Match = file.Text("match") ?? string.Empty,
            WorldReadable = file.Has("world-readable"),
            Flags = { options.List("flag").Select(flag => flag.Key) },
        };
    }

    private static Gateway? Gateway(StatementView root, StatementView view, List<Finding> findings)
    {
        StatementView policy = root["security"]["ike"].Entry("policy", view.Text("ike-policy") ?? string.Empty);
        if (!policy.Exists)
        {
            findings.Add(view["ike-policy"].Error($"there is no active IKE policy '{view.Text("ike-policy")}'"));
            return null;
        }

        StatementView key = policy["pre-shared-key"];
        byte[]? clear = key.Secret("ascii-text") is { } text ? Encoding.UTF8.GetBytes(text)
            : key.Secret("hexadecimal") is { } digits ? Convert.FromHexString(digits)
            : null;
        StatementView certificate = policy["certificate"];
        if (clear is null && !certificate.Has("local-certificate"))
        {
            findings.Add(policy.Error($"the policy has no pre-shared-key and no local-certificate, but gateway '{view.Key}' uses it"));
            return null;
        }

        Gateway gateway = new()
        {
            Name = view.Key,
            Source = view.Source,
            Mode = policy.Text("mode") == "aggressive" ? Mode.Aggressive : Mode.Main,
            ModeSource = (policy.Has("mode") ? policy["mode"] : policy).Source,
            PreSharedKey = ByteString.CopyFrom(clear ?? []),
            LocalCertificate = certificate.Text("local-certificate") ?? string.Empty,
            AuthorityProfile = certificate["trusted-ca"].Text("ca-profile") ?? string.Empty,
            PrefersPkcs7 = certificate.Text("peer-certificate-type") == "pkcs7",
            CertificateSource = certificate.Exists ? certificate.Source : null,
            KeySource = key.Source,
            RemoteSource = view["address"].Source,
            ExternalInterface = view.Text("external-interface") ?? string.Empty,
            ExternalSource = view["external-interface"].Source,
            LocalAddress = view.Text("local-address") ?? string.Empty,
            LocalIdentity = Identity(view["local-identity"]),
            RemoteIdentity = Identity(view["remote-identity"]),
            DeadPeerDetection = Probes(view["dead-peer-detection"]),
            NoNatTraversal = view.Has("no-nat-traversal"),
            NatKeepaliveSeconds = (uint)(view.Number("nat-keepalive") ?? 0),
        };
        gateway.RemoteAddresses.Add(Addresses(root, view["address"]));
        AddDynamic(view["dynamic"], gateway);
        gateway.AnyIdentity = view.Has("general-ikeid");
        gateway.Xauth = XauthBinding.Read(root, view["xauth"], findings);
        AddProposals(root, policy, gateway, findings);
        CheckInterface(root, view, gateway, findings);
        return gateway;
    }

    // A name may have addresses of both families, of which a gateway has one: that of the first.
    private static IEnumerable<string> Addresses(StatementView root, StatementView list)
    {
        string[] all = [.. list.Values.SelectMany(v => Values.TryAddress(v, out _) || Values.TryAddress6(v, out _) ? [v] : HostMapping.Find(root, v))];
        return all.Length == list.Values.Count ? all : all.Where(a => IsVersion6(a) == IsVersion6(all[0])).Distinct(StringComparer.Ordinal).Take(MaximumAddresses);
    }

    private static bool IsVersion6(string address) => address.Contains(':', StringComparison.Ordinal);

    private static void AddDynamic(StatementView view, Gateway gateway)
    {
        if (!view.Exists)
        {
            return;
        }

        gateway.RemoteSource = view.Source;
        gateway.RemoteIdentity = Identity(view);
        gateway.DynamicPeer = new DynamicPeer
        {
            Users = view.Text("ike-user-type") switch
            {
                "group-ike-id" => DynamicPeer.Types.Users.GroupIdentity,
                "shared-ike-id" => DynamicPeer.Types.Users.SharedIdentity,
                _ => DynamicPeer.Types.Users.One,
            },
            ConnectionsLimit = (uint)(view.Number("connections-limit") ?? 0),
        };
    }

    private static void AddProposals(StatementView root, StatementView policy, Gateway gateway, List<Finding> findings)
    {
        StatementView names = policy["proposals"];
        if (policy.Text("proposal-set") is { } set)
        {
            gateway.ProposalsSource = policy["proposal-set"].Source;
            gateway.Proposals.Add(ProposalSets.Phase1(set, gateway.ProposalsSource));
            return;
        }

        gateway.ProposalsSource = names.Source;
        foreach (string name in names.Values)
        {
            StatementView proposal = root["security"]["ike"].Entry("proposal", name);
            if (!proposal.Exists)
            {
                findings.Add(names.Error($"there is no active IKE proposal '{name}'"));
                continue;
            }

            (Cipher cipher, uint keyBytes) = CipherOf(proposal.Text("encryption-algorithm"));
            gateway.Proposals.Add(new Phase1Proposal
            {
                Name = name,
                Source = proposal.Source,
                Authentication = proposal.Text("authentication-method") == "rsa-signatures" ? Authentication.RsaSignatures : Authentication.PreSharedKey,
                DhGroup = GroupOf(proposal.Text("dh-group")),
                Hash = proposal.Text("authentication-algorithm") switch
                {
                    "md5" => Hash.Md5,
                    "sha1" => Hash.Sha1,
                    "sha-256" => Hash.Sha256,
                    _ => Hash.Unspecified,
                },
                Cipher = cipher,
                CipherKeyBytes = keyBytes,
                LifetimeSeconds = (uint)(proposal.Number("lifetime-seconds") ?? ProposalSets.Phase1Seconds),
            });
        }
    }

    private static void CheckInterface(StatementView root, StatementView view, Gateway gateway, List<Finding> findings)
    {
        StatementView name = view["external-interface"];
        string[] parts = gateway.ExternalInterface.Split('.');
        StatementView unit = root["interfaces"].Entry(string.Empty, parts[0]).Entry("unit", parts[^1]);
        bool isVersion6 = gateway.RemoteAddresses.Append(gateway.LocalAddress).Any(a => a.Contains(':', StringComparison.Ordinal));
        // A peer from anywhere may come by either family.
        bool isEither = gateway is { DynamicPeer: not null, LocalAddress.Length: 0 };
        string[] families = isEither ? ["inet", "inet6"] : [isVersion6 ? "inet6" : "inet"];
        string[] addresses = [.. families.SelectMany(f => unit["family"][f].List("address")).Select(a => a.Key.Split('/')[0])];
        if (!unit.Exists)
        {
            findings.Add(name.Error($"{gateway.ExternalInterface} is not configured under 'interfaces'"));
        }
        else if (addresses.Length == 0)
        {
            findings.Add(name.Error($"{gateway.ExternalInterface} has no {(isEither ? "" : isVersion6 ? "IPv6 " : "IPv4 ")}address, so IKE has none to speak from"));
        }
        else if (gateway.LocalAddress.Length > 0 && !addresses.Contains(gateway.LocalAddress))
        {
            findings.Add(view["local-address"].Error(
                $"{gateway.LocalAddress} is no address of {gateway.ExternalInterface}, which has {string.Join(", ", addresses)}"));
        }

        if (unit.Exists)
        {
            CheckZone(root, name, gateway.ExternalInterface, findings);
        }
    }

    private static void CheckZone(StatementView root, StatementView name, string external, List<Finding> findings)
    {
        IReadOnlyList<string>? services = ZoneInterfaces.Services(root, external);
        if (services is null)
        {
            findings.Add(name.Warning($"{external} is in no security zone, so packets of the peer are dropped"));
        }
        else if (!services.Any(s => s is "ike" or HostServices.All or HostServices.AnyService))
        {
            findings.Add(name.Warning(
                $"the zone of {external} does not allow 'ike' in host-inbound-traffic system-services, so IKE of the peer is dropped"));
        }
    }

    private static Identity? Identity(StatementView view)
    {
        foreach (StatementView value in view.Children.Where(c => c.Name is "inet" or "inet6" or "hostname" or "user-at-hostname" or "distinguished-name"))
        {
            return new Identity
            {
                Kind = value.Name switch
                {
                    "hostname" => Proto.Ike.V1.Identity.Types.Kind.Fqdn,
                    "user-at-hostname" => Proto.Ike.V1.Identity.Types.Kind.UserFqdn,
                    "distinguished-name" => Proto.Ike.V1.Identity.Types.Kind.DistinguishedName,
                    _ => Proto.Ike.V1.Identity.Types.Kind.Address,
                },
                Value = value.Name == "distinguished-name" ? value.Text("wildcard") ?? string.Empty : value.Key,
                OrderedValue = value.Text("container") ?? string.Empty,
                Source = view.Source,
            };
        }

        return null;
    }

    private static DeadPeerDetection? Probes(StatementView view) => !view.Exists ? null : new DeadPeerDetection
    {
        Probe = view.Has("always-send") ? DeadPeerDetection.Types.Probe.AlwaysSend
            : view.Has("probe-idle-tunnel") ? DeadPeerDetection.Types.Probe.IdleTunnel
            : DeadPeerDetection.Types.Probe.Optimized,
        IntervalSeconds = (uint)(view.Number("interval") ?? DefaultProbeSeconds),
        Threshold = (uint)(view.Number("threshold") ?? DefaultProbes),
    };
}
