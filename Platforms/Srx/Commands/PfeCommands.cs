using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Srx.Layouts;

namespace RouterOS.Srx.Commands;

/// <summary><c>show pfe statistics traffic</c>: what the modules carried, and every reason for which they dropped a packet.</summary>
internal static class PfeCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show pfe statistics traffic", "Show packets carried and dropped by the packet forwarding engine", Traffic),
    ];

    private static async Task<int> Traffic(CommandContext context)
    {
        SortedDictionary<string, DropCounter> drops = new(StringComparer.Ordinal);
        foreach ((string reason, DropCounter counter) in await context.Modules.Snapshot<DropCounter>("drop"))
        {
            // Modules count by the same names.
            drops[reason] = drops.TryGetValue(reason, out DropCounter? known)
                ? new DropCounter { Description = known.Description, Packets = known.Packets + counter.Packets }
                : counter;
        }

        context.Output.Write(PfeLayout.Traffic(
            [.. (await context.Modules.Snapshot<InterfaceCounters>("interface")).Select(row => row.Value)],
            [.. await context.Modules.Snapshot<PortState>("port")],
            drops));
        return 0;
    }
}
