using RouterOS.Sdk.Cli;

namespace RouterOS.Srx.Commands;

/// <summary>The operational commands of the family.</summary>
internal static class SrxCommands
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } = [];
}
