using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security ike]</c>.</summary>
internal static class IkeStatements
{
    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("ike", "Internet key exchange",
        TraceFileAndFlags(
            Choice("all", "Everything"),
            Choice("config", "Configurations that were applied"),
            Choice("ike", "Messages and states of exchanges"),
            Choice("policy-manager", "Why negotiations failed"),
            Choice("timer", "Retransmissions and deadlines"),
            Choice("certificates", "Why certificates were refused"),
            Choice("general", "Configurations that were applied, and why negotiations failed"),
            Choice("parse", "Configurations that were applied"),
            Choice("database", "What is kept over a restart"),
            Untraced("high-availability", "there is no cluster"),
            Choice("next-hop-tunnels", "Which next hop leads to which VPN"),
            Choice("routing-socket", "Changes of interfaces and routes"),
            Untraced("snmp", "no SNMP agent runs"),
            Untraced("thread", "threads are the host's")),
        Container("respond-bad-spi", "Answer packets with an unknown SPI",
            // Releases differ in whether the word stands before the number.
            Leaf(string.Empty, "Answers per gateway", Integer(1, 30)).Exclusive("answers"),
            Leaf("max-responses", "Answers per gateway", Integer(1, 30)).Exclusive("answers"))
            .WithPresence().OnLine(),
        List("proposal", "Phase 1 proposal", ObjectName("proposal-name"),
            Description,
            Algorithm("authentication-method", "Authentication method", word => word == "pre-shared-keys" ? "ike-psk" : word,
                ("pre-shared-keys", "Preshared keys"),
                ("rsa-signatures", "RSA signatures"),
                ("dsa-signatures", "DSA signatures"),
                ("ecdsa-signatures-256", "ECDSA signatures, 256 bits"),
                ("ecdsa-signatures-384", "ECDSA signatures, 384 bits")).Mandatory(),
            DiffieHellman("dh-group", "Diffie-Hellman group").Mandatory(),
            Algorithm("authentication-algorithm", "Hash", word => word,
                ("md5", "MD5"), ("sha1", "SHA-1"), ("sha-256", "SHA-256"), ("sha-384", "SHA-384")).Mandatory(),
            Algorithm("encryption-algorithm", "Cipher", CipherCapability,
                ("des-cbc", "DES-CBC"),
                ("3des-cbc", "Triple DES-CBC"),
                ("aes-128-cbc", "AES-CBC, 128 bits"),
                ("aes-192-cbc", "AES-CBC, 192 bits"),
                ("aes-256-cbc", "AES-CBC, 256 bits")).Mandatory(),
            Leaf("lifetime-seconds", "Lifetime of the security association", Integer(180, 86400, "seconds"))),
        List("policy", "Phase 1 policy", ObjectName("policy-name"),
            Leaf("mode", "Phase 1 mode", OneOf(
                Choice("main", "Identities are protected"),
                Choice("aggressive", "Three messages, identities in clear"))),
            Description,
            LeafList("proposals", "Phase 1 proposals, the best first", Reference("proposal-name", "security ike proposal"))
                .AtMost(4).Exclusive("proposals"),
            ProposalSet.Exclusive("proposals"),
            Container("pre-shared-key", "Preshared key",
                Leaf("ascii-text", "Key as text", SecretText("key")).Exclusive("key"),
                Leaf("hexadecimal", "Key as hexadecimal digits", SecretHexadecimal("key")).Exclusive("key"))
                .OnLine().Requires("key"),
            Container("certificate", "Certificate of the router and whom it trusts",
                Leaf("local-certificate", "Certificate that was loaded under this id", ObjectName("certificate-id")),
                Container("trusted-ca", "Authorities of the peer's certificate",
                    Leaf("ca-profile", "Profile of one authority", ObjectName("profile-name")).Exclusive("trusted"),
                    Flag("use-all", "Every authority that was loaded").Exclusive("trusted")).OnLine(),
                Leaf("peer-certificate-type", "Encoding of certificates", OneOf(
                    Choice("x509-signature", "X.509"),
                    Choice("pkcs7", "All of them in PKCS #7")))))
            .Requires("proposals"),
        List("gateway", "Phase 1 gateway", ObjectName("gateway-name"),
            Leaf("ike-policy", "Phase 1 policy", Reference("policy-name", "security ike policy")).Mandatory(),
            LeafList("address", "Peer's address, then those to try when it is dead", PeerAddress)
                .AtMost(4).Exclusive("peer")
                .Judged((view, _) => view.Values.Where(v => !IsAddress(v)).FirstOrDefault(v => HostMapping.Find(HostMapping.RootOf(view), v).Count == 0) is { } name
                    ? Verdict.Refused($"no name server is asked: write 'system static-host-mapping {name} inet ADDRESS', or the address in place of the name")
                    : Verdict.Applied),
            Container("dynamic", "Peer with a dynamic address, known by its identity",
                Leaf("hostname", "Name", HostName).Exclusive("identity"),
                Leaf("inet", "IPv4 address that the peer calls itself", Address()).Exclusive("identity"),
                Leaf("inet6", "IPv6 address that the peer calls itself", Address6).Exclusive("identity"),
                Leaf("user-at-hostname", "Name of a user", UserName).Exclusive("identity"),
                Subject.Exclusive("identity"),
                Leaf("connections-limit", "Peers at a time", Integer(1, 65535)),
                Leaf("ike-user-type", "Many peers on one gateway", OneOf(
                    Choice("group-ike-id", "Each peer's name ends with the identity"),
                    Choice("shared-ike-id", "All peers have the one identity"))))
                .OnLine().Exclusive("peer").Requires("identity"),
            Container("dead-peer-detection", "Detect a dead peer",
                Flag("optimized", "Probe when packets went out and none came back").Exclusive("probe"),
                Flag("probe-idle-tunnel", "Probe also when the tunnel is idle").Exclusive("probe"),
                Flag("always-send", "Probe at every interval").Exclusive("probe"),
                // Releases before 12.1 began at 10 seconds: the wider range loads the files of both.
                Leaf("interval", "Time between probes", Integer(2, 60, "seconds")),
                Leaf("threshold", "Unanswered probes after which the peer is dead", Integer(1, 5)))
                .WithPresence(),
            Flag("no-nat-traversal", "Do not negotiate NAT traversal"),
            Leaf("nat-keepalive", "Time between NAT keepalives", Integer(1, 300, "seconds")),
            Identity("local-identity", "Our identity"),
            Identity("remote-identity", "The peer's identity"),
            Leaf("external-interface", "Interface toward the peer", InterfaceNames.Logical).Mandatory(),
            Leaf("local-address", "Our address, one of the external interface", AnyAddress()),
            Container("xauth", "Extended authentication of a user behind phase 1",
                Leaf("access-profile", "Ask the peer's user, who is one of this profile", Reference("profile-name", "access profile")).Exclusive("side"),
                Container("client", "Log in at the peer",
                    Leaf("username", "Our user's name", AccessStatements.UserName).Mandatory(),
                    Leaf("password", "Its password", SecretText("password")).Mandatory())
                    .OnLine().Exclusive("side"))
                .Requires("side"),
            Flag("general-ikeid", "Accept any identity of the peer"),
            Leaf("version", "IKE version", OneOf(
                Choice("v1-only", "IKEv1"),
                Choice("v2-only", "IKEv2", Verdict.Refused("IKEv2 is not supported")))))
            .Requires("peer"));

    // An IPv6 address in its shortest form, so that it compares as text.
    private static ValueSyntax PeerAddress => new("address", "an address")
    {
        Read = text => Address6.Read!(text) ?? Name.Read!(text),
    };

    private static ValueSyntax Name =>
        Pattern("address", "[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,253}[A-Za-z0-9])?", "an address");

    private static ValueChoice Untraced(string flag, string why) => Choice(flag, "Not traced", Verdict.Ignored(why));

    private static bool IsAddress(string text) => TryAddress(text, out System.Net.IPAddress? _) || TryAddress6(text, out System.Net.IPAddress? _);

    private static ValueSyntax UserName => Pattern("user@fqdn", @"[^\s@]{1,63}@[A-Za-z0-9_.-]{1,191}", "a name such as ops@example.net");

    private static StatementSchema Identity(string name, string help) => Container(name, help,
        Leaf("inet", "IPv4 address", Address()).Exclusive("identity"),
        Leaf("inet6", "IPv6 address", Address6).Exclusive("identity"),
        Leaf("hostname", "Name", HostName).Exclusive("identity"),
        Leaf("user-at-hostname", "Name of a user", UserName).Exclusive("identity"),
        Subject.WithPresence().Exclusive("identity"))
        .OnLine().Requires("identity");

    private static StatementSchema Subject => Container("distinguished-name", "Subject of the certificate",
        Leaf("wildcard", "Parts that the subject must have, as in \"O=Example, CN=gw\"", Text("parts")),
        Leaf("container", "Parts that the subject must have in this order", Text("parts")))
        .OnLine();
}
