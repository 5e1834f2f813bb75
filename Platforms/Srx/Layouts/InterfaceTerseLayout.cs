using RouterOS.Sdk.Network;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show interfaces terse</c>.</summary>
internal static class InterfaceTerseLayout
{
    private const int Proto = 35;
    private const int Local = 44;
    private const int Remote = 66;

    /// <summary>One line for each interface, unit and address.</summary>
    /// <param name="interfaces">The interfaces.</param>
    /// <param name="unit">Full name of the only unit to show; null for all and their interfaces.</param>
    public static string Text(IEnumerable<PhysicalState> interfaces, string? unit = null)
    {
        Lines lines = new();
        lines.Row((0, "Interface"), (24, "Admin"), (30, "Link"), (Proto, "Proto"), (Local, "Local"), (Remote, "Remote"));
        foreach (PhysicalState physical in interfaces)
        {
            if (unit is null)
            {
                lines.Row((0, physical.Name), (24, Word(physical.Enabled)), (30, Word(physical.Up)));
            }

            foreach (LogicalState logical in physical.Units.Where(u => unit is null || u.State.Name == unit))
            {
                Unit(lines, logical);
            }
        }

        return lines.ToString();
    }

    private static void Unit(Lines lines, LogicalState logical)
    {
        List<(int, string)> cells = [(0, logical.State.Name), (24, Word(logical.State.Enabled)), (30, Word(logical.Up))];
        if (logical.Inet)
        {
            cells.Add((Proto, "inet"));
        }

        bool first = true;
        foreach (InterfaceAddressState address in logical.State.Addresses)
        {
            string text = $"{address.Address}/{address.PrefixLength}";
            (int, string)[] ends = address.Destination is { } end ? [(Local, address.Address.ToString()), (Remote, end.ToString())] : [(Local, text)];
            lines.Row(first ? [.. cells, .. ends] : ends);
            first = false;
        }

        if (logical.State.Inet6)
        {
            List<(int, string)> family = first && !logical.Inet ? [.. cells, (Proto, "inet6")] : [(Proto, "inet6")];
            if (first && logical.Inet)
            {
                lines.Row([.. cells]);
            }

            string[] texts =
            [
                .. logical.State.Addresses6.Select(a => $"{a.Address}/{a.PrefixLength}"),
                .. logical.LinkLocal is { } own ? [$"{own}/64"] : Array.Empty<string>(),
            ];
            lines.Row(texts.Length > 0 ? [.. family, (Local, texts[0])] : [.. family]);
            foreach (string text in texts.Skip(1))
            {
                lines.Row((Local, text));
            }
        }
        else if (first)
        {
            lines.Row([.. cells]);
        }
    }

    private static string Word(bool up) => up ? "up" : "down";
}
