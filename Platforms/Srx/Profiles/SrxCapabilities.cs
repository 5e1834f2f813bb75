using System.Collections.Frozen;

namespace RouterOS.Srx.Profiles;

/// <summary>What every model of the family does, and how much: the statements refuse what is not named here.</summary>
internal static class SrxCapabilities
{
    /// <summary>Names of features and algorithms.</summary>
    public static FrozenSet<string> All { get; } = FrozenSet.ToFrozenSet(
    [
        "zones", "stateful-policies", "ike-main", "ike-psk", "rsa-signatures", "ipsec-tunnel", "dead-peer-detection",
        "nat-traversal",
        "des-cbc", "3des-cbc", "aes-cbc", "aes-gcm",
        "md5", "sha1", "sha-256",
        "hmac-md5-96", "hmac-sha1-96", "hmac-sha-256-128", "hmac-sha-256-96",
        "dh-group1", "dh-group2", "dh-group5", "dh-group14",
    ]);

    /// <summary>Documented maximums. The tunnels and sessions of a model are not documented where we could read it: no limit is invented.</summary>
    public static FrozenDictionary<string, int> Limits { get; } = new Dictionary<string, int>
    {
        ["name-length"] = 32,
        ["st0-mtu"] = 9192,
    }.ToFrozenDictionary();
}
