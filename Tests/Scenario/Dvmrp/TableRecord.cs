using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Dvmrp;

/// <summary>Tables of routers, stage by stage, held against a file. A table that differs in times alone is not repeated.</summary>
internal sealed partial class TableRecord(string file)
{
    private const string Legend = "IP Multicast Routing Table";

    private static readonly string[] s_tables =
        ["show ip dvmrp neighbor", "show ip dvmrp route", "show ip dvmrp routeNextHop", "show ip dvmrp mroute", "show ip mroute", "show ip igmp groups"];

    private readonly StringBuilder _text = new();
    private readonly Dictionary<(string Router, string Table), string> _last = [];
    private bool _hasLegend;

    /// <summary>One more stage.</summary>
    public void Stage(string title, params SimulatedRouter[] routers)
    {
        _text.Append(CultureInfo.InvariantCulture, $"=== {title}\n\n");
        foreach (string table in s_tables)
        {
            foreach (SimulatedRouter router in routers)
            {
                string shown = Shown(router.Run(table));
                string lasting = Spaces().Replace(Passing().Replace(shown, "#"), " ");
                if (_last.GetValueOrDefault((router.Name, table)) != lasting)
                {
                    _last[(router.Name, table)] = lasting;
                    _text.Append(CultureInfo.InvariantCulture, $"{router.Name}#{table}\n{shown}\n\n");
                }
            }
        }
    }

    /// <summary>What was recorded is what the file has; with <c>ROUTEROS_WRITE_DVMRP</c> set to a folder it is written there.</summary>
    public void Compare()
    {
        if (Environment.GetEnvironmentVariable("ROUTEROS_WRITE_DVMRP") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, file), _text.ToString());
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Dvmrp", file)).Split('\n'), _text.ToString().Split('\n'));
        }
    }

    // The router's own groups are the same everywhere, and what the columns mean is said once.
    private string Shown(string text)
    {
        string[] lines = [.. text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd()).Where(l => !l.Contains(" Self ", StringComparison.Ordinal))];
        if (lines[0] == Legend && _hasLegend)
        {
            lines = lines[(Array.IndexOf(lines, string.Empty) + 1)..];
        }

        _hasLegend |= lines[0] == Legend;
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"\d+ \d\d:\d\d:\d\d|ExpireTime: \d+|RcvRoutes: \d+|GenID: 0x\w+|\d+ secs|(?<= (?:\d+|32\*) +)\d+(?= +#|  +\d+ \d\d:)|(?<=Active +\S+ +)\d+")]
    private static partial Regex Passing();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
