using RouterOS.Proto.Ike.V1;
using Aspect = RouterOS.Proto.Ike.V1.Failure.Types.Aspect;
using Kind = RouterOS.Proto.Ike.V1.Failure.Types.Kind;

namespace RouterOS.Srx.Layouts;

/// <summary>The command of this family that does what a diagnosis advises.</summary>
internal static class FixLayout
{
    private static readonly string[] s_phase1Ciphers = ["des-cbc", "3des-cbc", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc"];
    private static readonly string[] s_phase2Ciphers = [.. s_phase1Ciphers, "aes-128-gcm", "aes-192-gcm", "aes-256-gcm"];
    private static readonly string[] s_hashes = ["md5", "sha1", "sha-256"];
    private static readonly string[] s_macs = ["hmac-md5-96", "hmac-sha1-96", "hmac-sha-256-128"];
    private static readonly string[] s_groups = ["group1", "group2", "group5", "group14"];

    /// <summary>A command in configuration mode, or nothing where no single one would do.</summary>
    public static string Command(Failure failure)
    {
        string path = failure.Source?.Path ?? string.Empty;
        string theirs = failure.TheirValue;
        return (failure.Kind, failure.Aspect) switch
        {
            (Kind.Proposal, Aspect.Encryption) when IsProposal(path) && Ciphers(failure.Phase).Contains(theirs) =>
                $"set {path} encryption-algorithm {theirs}",
            (Kind.Proposal, Aspect.Hash) when IsProposal(path) && (failure.Phase == 1 ? s_hashes : s_macs).Contains(theirs) =>
                $"set {path} authentication-algorithm {theirs}",
            (Kind.Proposal, Aspect.Group) when IsProposal(path) && s_groups.Contains(theirs) => $"set {path} dh-group {theirs}",
            (Kind.Proposal, Aspect.SequenceNumbers) when IsProposal(path) && theirs.StartsWith("64", StringComparison.Ordinal) =>
                $"set {path} extended-sequence-number",
            (Kind.Pfs, Aspect.Group) when theirs == "no pfs" => $"delete {Policy(path)} perfect-forward-secrecy",
            (Kind.Pfs, Aspect.Group) when theirs.StartsWith("pfs ", StringComparison.Ordinal) && s_groups.Contains(theirs[4..]) =>
                $"set {Policy(path)} perfect-forward-secrecy keys {theirs[4..]}",
            (Kind.Mode, _) when theirs is "main mode" or "aggressive mode" => $"set {Policy(path)} mode {theirs.Split(' ')[0]}",
            (Kind.Key, _) when path.Length > 0 => $"set {Policy(path)} pre-shared-key ascii-text KEY",
            (Kind.User, Aspect.Unspecified or Aspect.Missing) when failure.TheirValue.Length > 0 =>
                $"set access profile {failure.OurValue} client {failure.TheirValue} firewall-user password PASSWORD",
            (Kind.User, Aspect.RefusedByPeer) => $"set {path} username USER password PASSWORD",
            (Kind.User, Aspect.NoAnswer) when path.Contains(" xauth", StringComparison.Ordinal) => $"delete {path[..(path.IndexOf(" xauth", StringComparison.Ordinal) + 6)]}",
            (Kind.AddressPool, Aspect.RefusedByPeer) => string.Empty,
            (Kind.AddressPool, _) => $"set {path} family inet range NAME high ADDRESS",
            (Kind.Identity, Aspect.IdentityType or Aspect.IdentityValue) =>
                $"set security ike gateway {failure.Gateway} remote-identity {theirs.Replace("address ", "inet ", StringComparison.Ordinal)}",
            (Kind.CertificateUntrusted, _) => "request security pki ca-certificate load ca-profile PROFILE filename FILE",
            (Kind.Certificate, Aspect.Missing) when failure.OurValue.Length > 0 =>
                $"request security pki local-certificate load certificate-id {failure.OurValue} filename FILE key FILE",
            (Kind.HostInbound, _) => $"set {path} host-inbound-traffic system-services ike",
            (Kind.Zone, _) => $"set security zones security-zone ZONE interfaces {failure.OurValue}",
            (Kind.Policy, Aspect.Order) => $"insert {path[..path.LastIndexOf(' ')]} {theirs} before policy {failure.OurValue}",
            (Kind.Policy, Aspect.Missing) when theirs == "to" =>
                $"set security policies from-zone ZONE to-zone {failure.OurValue} policy NAME then permit",
            (Kind.Policy, Aspect.Missing) when theirs == "from" =>
                $"set security policies from-zone {failure.OurValue} to-zone ZONE policy NAME then permit",
            (Kind.Route, Aspect.Missing) => $"set routing-options static route PREFIX next-hop {failure.OurValue}",
            (Kind.Nat, _) when failure.OurValue == "no-nat-traversal" => $"delete {path} no-nat-traversal",
            (Kind.Interface, _) => $"set security ike gateway {failure.Gateway} external-interface {theirs}",
            (Kind.Mtu, _) when failure.OurValue.StartsWith("df-bit ", StringComparison.Ordinal) => $"set {path} df-bit clear",
            (Kind.Replay, _) => $"set {path} ike no-anti-replay",
            (Kind.UnknownPeer, _) => $"set security ike gateway GATEWAY address {failure.RemoteAddress}",
            _ => string.Empty,
        };
    }

    private static string[] Ciphers(uint phase) => phase == 1 ? s_phase1Ciphers : s_phase2Ciphers;

    private static bool IsProposal(string path) => path.Contains(" proposal ", StringComparison.Ordinal);

    // The policy that a statement belongs to: security ike|ipsec policy NAME.
    private static string Policy(string path) => string.Join(' ', path.Split(' ').Take(4));
}
