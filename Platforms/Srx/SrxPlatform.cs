using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Platforms;
using RouterOS.Srx.Bindings;
using RouterOS.Srx.Commands;
using RouterOS.Srx.Profiles;

namespace RouterOS.Srx;

/// <summary>The SRX family: Junos with zones, policies and IPsec VPNs.</summary>
public sealed class SrxPlatform : IPlatformPlugin
{
    /// <inheritdoc/>
    public string Name => "srx";

    /// <inheritdoc/>
    public string Description => "SRX Series services gateways, Junos security configuration";

    /// <inheritdoc/>
    public IReadOnlyList<ChassisProfile> Models { get; } = [.. SrxModels.All.Select(m => m.ToProfile())];

    /// <inheritdoc/>
    public IConfigurationLanguage CreateLanguage(ChassisProfile profile) => new SrxLanguage();

    /// <inheritdoc/>
    public IReadOnlyList<OperationalCommand> CreateCommands(ChassisProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return SrxCommands.Of(SrxModels.Find(profile.Name)
            ?? throw new ArgumentException($"'{profile.Name}' is no model of this family.", nameof(profile)));
    }
}
