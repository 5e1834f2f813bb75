using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>IKE policy, keys, options and IPsec transport profiles.</summary>
internal static class IpsecStatements
{
    private const string FromFiles = "the router's certificate and its key come from files: 'ipsec certificate-database refresh' reads them";
    private const string NoLists = "lists of revoked certificates are not read: use 'ignored' or 'optional', or leave it out";
    private const string OfTunnels = "it acts only where a tunnel-mode interface names it, which is refused";
    private const string TunnelOnly = "transport profiles need encryption and authentication by ESP: this transform is for tunnel mode";

    /// <summary>Diffie-Hellman groups.</summary>
    public static ValueSyntax Group { get; } = OneOf(Choice("1", "768-bit group"), Choice("2", "1024-bit group"), Choice("5", "1536-bit group"));

    /// <summary>Transforms, as the configuration and as <c>show</c> call them.</summary>
    public static IReadOnlyList<(string Word, string Shown, string Help)> Transforms { get; } =
    [
        ("esp-3des-hmac-sha", "transport-esp-3des-sha1", "ESP with 3DES and HMAC-SHA-1"),
        ("esp-3des-hmac-md5", "transport-esp-3des-md5", "ESP with 3DES and HMAC-MD5"),
        ("esp-des-hmac-sha", "transport-esp-des-sha1", "ESP with DES and HMAC-SHA-1"),
        ("esp-des-hmac-md5", "transport-esp-des-md5", "ESP with DES and HMAC-MD5"),
        ("esp-null-hmac-sha", "transport-esp-null-sha1", "ESP with HMAC-SHA-1, without encryption"),
        ("esp-null-hmac-md5", "transport-esp-null-md5", "ESP with HMAC-MD5, without encryption"),
    ];

    private static readonly ValueChoice[] s_ofTunnels =
    [
        Choice("esp-3des-null-auth", "ESP with 3DES, without authentication"), Choice("esp-des-null-auth", "ESP with DES, without authentication"),
        Choice("ah-hmac-sha", "AH with HMAC-SHA-1"), Choice("ah-hmac-md5", "AH with HMAC-MD5"),
    ];

    /// <summary>Commands of the chassis.</summary>
    public static ScriptCommand[] Chassis =>
    [
        new ScriptCommand("ipsec ike-policy-rule", "Configure a rule of IKE policy", Of("priority", "Priority, 1 is the highest", Integer(1, 10000)).Key())
            .Or("ipsec isakmp-policy-rule").Enters(Rule).AtMost(ErxLimits.IkeRules).Sorted().Judged((_, profile) => NeedsIsm(profile)),
        new ScriptCommand("ipsec transform-set", "Make a transform set for tunnels", Of("name", "Name", ObjectName("name", 64)).Key(),
            Of("transforms", "Transforms, the best first", Transform([.. s_ofTunnels])).Many()).Ignored(OfTunnels),
        new ScriptCommand("ipsec lifetime seconds", "Limit the life of tunnels' keys", Of("seconds", "Seconds", Integer(1800, 864000, "seconds"))).Ignored(OfTunnels),
        new ScriptCommand("ipsec lifetime kilobytes", "Limit the life of tunnels' keys", Of("kilobytes", "Kilobytes", Integer(102400, 4294967295, "kilobytes"))).Ignored(OfTunnels),
        new ScriptCommand("ipsec key generate rsa", "Make a key pair", Of("bits", "Bits", OneOf(Choice("1024", "1024 bits"), Choice("2048", "2048 bits")))).Refused(FromFiles),
        new ScriptCommand("ipsec certificate-database refresh", "Read certificates from files")
            .Refused("it is an Exec command: 'run ipsec certificate-database refresh directory NAME'"),
        new ScriptCommand("ipsec certificate-request generate rsa", "Make a certificate request", Of("file", "File", ObjectName("file"))).Refused(FromFiles),
        new ScriptCommand("ipsec identity", "Name the router in certificates").Enters(new ScriptMode("config-ipsec-identity",
        [
            new("common-name", "Common name", Rest("text", "Text")), new("country", "Country", Rest("text", "Text")),
            new("domain-name", "Domain name", Rest("text", "Text")), new("organization", "Organization", Rest("text", "Text")),
        ])).Ignored("it is used in certificate requests, which are refused: the router is called by the subject of its certificate"),
        new ScriptCommand("ipsec crl", "Use revocation lists", Of("how", "How", OneOf(
            Choice("ignored", "Never", Verdict.Equivalent("no lists are read")),
            Choice("optional", "When there is one", Verdict.Equivalent("there are none: no lists are read")), Choice("required", "Always", Verdict.Refused(NoLists))))),
        new ScriptCommand("ipsec ca identity", "Name an authority", Of("name", "Name", ObjectName("name")).Key()).Enters(new ScriptMode("config-ca-identity",
        [
            new("enrollment", "Configure enrolment", Rest("text", "Text").Key()), new("issuer-identifier", "Name of the issuer", Rest("text", "Text")),
            new("crl", "Use revocation lists", Rest("text", "Text")), new("root proxy", "Use a proxy", Rest("text", "Text")),
        ])).Refused("certificates are not enrolled online: " + FromFiles),
    ];

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new ScriptCommand("ipsec option nat-t", "Traverse NATs").OnByDefault(),
        new ScriptCommand("ipsec option dpd", "Detect dead peers").WithDefault(),
        new ScriptCommand("ipsec option tx-invalid-cookie", "Answer messages with unknown cookies").WithDefault()
            .Ignored("such messages are counted and not answered"),
        new ScriptCommand("ipsec local-endpoint", "Set the local end of tunnels", Of("address", "Address", Address()),
            Named("transport-virtual-router", "transport-virtual-router", "Virtual router", VirtualRouter)).Ignored(OfTunnels),
        new ScriptCommand("ipsec key manual pre-share", "Set the key of a peer", Of("peer", "Address, name or user@name of the peer", ObjectName("peer")).Key())
            .Enters(new ScriptMode("config-manual-key",
            [
                new ScriptCommand("key", "Set the key", Of("key", "Key", PresharedKey)).NotShown().Judged(JudgeMasked),
                new ScriptCommand("masked-key", "Set the key by its masked form", Of("key", "Masked key", MaskedPresharedKey).ShownAs(Clear)).KeptAs("key").WithoutNo(),
            ])).Judged((_, profile) => NeedsIsm(profile)),
        new ScriptCommand("ipsec key pubkey-chain rsa", "Configure a peer's public key", Rest("peer", "Address or name").Key())
            .Enters(new ScriptMode("config-peer-public-key", [new("key-string", "Set the key", Rest("text", "Text"))])).Refused("peers are known by certificates, not by their public keys alone"),
        new ScriptCommand(
            "ipsec transport profile", "Configure an IPsec transport profile",
            Of("name", "Name", ObjectName("profileName")).Key(),
            Named("virtual-router", "virtual-router", "Virtual router of the profile", VirtualRouter).Context(),
            Named("ip address", "address", "Peer, or 0.0.0.0 for any", Address()).ForCreation())
            .Enters(Transport).Judged((_, profile) => NeedsIsm(profile)),
    ];

    private static ScriptMode Rule { get; } = new("config-ike-policy",
    [
        new("aggressive-mode", "Allow aggressive mode",
            Of("how", "How", OneOf(Choice("accepted", "When the peer begins with it"), Choice("requested", "Begin with it"), Choice("required", "Nothing else")))),
        new("authentication", "Choose how peers prove who they are",
            Of("method", "Method", OneOf(Choice("pre-share", "Preshared keys"), Choice("rsa-sig", "RSA signatures")))),
        new("encryption", "Choose the cipher", Of("cipher", "Cipher", OneOf(Choice("3des", "Triple DES"), Choice("des", "DES")))),
        new("group", "Choose the Diffie-Hellman group", Of("group", "Group", Group)),
        new("hash", "Choose the hash", Of("hash", "Hash", OneOf(Choice("md5", "MD5"), Choice("sha", "SHA-1")))),
        new("lifetime", "Limit the life of the IKE SA", Of("seconds", "Seconds", Integer(60, 86400, "seconds"))),
    ]);

    private static ScriptMode Transport { get; } = new("config-ipsec-transport-profile",
    [
        new ScriptCommand("application", "Choose what is secured", Of("application", "Application", OneOf(
            Choice("dvmrp", "DVMRP tunnels"), Choice("gre", "GRE tunnels"), Choice("l2tp", "L2TP tunnels"),
            Choice("l2tp-nat-passthrough", "L2TP tunnels through NATs that pass IPsec"))).Many()),
        new ScriptCommand("lifetime", "Accept lifetimes within ranges",
            Range("seconds", "seconds", "Least and most seconds", Range(900, 86400, "seconds")).Optional(),
            Range("kilobytes", "kilobytes", "Least and most kilobytes", Range(100000, 4294967295, "kilobytes")).Optional()),
        new ScriptCommand("pfs group", "Use perfect forward secrecy", Of("group", "Group", Group)).Or("pfs").KeptAs("pfs"),
        new ScriptCommand("transform-set", "Choose transforms", Of("transform", "Transform, the best first",
            Transform([.. s_ofTunnels.Select(c => c with { Verdict = Verdict.Refused(TunnelOnly) })])).Many()),
        new ScriptCommand("local ip address", "Set a local address of the connections", Of("address", "Address, or 0.0.0.0 for any", Address()).Key())
            .Enters(new ScriptMode("config-ipsec-transport-profile-local",
            [
                new ScriptCommand("pre-share", "Set the preshared key", Of("key", "Key", PresharedKey)).NotShown().Judged(JudgeMasked),
                new ScriptCommand("pre-share-masked", "Set the preshared key by its masked form", Of("key", "Masked key", MaskedPresharedKey).ShownAs(Clear))
                    .KeptAs("pre-share").WithoutNo(),
            ])),
    ]);

    private static ValueSyntax Transform(IReadOnlyList<ValueChoice> others) =>
        OneOf([.. Transforms.Select(t => Choice(t.Word, t.Help)), .. others]);

    private static Verdict JudgeMasked(StatementView view, Abstractions.Chassis.ChassisProfile profile) =>
        MaskedKey.Unmask(Clear(view.Key)) is null
            ? Verdict.Refused("the key was masked by another router and cannot be read: enter the key itself")
            : Verdict.Applied;
}
