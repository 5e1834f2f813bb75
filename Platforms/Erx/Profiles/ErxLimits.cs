using System.Collections.Frozen;

namespace RouterOS.Erx.Profiles;

/// <summary>Documented maximums of the series. Those of sessions and tunnels are in release notes that we could not read: none is invented.</summary>
internal static class ErxLimits
{
    /// <summary>Rules of IKE policy.</summary>
    public const int IkeRules = 10;

    /// <summary>L2TP destination profiles.</summary>
    public const int DestinationProfiles = 4000;

    /// <summary>Characters of a preshared key.</summary>
    public const int PresharedKey = 256;

    /// <summary>Transforms of a transform set.</summary>
    public const int Transforms = 6;

    /// <summary>By name.</summary>
    public static FrozenDictionary<string, int> All { get; } = new Dictionary<string, int>
    {
        ["ike-policy-rules"] = IkeRules,
        ["l2tp-destination-profiles"] = DestinationProfiles,
        ["preshared-key-length"] = PresharedKey,
        ["transform-set"] = Transforms,
        ["tunnel-name-length"] = 80,
        ["transform-set-name-length"] = 64,
    }.ToFrozenDictionary();
}
