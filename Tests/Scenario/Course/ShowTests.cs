using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Course;

/// <summary>The course's examples, and every output that the course prints of them.</summary>
public sealed class ShowTests : IDisposable
{
    private const string Near = "10.1.10.5";
    private const string Far = "10.1.210.5";

    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Conformance", "seed-003");

    private readonly SimulatedNetwork _network = new();

    [Fact]
    public void The_route_based_example_prints_what_the_document_prints()
    {
        // The course's route names the far end's address on the tunnel, and it denies two packets.
        SimulatedRouter edge = Start("edge.conf", "remote.conf", out SimulatedHost near, out SimulatedHost far, DenyTelnet, text => text);
        far.Send(Near, 6, Syn(23));
        far.Send(Near, 6, Syn(23));
        _network.Run(1);
        edge.Run("clear security ipsec statistics");
        Ping(near, 141);
        Assert.Equal(141, near.Replies.Count);
        Compare(edge, "route-based");
    }

    [Fact]
    public void The_policy_based_example_prints_what_the_document_prints()
    {
        // One side begins: where both do, both have their way, which is two SAs more.
        SimulatedRouter edge = Start("policy-edge.conf", "policy-remote.conf", out SimulatedHost near, out _, text => text, OnTraffic);
        Ping(near, 56);
        Assert.Equal(56, near.Replies.Count);
        Compare(edge, "policy-based");
    }

    public void Dispose() => _network.Dispose();

    private static string OnTraffic(string text) => text.Replace("establish-tunnels immediately", "establish-tunnels on-traffic", StringComparison.Ordinal);

    private static string DenyTelnet(string text) => text
        .Replace("next-hop st0.0", "next-hop 1.1.80.1", StringComparison.Ordinal)
        .Replace("policy in {", "policy no-telnet { match { source-address any; destination-address any; application junos-telnet; } then { deny; } }\npolicy in {", StringComparison.Ordinal);

    private static byte[] Syn(byte port)
    {
        byte[] header = new byte[20];
        header[0] = 0x10;
        header[3] = port;
        header[12] = 0x50;
        header[13] = 0x02;
        return header;
    }

    private SimulatedRouter Start(
        string ours, string theirs, out SimulatedHost near, out SimulatedHost far, Func<string, string> edit, Func<string, string> editRemote)
    {
        SimulatedRouter edge = _network.Router("edge", "srx650", edit(File.ReadAllText(Path.Combine(s_folder, ours))));
        SimulatedRouter remote = _network.Router("remote", "srx650", editRemote(File.ReadAllText(Path.Combine(s_folder, theirs))));
        _network.Wire(edge, "ge-1/0/1", remote, "ge-1/0/1");
        near = _network.Host(Near, "10.1.10.1", edge, "ge-0/0/0");
        far = _network.Host(Far, "10.1.210.1", remote, "ge-0/0/0");
        _network.Start();
        _network.Run(5);
        return edge;
    }

    private void Ping(SimulatedHost host, int count)
    {
        for (ushort i = 0; i < count; i++)
        {
            host.Ping(Far, i);
            _network.Run(0.1);
        }

        _network.Run(1);
    }

    // A page without what another run may have otherwise: numbers, and the spaces that fill up their columns.
    private static string Lasting(string page) => Regex.Replace(page, "[0-9a-f]{8,}|[0-9]+| +", match => match.Value[0] == ' ' ? " " : "#");

    // Every line as the document has it; and the page that shows both is what it would be if made anew.
    private static void Compare(SimulatedRouter router, string example)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"# The {example} example: the document's layout, and what {router.Name} prints\n\n");
        page.Append("Made by `Tests/Scenario/Course`, which fails where a line differs from the document's or this page from the router.\n");
        page.Append("`#` stands for any number, `%` for any hexadecimal one, `?` for any word. Blank lines are left out.\n");
        List<string> differences = [];
        foreach ((string command, List<string> layout) in ShowLayout.Read(Path.Combine(s_folder, example + ".layout")))
        {
            List<string> lines = ShowLayout.Lines(router.Run(command));
            bool isOpen = layout[^1] == "...";
            List<string> wanted = isOpen ? layout[..^1] : layout;
            page.Append(CultureInfo.InvariantCulture, $"\n## {command}\n\n```\n{ShowLayout.SideBySide(layout, lines)}```\n");
            if (lines.Count < wanted.Count || (!isOpen && lines.Count > wanted.Count))
            {
                differences.Add($"{command}: {lines.Count} lines, the document has {wanted.Count}");
            }

            differences.AddRange(wanted.Zip(lines).Where(pair => !ShowLayout.Matches(pair.First, pair.Second)).Select(pair => $"{pair.First}\n  {pair.Second}"));
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
        if (Environment.GetEnvironmentVariable("ROUTEROS_WRITE_COURSE") is { Length: > 0 } target)
        {
            File.WriteAllText(Path.Combine(target, example + ".md"), page.ToString());
        }
        else
        {
            Assert.Equal(Lasting(File.ReadAllText(Path.Combine(s_folder, example + ".md"))), Lasting(page.ToString()));
        }
    }
}
