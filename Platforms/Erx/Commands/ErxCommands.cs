using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Cli;

namespace RouterOS.Erx.Commands;

/// <summary>Exec commands of the series.</summary>
internal static class ErxCommands
{
    /// <summary>The commands of a model.</summary>
    public static IReadOnlyList<OperationalCommand> Of(ErxModel model) =>
    [
        .. ChassisCommands.Of(model),
        .. IpCommands.Of(model),
        .. IpsecCommands.All,
        .. CertificateCommands.All,
        .. SettingCommands.Of(model),
        .. L2tpCommands.All,
        .. TunnelCommands.All,
        .. RadiusCommands.All,
        .. UserCommands.All,
        .. MulticastCommands.All,
    ];
}
