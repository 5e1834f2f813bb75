using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Bindings;
using RouterOS.Erx.Commands;
using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Platforms;

namespace RouterOS.Erx;

/// <summary>The E Series: JUNOSe, virtual routers, and IPsec transport connections for L2TP.</summary>
public sealed class ErxPlatform : IPlatformPlugin
{
    /// <inheritdoc/>
    public string Name => "erx";

    /// <inheritdoc/>
    public string Description => "E Series broadband services routers, JUNOSe configuration";

    /// <inheritdoc/>
    public IReadOnlyList<ChassisProfile> Models { get; } = [.. ErxModels.All.Select(m => m.ToProfile())];

    /// <inheritdoc/>
    public IConfigurationLanguage CreateLanguage(ChassisProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new ErxLanguage(ErxModels.Of(profile));
    }

    /// <inheritdoc/>
    public IReadOnlyList<OperationalCommand> CreateCommands(ChassisProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return ErxCommands.Of(ErxModels.Of(profile));
    }
}
