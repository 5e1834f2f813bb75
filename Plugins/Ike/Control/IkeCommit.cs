using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using Esp = RouterOS.Proto.Esp.V1;

namespace RouterOS.Ike.Control;

/// <summary>Checks an intent before it is committed: pure, no I/O.</summary>
internal static class IkeCommit
{
    private const uint LargestReplayWindow = 8192;

    private static readonly uint[] s_groups = [1, 2, 5, 14];

    public static IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        IkeIntent intent = candidate.Get<IkeIntent>();
        Dictionary<string, LogicalInterface> interfaces = [];
        foreach (LogicalInterface unit in candidate.Get<SystemIntent>().Interfaces.SelectMany(i => i.Units))
        {
            interfaces[unit.Name] = unit;
        }

        List<Finding> findings = [];
        Dictionary<string, Gateway> gateways = [];
        Dictionary<(string, string), List<Gateway>> peers = [];
        HashSet<(string, Identity.Types.Kind, string, string)> dynamic = [];
        foreach (Gateway gateway in intent.Gateways)
        {
            if (!gateways.TryAdd(gateway.Name, gateway))
            {
                Add(findings, gateway.Source, $"gateway {gateway.Name} is defined twice");
            }

            Check(gateway, interfaces, findings);
            // An address means something in its routing instance.
            string instance = interfaces.GetValueOrDefault(gateway.ExternalInterface)?.Instance ?? string.Empty;
            string local = gateway.LocalAddress.Length == 0 ? gateway.ExternalInterface : $"{gateway.LocalAddress} {instance}";
            (string, Identity.Types.Kind, string, string) identity = (
                local, gateway.RemoteIdentity?.Kind ?? 0, (gateway.RemoteIdentity?.Value ?? string.Empty).ToLowerInvariant(),
                (gateway.RemoteIdentity?.OrderedValue ?? string.Empty).ToLowerInvariant());
            if (gateway.DynamicPeer is not null && !dynamic.Add(identity))
            {
                Add(findings, gateway.RemoteSource ?? gateway.Source,
                    $"another gateway on {gateway.ExternalInterface} has the dynamic peer {gateway.RemoteIdentity?.Value}{gateway.RemoteIdentity?.OrderedValue} already");
            }

            foreach (string remote in gateway.RemoteAddresses)
            {
                // Main mode with a preshared key knows the peer by its address alone (RFC 2409 section 5.4), until the peer says who it is.
                List<Gateway> others = peers.TryGetValue((local, remote), out List<Gateway>? present) ? present : peers[(local, remote)] = [];
                if (others.Find(o => o != gateway && !MayShare(o, gateway)) is { } other)
                {
                    Add(findings, gateway.RemoteSource ?? gateway.Source,
                        $"gateways {other.Name} and {gateway.Name} have the same local side and peer address {remote}; peers behind one NAT "
                        + "need the same pre-shared-key and proposals, and a remote-identity each");
                }

                others.Add(gateway);
            }
        }

        HashSet<string> names = [];
        Dictionary<uint, string> spis = [];
        Dictionary<string, Vpn> bound = [];
        HashSet<(string, ProxyIdentity)> selectors = [];
        foreach (Vpn vpn in intent.Vpns)
        {
            if (!names.Add(IkeIntentReader.NameOf(vpn)))
            {
                Add(findings, vpn.Source, $"vpn {IkeIntentReader.NameOf(vpn)} is defined twice");
            }

            if (vpn.Manual is null)
            {
                Check(vpn, gateways, interfaces, findings);
            }
            else
            {
                ManualCommit.Check(vpn, interfaces, spis, findings);
            }

            // Several share an interface where each packet tells which of them it is for.
            if (vpn.BindInterface.Length > 0 && !bound.TryAdd(vpn.BindInterface, vpn)
                && !(vpn.TrafficSelector.Length > 0 && bound[vpn.BindInterface].Name == vpn.Name)
                && !(vpn.NextHops.Count > 0 && bound[vpn.BindInterface].NextHops.Count > 0))
            {
                Add(findings, vpn.Source,
                    $"bind-interface {vpn.BindInterface} belongs to vpn {bound[vpn.BindInterface].Name} already; each vpn needs its own");
            }

            if (vpn.Manual is null && !selectors.Add((vpn.Gateway, IkeIntentReader.Read(vpn).Selector)))
            {
                Add(findings, vpn.SelectorSource ?? vpn.Source, $"another vpn of gateway {vpn.Gateway} has the same proxy-identity");
            }
        }

        return findings;
    }

    // Key and proposals are chosen before the identity is known.
    private static bool MayShare(Gateway one, Gateway other)
    {
        GatewayPolicy first = IkeIntentReader.Read(one);
        GatewayPolicy second = IkeIntentReader.Read(other);
        // In aggressive mode the identity comes first.
        bool alike = (first.IsAggressive && second.IsAggressive)
            || (first.IsAggressive == second.IsAggressive && first.PreSharedKey.AsSpan().SequenceEqual(second.PreSharedKey)
                && first.Proposals.Select(p => (p.Algorithms, p.LifetimeSeconds)).SequenceEqual(
                    second.Proposals.Select(p => (p.Algorithms, p.LifetimeSeconds))));
        return first.NatTraversal && second.NatTraversal && alike
            && first.RemoteIdentity.Value.Length > 0 && second.RemoteIdentity.Value.Length > 0
            && (first.RemoteIdentity.Kind, first.RemoteIdentity.Value) != (second.RemoteIdentity.Kind, second.RemoteIdentity.Value);
    }

    private static void Check(Gateway gateway, Dictionary<string, LogicalInterface> interfaces, List<Finding> findings)
    {
        string name = $"gateway {gateway.Name}";
        if (gateway.Mode == Mode.Aggressive && gateway.Proposals.Select(p => p.DhGroup).Distinct().Count() > 1)
        {
            // Message 1 carries the public value: its group cannot be negotiated.
            Add(findings, gateway.ProposalsSource ?? gateway.Source, $"{name}: aggressive mode needs the same dh-group in all proposals");
        }

        if (gateway.Proposals.Count == 0)
        {
            Add(findings, gateway.ProposalsSource ?? gateway.Source, $"{name} has no phase 1 proposal");
        }

        foreach (Phase1Proposal proposal in gateway.Proposals)
        {
            Check(proposal, gateway.ProposalsSource ?? gateway.Source, findings);
        }

        if (gateway.Proposals.Any(p => p.Authentication != Authentication.RsaSignatures) && gateway.PreSharedKey.IsEmpty)
        {
            Add(findings, gateway.KeySource ?? gateway.Source, $"{name} has no pre-shared-key");
        }

        if (gateway.Proposals.Any(p => p.Authentication == Authentication.RsaSignatures))
        {
            if (gateway.LocalCertificate.Length == 0)
            {
                Add(findings, gateway.KeySource ?? gateway.Source, $"{name} has a proposal with rsa-signatures, but no local-certificate");
            }
        }

        if (gateway.Xauth is not null)
        {
            XauthCommit.Check(gateway, findings);
        }

        if (gateway.DynamicPeer is null && gateway.RemoteAddresses.Count == 0)
        {
            Add(findings, gateway.RemoteSource ?? gateway.Source, $"{name} has no address; a peer without one needs an identity as a dynamic one");
        }

        if (gateway.DynamicPeer is not null)
        {
            CheckDynamic(gateway, name, findings);
        }

        foreach (string remote in gateway.RemoteAddresses.Where(r => !PeerAddress.TryParse(r, out _)))
        {
            Add(findings, gateway.RemoteSource ?? gateway.Source, $"{name}: {remote} is not an address");
        }

        bool isVersion6 = FamilyOf(gateway, name, findings);
        Source external = gateway.ExternalSource ?? gateway.Source;
        if (gateway.ExternalInterface.Length == 0)
        {
            Add(findings, external, $"{name} has no external-interface");
        }
        else if (!interfaces.TryGetValue(gateway.ExternalInterface, out LogicalInterface? unit))
        {
            Add(findings, external, $"{name}: external-interface {gateway.ExternalInterface} is not configured under interfaces");
        }
        else if (gateway is { LocalAddress.Length: 0, DynamicPeer: not null } && unit.Addresses.Count == 0)
        {
            Add(findings, external, $"{name}: external-interface {gateway.ExternalInterface} has no address");
        }
        else if (gateway is { LocalAddress.Length: 0, DynamicPeer: null } && unit.Addresses.All(a => IsVersion6(a.Address) != isVersion6))
        {
            Add(findings, external, $"{name}: external-interface {gateway.ExternalInterface} has no {(isVersion6 ? "inet6" : "inet")} address");
        }
        else if (gateway.LocalAddress.Length > 0 && unit.Addresses.All(a => a.Address != gateway.LocalAddress))
        {
            Add(findings, external, $"{name}: local-address {gateway.LocalAddress} is not an address of {gateway.ExternalInterface}");
        }

        foreach (Identity? identity in (Identity?[])[gateway.LocalIdentity, gateway.RemoteIdentity])
        {
            bool bad = identity is not null && (identity.Kind == Identity.Types.Kind.Address
                ? identity.Value.Length > 0 && !PeerAddress.TryParse(identity.Value, out _)
                : identity.Value.Length > 255 || identity.OrderedValue.Length > 255 || (identity.Value.Length == 0 && identity.Kind != Identity.Types.Kind.DistinguishedName));
            if (bad)
            {
                Add(findings, identity!.Source ?? gateway.Source, $"{name}: '{identity.Value}' is not a valid identity of its kind");
            }
        }
    }

    // One external address serves all of a gateway's peers, so they are of one family.
    private static bool FamilyOf(Gateway gateway, string name, List<Finding> findings)
    {
        string[] addresses = [.. gateway.RemoteAddresses, .. gateway.LocalAddress.Length > 0 ? [gateway.LocalAddress] : Array.Empty<string>()];
        bool isVersion6 = addresses.Any(IsVersion6);
        if (isVersion6 && !addresses.All(IsVersion6))
        {
            Add(findings, gateway.RemoteSource ?? gateway.Source, $"{name} has addresses of IPv4 and of IPv6: write one gateway for each family");
        }

        return isVersion6;
    }

    private static bool IsVersion6(string address) => address.Contains(':', StringComparison.Ordinal);

    private static void CheckDynamic(Gateway gateway, string name, List<Finding> findings)
    {
        Source source = gateway.RemoteSource ?? gateway.Source;
        if (gateway.RemoteAddresses.Count > 0)
        {
            Add(findings, source, $"{name} has an address and a dynamic peer: only one of them can be");
        }

        // One key for whoever comes needs no identity first.
        bool isGroupKey = gateway.AnyIdentity && gateway.DynamicPeer.Users == DynamicPeer.Types.Users.SharedIdentity;
        if (gateway.Mode != Mode.Aggressive && !isGroupKey)
        {
            // RFC 2409 section 5.4: in main mode the key is needed before the identity comes.
            Add(findings, gateway.ModeSource ?? source,
                $"{name}: a peer with a dynamic address and a pre-shared-key is known by its identity, which comes too late in main mode; use mode aggressive");
        }

        if (string.IsNullOrEmpty(gateway.RemoteIdentity?.Value + gateway.RemoteIdentity?.OrderedValue) && !gateway.AnyIdentity)
        {
            Add(findings, source, $"{name}: a dynamic peer needs an identity");
        }

        if (gateway.DynamicPeer.Users == DynamicPeer.Types.Users.GroupIdentity
            && gateway.RemoteIdentity?.Kind is not (Identity.Types.Kind.Fqdn or Identity.Types.Kind.UserFqdn or Identity.Types.Kind.DistinguishedName))
        {
            Add(findings, source, $"{name}: a group of identities needs a host name or user name that they end with, or parts of the subject of a certificate");
        }
    }

    private static void Check(Phase1Proposal proposal, Source fallback, List<Finding> findings)
    {
        Source source = proposal.Source ?? fallback;
        string name = $"ike proposal {proposal.Name}";
        if (proposal.Authentication is not (Authentication.PreSharedKey or Authentication.RsaSignatures))
        {
            Add(findings, source, $"{name} needs authentication-method pre-shared-keys or rsa-signatures");
        }

        if (!s_groups.Contains(proposal.DhGroup))
        {
            Add(findings, source, $"{name} needs a dh-group: group1, group2, group5 or group14");
        }

        if (IkeIntentReader.Hash(proposal.Hash) == Abstractions.Crypto.MacAlgorithm.None)
        {
            Add(findings, source, $"{name} needs an authentication-algorithm: md5, sha1 or sha-256");
        }

        if (proposal.Cipher is Esp.Cipher.Null or Esp.Cipher.AesGcm16 || !IsKeyLength(proposal.Cipher, proposal.CipherKeyBytes))
        {
            Add(findings, source, $"{name} needs an encryption-algorithm: des-cbc, 3des-cbc, aes-128-cbc, aes-192-cbc or aes-256-cbc");
        }
    }

    private static void CheckBundle(Phase2Proposal proposal, Source source, List<Finding> findings)
    {
        if (proposal.Mac == Esp.Mac.None || proposal.Cipher == Esp.Cipher.Null)
        {
            Add(findings, source,
                $"ipsec proposal {proposal.Name} of protocol bundle needs an authentication-algorithm, for AH, and an encryption-algorithm, for ESP inside it");
        }

        if (proposal.ExtendedSequence)
        {
            Add(findings, source, $"ipsec proposal {proposal.Name}: protocol bundle has no sequence numbers of 64 bits (extended-sequence-number)");
        }
    }

    private static void Check(
        Vpn vpn, Dictionary<string, Gateway> gateways, Dictionary<string, LogicalInterface> interfaces, List<Finding> findings)
    {
        string name = $"vpn {vpn.Name}";
        if (!gateways.ContainsKey(vpn.Gateway))
        {
            Add(findings, vpn.Source, vpn.Gateway.Length == 0 ? $"{name} has no gateway" : $"{name}: gateway {vpn.Gateway} is not defined");
        }

        if (vpn.Monitor is { } monitor && gateways.TryGetValue(vpn.Gateway, out Gateway? peer))
        {
            Check(monitor, peer, vpn, interfaces, findings);
        }

        if (vpn.BindInterface.Length > 0 && !interfaces.ContainsKey(vpn.BindInterface))
        {
            Add(findings, vpn.Source, $"{name}: bind-interface {vpn.BindInterface} is not configured under interfaces");
        }

        if (vpn.Proposals.Count == 0)
        {
            Add(findings, vpn.ProposalsSource ?? vpn.Source, $"{name} has no phase 2 proposal");
        }

        foreach (Phase2Proposal proposal in vpn.Proposals)
        {
            Source source = proposal.Source ?? vpn.ProposalsSource ?? vpn.Source;
            if (proposal.Protocol == Esp.Protocol.Bundle)
            {
                CheckBundle(proposal, source, findings);
            }
            else if (proposal.Cipher == Esp.Cipher.AesGcm16 && proposal.Mac != Esp.Mac.None)
            {
                Add(findings, source, $"ipsec proposal {proposal.Name} has an authentication-algorithm, but AES-GCM authenticates by itself");
            }
            else if (proposal.Cipher != Esp.Cipher.AesGcm16 && proposal.Mac == Esp.Mac.None)
            {
                Add(findings, source,
                    $"ipsec proposal {proposal.Name} needs an authentication-algorithm: hmac-md5-96, hmac-sha1-96 or hmac-sha-256-128");
            }

            if (proposal.Protocol == Esp.Protocol.Ah && proposal.Cipher != Esp.Cipher.Null)
            {
                Add(findings, source, $"ipsec proposal {proposal.Name} has an encryption-algorithm, but AH does not encrypt");
            }

            if (proposal.Cipher != Esp.Cipher.Null && !IsKeyLength(proposal.Cipher, proposal.CipherKeyBytes))
            {
                Add(findings, source,
                    $"ipsec proposal {proposal.Name} needs an encryption-algorithm: des-cbc, 3des-cbc, "
                    + "aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-gcm, aes-192-gcm or aes-256-gcm");
            }
        }

        if (vpn.ReplayWindow > LargestReplayWindow)
        {
            Add(findings, vpn.Source, $"{name}: a replay window has {LargestReplayWindow} packets at most");
        }

        if (vpn.NoAntiReplay && vpn.Proposals.FirstOrDefault(p => p.ExtendedSequence) is { } extended)
        {
            Add(findings, extended.Source ?? vpn.Source,
                $"{name} has no replay window, without which sequence numbers of 64 bits (extended-sequence-number of proposal {extended.Name}) cannot be told");
        }

        if (vpn.PfsGroup != 0 && !s_groups.Contains(vpn.PfsGroup))
        {
            Add(findings, vpn.PfsSource ?? vpn.Source, $"{name}: perfect-forward-secrecy knows group1, group2, group5 and group14");
        }

        foreach (string selector in (string[])[vpn.LocalSelector, vpn.RemoteSelector])
        {
            if (!AddressRange.TryParse(selector, out _))
            {
                Add(findings, vpn.SelectorSource ?? vpn.Source, $"{name}: proxy-identity {selector} is not a prefix");
            }
        }

        if (AddressRange.TryParse(vpn.LocalSelector, out AddressRange local) && AddressRange.TryParse(vpn.RemoteSelector, out AddressRange remote)
            && local.IsVersion6 != remote.IsVersion6)
        {
            Add(findings, vpn.SelectorSource ?? vpn.Source, $"{name}: the proxy-identity has prefixes of two families");
        }

        if (vpn.SelectorProtocol > byte.MaxValue || vpn.LocalPort > ushort.MaxValue || vpn.RemotePort > ushort.MaxValue)
        {
            Add(findings, vpn.SelectorSource ?? vpn.Source, $"{name}: protocol or port of the proxy-identity is out of range");
        }
    }

    // Probes are of one family: that of the address to probe, or else of the peer's.
    private static void Check(Proto.Ike.V1.VpnMonitor monitor, Gateway peer, Vpn vpn, Dictionary<string, LogicalInterface> interfaces, List<Finding> findings)
    {
        bool isPeer6 = peer.RemoteAddresses.Any(IsVersion6);
        bool isVersion6 = monitor.Destination.Length > 0 ? IsVersion6(monitor.Destination) : isPeer6;
        string family = isVersion6 ? "inet6" : "inet";
        if (monitor.SourceInterface.Length == 0 && peer.RemoteAddresses.Count > 0 && isPeer6 != isVersion6)
        {
            Add(findings, monitor.Source ?? vpn.Source,
                $"vpn {vpn.Name}: vpn-monitor probes {monitor.Destination}, which is not of the peer's family: give it a source-interface with an {family} address");
        }
        else if (monitor.SourceInterface.Length > 0 && interfaces.TryGetValue(monitor.SourceInterface, out LogicalInterface? unit) && unit.Addresses.Count > 0
            && unit.Addresses.All(a => IsVersion6(a.Address) != isVersion6))
        {
            Add(findings, monitor.Source ?? vpn.Source,
                $"vpn {vpn.Name}: vpn-monitor probes by {(isVersion6 ? "IPv6" : "IPv4")}, but its source-interface {monitor.SourceInterface} has no {family} address");
        }
    }

    private static bool IsKeyLength(Esp.Cipher cipher, uint bytes) => cipher switch
    {
        Esp.Cipher.DesCbc => bytes is 0 or 8,
        Esp.Cipher.TripleDesCbc => bytes is 0 or 24,
        Esp.Cipher.AesCbc or Esp.Cipher.AesGcm16 => bytes is 16 or 24 or 32,
        _ => false,
    };

    private static void Add(List<Finding> findings, Source? source, string message) =>
        findings.Add(new Finding { Severity = Finding.Types.Severity.Error, Source = source ?? new Source(), Message = message });
}
