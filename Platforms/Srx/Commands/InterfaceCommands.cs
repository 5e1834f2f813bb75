using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Profiles;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Commands;

/// <summary><c>show interfaces</c> and <c>show arp</c>.</summary>
internal sealed class InterfaceCommands(SrxModel model)
{
    private static readonly ValueSyntax s_name = new("interface-name", "an interface such as ge-0/0/0, or a unit such as st0.0")
    {
        Read = text => InterfaceNames.Physical.Read!(text) ?? InterfaceNames.Logical.Read!(text),
        Suggest = InterfaceNames.Logical.Suggest,
    };

    private readonly InterfaceReader _reader = new(model, new InterfaceRates());

    /// <summary>The commands.</summary>
    public IReadOnlyList<OperationalCommand> All =>
    [
        new OperationalCommand("show interfaces", "Show interface information", Show).With(
            CommandOption.Argument("name", "Name of an interface or unit", s_name),
            CommandOption.Flag("terse", "One line for each", "level"),
            CommandOption.Flag("brief", "Without counters", "level"),
            CommandOption.Flag("detail", "With all counters", "level"),
            CommandOption.Flag("extensive", "The same: there are no more", "level")),
        new OperationalCommand("show arp", "Show neighbours of Ethernet interfaces", ShowArp).With(
            CommandOption.Flag("no-resolve", "Leave out the column of names")),
        new OperationalCommand("show ipv6 neighbors", "Show IPv6 neighbours of Ethernet interfaces", ShowNeighbors),
    ];

    private async Task<int> Show(CommandContext context)
    {
        string? name = context.Arguments.Text("name");
        string? unit = name?.Contains('.', StringComparison.Ordinal) == true ? name : null;
        bool counters = !context.Arguments.Has("terse") && !context.Arguments.Has("brief");
        IReadOnlyList<PhysicalState> interfaces = await _reader.Read(context, name is null ? null : InterfaceNames.PhysicalOf(name), counters);
        if (interfaces.Count == 0 || (unit is not null && !interfaces[0].Units.Any(u => u.State.Name == unit)))
        {
            await context.Output.WriteLineAsync($"error: device {name} not found");
            return 1;
        }

        InterfaceDetail detail = context.Arguments.Has("detail") || context.Arguments.Has("extensive") ? InterfaceDetail.Detail
            : context.Arguments.Has("brief") ? InterfaceDetail.Brief
            : InterfaceDetail.Standard;
        context.Output.Write(context.Arguments.Has("terse")
            ? InterfaceTerseLayout.Text(interfaces, unit)
            : InterfaceLayout.Text(interfaces, detail, unit));
        return 0;
    }

    private static async Task<int> ShowNeighbors(CommandContext context)
    {
        IReadOnlyList<KeyValuePair<string, Neighbor>> rows = await context.Modules.Snapshot<Neighbor>("neighbor6");
        (Neighbor, string)[] known =
        [
            .. from row in rows
               orderby Convert.ToHexString(row.Value.Address6.Span)
               select (row.Value, context.Interfaces.Find(row.Value.Interface)?.Name ?? string.Empty),
        ];
        context.Output.Write(NeighborLayout.Text(known));
        return 0;
    }

    private static async Task<int> ShowArp(CommandContext context)
    {
        IReadOnlyList<KeyValuePair<string, Neighbor>> rows = await context.Modules.Snapshot<Neighbor>("neighbor");
        (Neighbor, string)[] known =
        [
            .. from row in rows
               where row.Value.State != Neighbor.Types.State.Incomplete
               orderby row.Value.Address
               select (row.Value, context.Interfaces.Find(row.Value.Interface)?.Name ?? string.Empty),
        ];
        context.Output.Write(ArpLayout.Text(known, !context.Arguments.Has("no-resolve")));
        return 0;
    }
}
