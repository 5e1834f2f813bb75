using System.Collections.Frozen;
using RouterOS.Abstractions.Chassis;

namespace RouterOS.Erx.Profiles;

/// <summary>One model of the series.</summary>
/// <param name="Name">Name for <c>--platform</c>.</param>
/// <param name="Model">The vendor's name.</param>
/// <param name="Description">One line.</param>
/// <param name="Slots">Slots of the chassis.</param>
/// <param name="Modules">What sits in them; which modules is our choice of a usual set.</param>
internal sealed record ErxModel(string Name, string Model, string Description, int Slots, IReadOnlyList<ErxModule> Modules)
{
    /// <summary>Name of the capability of chassis that can secure tunnels.</summary>
    public const string SecureTunnels = "ipsec-transport";

    /// <summary>Name of the capability of chassis that carry tunnels in the clear.</summary>
    public const string ClearTunnels = "clear-tunnels";

    /// <summary>Name of the capability of chassis whose configuration of secure tunnels is taken although they have none.</summary>
    public const string TakesIpsec = "ipsec-configuration";

    private static readonly string[] s_common =
    [
        "virtual-routers", "l2tp-lns", "ike-main", "ike-aggressive", "ike-psk", "dead-peer-detection", "nat-traversal", "des-cbc", "3des-cbc",
        "md5", "sha1", "hmac-md5-96", "hmac-sha1-96", "dh-group1", "dh-group2", "dh-group5",
    ];

    /// <summary>Ports of the SRP, which serve management only.</summary>
    public IEnumerable<string> ManagementPorts =>
        Modules.Where(m => m.Kind == ErxModuleKind.SwitchRouteProcessor).SelectMany(m => m.Ports).Select(p => p.Name);

    /// <summary>True when there is a module of a kind.</summary>
    public bool Has(ErxModuleKind kind) => Modules.Any(m => m.Kind == kind);

    /// <summary>Names of ports have an adapter between slot and port.</summary>
    public bool HasAdapters { get; init; }

    /// <summary>The model as the kernel sees it.</summary>
    public ChassisProfile ToProfile()
    {
        List<string> capabilities = [.. s_common];
        if (Has(ErxModuleKind.IpsecService))
        {
            capabilities.Add(SecureTunnels);
        }

        if (Has(ErxModuleKind.TunnelService))
        {
            capabilities.Add(ClearTunnels);
        }

        if (HasAdapters)
        {
            capabilities.Add(TakesIpsec);
        }

        return new ChassisProfile(
            Name, Model, Description, "junose", [.. Modules.Select(m => m.ToSlot())], FrozenSet.ToFrozenSet(capabilities), ErxLimits.All);
    }
}
