using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security ipsec]</c>.</summary>
internal static class IpsecStatements
{
    private const string NoProtocol = "no routing protocol runs that it would protect; for tunnels there is 'vpn … manual'";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("ipsec", "IP security",
        TraceOptions,
        Container("vpn-monitor-options", "Options of all VPN monitors",
            Leaf("interval", "Time between probes", Integer(2, 3600, "seconds")),
            Leaf("threshold", "Unanswered probes after which the VPN is down", Integer(1, 65536))),
        List("proposal", "Phase 2 proposal", ObjectName("proposal-name"),
            Description,
            Leaf("protocol", "Protocol", OneOf(
                Choice("ah", "Authentication header"),
                Choice("esp", "Encapsulating security payload"),
                Choice("bundle", "Encapsulating security payload inside an authentication header"))).Mandatory(),
            // AES-GCM has none; that every other cipher has one is checked with the VPN that uses it.
            Algorithm("authentication-algorithm", "Integrity check", word => word,
                ("hmac-md5-96", "HMAC-MD5, 96 bits"),
                ("hmac-sha1-96", "HMAC-SHA-1, 96 bits"),
                ("hmac-sha-256-128", "HMAC-SHA-256, 128 bits"),
                ("hmac-sha-256-96", "HMAC-SHA-256, 96 bits")),
            // AH has none, and ESP without one only authenticates.
            Algorithm("encryption-algorithm", "Cipher", CipherCapability,
                ("des-cbc", "DES-CBC"),
                ("3des-cbc", "Triple DES-CBC"),
                ("aes-128-cbc", "AES-CBC, 128 bits"),
                ("aes-192-cbc", "AES-CBC, 192 bits"),
                ("aes-256-cbc", "AES-CBC, 256 bits"),
                ("aes-128-gcm", "AES-GCM, 128 bits"),
                ("aes-192-gcm", "AES-GCM, 192 bits"),
                ("aes-256-gcm", "AES-GCM, 256 bits")),
            Flag("extended-sequence-number", "Sequence numbers of 64 bits"),
            Leaf("lifetime-seconds", "Lifetime of the security association", Integer(180, 86400, "seconds")),
            Leaf("lifetime-kilobytes", "Lifetime of the security association in traffic", Integer(64, 4294967294, "kilobytes"))),
        List("policy", "Phase 2 policy", ObjectName("policy-name"),
            Description,
            Container("perfect-forward-secrecy", "A key exchange of its own for each phase 2",
                DiffieHellman("keys", "Diffie-Hellman group").Mandatory()),
            LeafList("proposals", "Phase 2 proposals, the best first", Reference("proposal-name", "security ipsec proposal"))
                .AtMost(4).Exclusive("proposals"),
            ProposalSet.Exclusive("proposals"))
            .Requires("proposals"),
        List("vpn", "IPsec VPN", ObjectName("vpn-name"),
            Leaf("bind-interface", "Secure tunnel interface of a route-based VPN", InterfaceNames.Tunnel),
            Leaf("df-bit", "Don't-fragment bit of outer packets", OneOf(
                Choice("clear", "Never set"), Choice("copy", "As in the inner packet"), Choice("set", "Always set"))),
            Container("vpn-monitor", "Probe the peer through the tunnel",
                Flag("optimized", "Count traffic as an answer"),
                Leaf("source-interface", "Interface whose address probes come from", InterfaceNames.Logical),
                Leaf("destination-ip", "Address to probe", AnyAddress()))
                .WithPresence(),
            Ike,
            Manual,
            List("traffic-selector", "Traffic selector", ObjectName("selector-name"),
                Leaf("local-ip", "Local prefix", AnyPrefix()).Mandatory(),
                Leaf("remote-ip", "Remote prefix, which is routed to the tunnel", AnyPrefix()).Mandatory()),
            Leaf("establish-tunnels", "When the tunnel comes up", OneOf(
                Choice("immediately", "At commit, and again whenever it is down"),
                Choice("on-traffic", "When traffic asks for it"))))
            .Requires("keying"),
        Anything("security-association", "Manual security association of a routing protocol").Refused(NoProtocol),
        Anything("internal", "Protection of links inside a cluster").Refused("chassis clusters are not supported"));

    private static StatementSchema Ike => Container("ike", "Keys by IKE",
        Leaf("gateway", "Phase 1 gateway", Reference("gateway-name", "security ike gateway")).Mandatory(),
        Leaf("idle-time", "Delete the security association after this time without traffic", Integer(60, 999999, "seconds")),
        Flag("no-anti-replay", "Accept replayed packets").Exclusive("anti-replay"),
        Leaf("anti-replay-window-size", "Packets that may come late", Integer(64, 8192, "packets")).Exclusive("anti-replay"),
        Container("proxy-identity", "Addresses that the tunnel carries, as negotiated in phase 2",
            Leaf("local", "Local prefix", AnyPrefix()),
            Leaf("remote", "Remote prefix", AnyPrefix()),
            Leaf("service", "Application of one protocol, and of at most one port on each side", Text("application-name"))),
        Leaf("ipsec-policy", "Phase 2 policy", Reference("policy-name", "security ipsec policy")).Mandatory(),
        Leaf("install-interval", "Wait before new keys are used for sending", Integer(0, 10, "seconds")))
        .Exclusive("keying");

    private static StatementSchema Manual => Container("manual", "Keys by hand",
        Leaf("gateway", "Peer's address", AnyAddress()).Mandatory(),
        Leaf("external-interface", "Interface toward the peer", InterfaceNames.Logical).Mandatory(),
        Leaf("protocol", "Protocol", OneOf(
            Choice("ah", "Authentication header"),
            Choice("esp", "Encapsulating security payload"),
            Choice("bundle", "Encapsulating security payload inside an authentication header"))).Mandatory(),
        Leaf("spi", "Security parameters index of both directions", Integer(256, 16639)).Mandatory(),
        Leaf("auxiliary-spi", "Security parameters index of ESP inside AH, whose own is 'spi'", Integer(256, 16639)),
        Container("authentication", "Integrity check",
            Algorithm("algorithm", "Algorithm", word => word,
                ("hmac-md5-96", "HMAC-MD5, 96 bits"),
                ("hmac-sha1-96", "HMAC-SHA-1, 96 bits"),
                ("hmac-sha-256-128", "HMAC-SHA-256, 128 bits"),
                ("hmac-sha-256-96", "HMAC-SHA-256, 96 bits")).Mandatory(),
            ManualKey),
        Container("encryption", "Cipher",
            Algorithm("algorithm", "Algorithm", CipherCapability,
                ("des-cbc", "DES-CBC"),
                ("3des-cbc", "Triple DES-CBC"),
                ("aes-128-cbc", "AES-CBC, 128 bits"),
                ("aes-192-cbc", "AES-CBC, 192 bits"),
                ("aes-256-cbc", "AES-CBC, 256 bits")).Mandatory(),
            ManualKey))
        .Exclusive("keying");

    private static StatementSchema ManualKey => Container("key", "Key",
        Leaf("ascii-text", "Key as text", SecretText("key")).Exclusive("key"),
        Leaf("hexadecimal", "Key as hexadecimal digits", SecretHexadecimal("key")).Exclusive("key"))
        .OnLine();
}
