using System.Globalization;
using System.Text;
using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Unit.Srx;

/// <summary>The declared language as a whole, and each range of the vendor's tables.</summary>
public sealed class StatementTests
{
    [Fact]
    public void Every_statement_has_the_verdict_that_is_on_record()
    {
        StringBuilder text = new();
        Record(SrxStatements.Root, string.Empty, Verdict.Applied, text);

        // To put a change on record, run with ROUTEROS_RECORD set to the file's path.
        if (Environment.GetEnvironmentVariable("ROUTEROS_RECORD") is { Length: > 0 } file)
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "srx", "statements.txt")).Split('\n'), text.ToString().Split('\n'));
    }

    [Fact]
    public void Every_statement_that_is_not_applied_says_why() => Assert.All(
        All(SrxStatements.Root, string.Empty),
        pair => Assert.Equal(pair.Schema.Verdict.Kind == VerdictKind.Applied, pair.Schema.Verdict.Reason.Length == 0));

    [Fact]
    public void What_is_kept_as_written_is_never_called_applied() => Assert.All(
        All(SrxStatements.Root, string.Empty).Where(pair => pair.Schema.Kind == StatementKind.Opaque),
        pair => Assert.True(
            pair.Schema.Verdict.Kind != VerdictKind.Applied || pair.Path.StartsWith("system root-authentication ", StringComparison.Ordinal), pair.Path));

    [Theory]
    [InlineData("security ike proposal p lifetime-seconds", 180, 86400)]
    [InlineData("security ike gateway g dead-peer-detection interval", 2, 60)]
    [InlineData("security ike gateway g dead-peer-detection threshold", 1, 5)]
    [InlineData("security ike gateway g nat-keepalive", 1, 300)]
    [InlineData("security ike respond-bad-spi max-responses", 1, 30)]
    [InlineData("security ipsec proposal p lifetime-seconds", 180, 86400)]
    [InlineData("security ipsec proposal p lifetime-kilobytes", 64, 4294967294)]
    [InlineData("security ipsec vpn v ike idle-time", 60, 999999)]
    [InlineData("security ipsec vpn v ike install-interval", 0, 10)]
    [InlineData("security ipsec vpn v ike anti-replay-window-size", 64, 8192)]
    [InlineData("security ipsec vpn v manual spi", 256, 16639)]
    [InlineData("security ipsec vpn-monitor-options interval", 2, 3600)]
    [InlineData("security ipsec vpn-monitor-options threshold", 1, 65536)]
    [InlineData("interfaces ge-0/0/0 mtu", 256, 9192)]
    [InlineData("interfaces st0 unit 0 family inet mtu", 256, 9192)]
    [InlineData("interfaces ge-0/0/0 unit", 0, 16385)]
    [InlineData("interfaces ge-0/0/0 hold-time up", 0, 4294967295)]
    [InlineData("interfaces ge-0/0/0 unit 0 vlan-id", 0, 4094)]
    [InlineData("routing-options static route 10.0.0.0/8 preference", 0, 4294967295)]
    [InlineData("applications application a inactivity-timeout", 4, 86400)]
    [InlineData("applications application a icmp-type", 0, 255)]
    [InlineData("applications application a protocol", 0, 255)]
    [InlineData("applications application a destination-port", 0, 65535)]
    [InlineData("system max-configurations-on-flash", 0, 49)]
    public void A_range_holds_at_both_ends(string path, long minimum, long maximum)
    {
        Assert.Empty(Errors($"set {path} {minimum}"));
        Assert.Empty(Errors($"set {path} {maximum}"));
        Assert.Single(Errors($"set {path} {minimum - 1}"));
        Assert.Single(Errors($"set {path} {maximum + 1}"));
    }

    [Fact]
    public void Every_declared_number_is_bounded_on_both_sides()
    {
        foreach ((string path, ValueSyntax syntax) in All(SrxStatements.Root, string.Empty).SelectMany(Syntaxes))
        {
            string[] bounds = syntax.HelpSuffix.Split(' ')[0].Split("..");
            if (bounds.Length == 2)
            {
                long minimum = long.Parse(bounds[0], CultureInfo.InvariantCulture);
                long maximum = long.Parse(bounds[1], CultureInfo.InvariantCulture);
                Assert.True(syntax.TryAccept(bounds[0], out _) && syntax.TryAccept(bounds[1], out _), path);
                Assert.False(syntax.TryAccept((minimum - 1).ToString(CultureInfo.InvariantCulture), out _), path);
                Assert.False(syntax.TryAccept((maximum + 1).ToString(CultureInfo.InvariantCulture), out _), path);
            }
        }
    }

    [Theory]
    [InlineData("security ike proposal")]
    [InlineData("security ike policy")]
    [InlineData("security ike gateway")]
    [InlineData("security ipsec proposal")]
    [InlineData("security ipsec policy")]
    [InlineData("security ipsec vpn")]
    [InlineData("security zones security-zone")]
    [InlineData("security screen ids-option")]
    public void Names_have_at_most_32_characters(string list)
    {
        StatementSchema schema = list.Split(' ').Aggregate(SrxStatements.Root, (at, name) => at.Child(name)!);
        Assert.True(schema.Keys[0].Value.TryAccept(new string('n', 32), out _));
        Assert.False(schema.Keys[0].Value.TryAccept(new string('n', 33), out _));
    }

    [Fact]
    public void Keys_are_bounded_and_hexadecimal_ones_even()
    {
        const string Key = "set security ike policy p pre-shared-key ";
        Assert.Empty(Errors(Key + "ascii-text " + new string('k', 255)));
        Assert.Single(Errors(Key + "ascii-text " + new string('k', 256)));
        Assert.Empty(Errors(Key + "hexadecimal 0aFf"));
        Assert.Single(Errors(Key + "hexadecimal 0aF"));
        Assert.Single(Errors(Key + "hexadecimal 0x"));
    }

    [Fact]
    public void An_unknown_statement_says_what_could_stand_there() =>
        Assert.Contains("allowed: ike-policy, address, dynamic, dead-peer-detection", Assert.Single(Errors("set security ike gateway g peer 192.0.2.1")), StringComparison.Ordinal);

    [Theory]
    [InlineData("st0", "st0.0")]
    [InlineData("ge-0/0/0", "ge-0/0/0.0")]
    [InlineData("ge-0/0/0.5", "ge-0/0/0.5")]
    [InlineData("xe-11/3/0.16385", "xe-11/3/0.16385")]
    [InlineData("ge-0/0", null)]
    [InlineData("ge-0/0/0.x", null)]
    [InlineData("ge-0/0/0.01", null)]
    [InlineData("ge-0/0/0.1.1", null)]
    [InlineData("eth0", null)]
    public void A_logical_interface_has_a_unit(string text, string? canonical)
    {
        InterfaceNames.Logical.TryAccept(text, out string? read);
        Assert.Equal(canonical, read);
    }

    // What is below shares a verdict or has a worse one; a judged statement has the one of its value.
    private static void Record(StatementSchema schema, string path, Verdict inherited, StringBuilder text)
    {
        foreach ((string here, StatementSchema child) in Children(schema, path))
        {
            Verdict verdict = inherited.Worse(child.Verdict);
            string kind = child.Judge is not null ? "judged" : verdict.Kind.ToString().ToLowerInvariant();
            text.Append(CultureInfo.InvariantCulture, $"{here} = {kind}{(verdict.Reason.Length > 0 ? ": " : string.Empty)}{verdict.Reason}\n");
            if (!child.IsInheritance)
            {
                Record(child, here, verdict, text);
            }
        }
    }

    private static IEnumerable<string> Errors(string text) =>
        ConfigurationText.Read(text, SrxStatements.Root).Errors.Select(e => e.ToString());

    private static IEnumerable<(string Path, StatementSchema Schema)> Children(StatementSchema schema, string path)
    {
        // What says what is inherited stands everywhere: it is on record where the language begins.
        foreach (StatementSchema child in schema.Children.Where(child => !child.IsInheritance || path.Length == 0 || child.Children.Count > 0))
        {
            string keys = string.Concat(child.Keys.Select(k => (k.Keyword.Length > 0 ? " " + k.Keyword : string.Empty) + $" <{k.Value.Placeholder}>"));
            string own = (child.Name + keys).Trim();
            yield return ((path + " " + (own.Length > 0 ? own : "<value>")).Trim(), child);
        }
    }

    private static IEnumerable<(string Path, StatementSchema Schema)> All(StatementSchema schema, string path) =>
        Children(schema, path).SelectMany(child => child.Schema.IsInheritance ? [child] : All(child.Schema, child.Path).Prepend(child));

    private static IEnumerable<(string Path, ValueSyntax Syntax)> Syntaxes((string Path, StatementSchema Schema) pair)
    {
        if (pair.Schema.Value is { } value)
        {
            yield return (pair.Path, value);
        }

        foreach (KeySyntax key in pair.Schema.Keys)
        {
            yield return (pair.Path, key.Value);
        }
    }
}
