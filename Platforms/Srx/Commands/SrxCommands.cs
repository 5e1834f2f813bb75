using RouterOS.Sdk.Cli;
using RouterOS.Srx.Profiles;

namespace RouterOS.Srx.Commands;

/// <summary>The operational commands of the family.</summary>
internal static class SrxCommands
{
    /// <summary>The commands of a model.</summary>
    public static IReadOnlyList<OperationalCommand> Of(SrxModel model) =>
    [
        new("show security", "Show security information"),
        new("show security ike", "Show Internet Key Exchange information"),
        new("show security ipsec", "Show IP Security information"),
        new("show security flow", "Show information of the flow module"),
        new("show security screen", "Show information of screens"),
        new("show chassis", "Show chassis information"),
        new("show pfe", "Show information of the packet forwarding engine"),
        new("show pfe statistics", "Show counters of the packet forwarding engine"),
        new("clear security", "Clear security information"),
        new("clear security ike", "Clear Internet Key Exchange information"),
        new("clear security ipsec", "Clear IP Security information"),
        new("clear security flow", "Clear information of the flow module"),
        new("clear security screen", "Clear information of screens"),
        .. VpnCommands.All,
        .. DiagnoseCommands.All,
        .. CaptureCommands.All,
        .. RecordingCommands.All,
        .. OperationCommands.All,
        .. UserCommands.All,
        .. PkiCommands.All,
        .. FlowCommands.All,
        .. ScreenCommands.All,
        .. new InterfaceCommands(model).All,
        .. RouteCommands.All,
        .. new ChassisCommands(model).All,
        .. PfeCommands.All,
    ];
}
