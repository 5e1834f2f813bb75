using System.Globalization;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit applications]</c>.</summary>
internal static class ApplicationStatements
{
    /// <summary>A port or a range of ports, by number or by the vendor's word for it.</summary>
    public static ValueSyntax Ports { get; } = new("port", "a port from 0 to 65535, a range such as 1024-2047, or a name such as http")
    {
        Read = text => ApplicationCatalog.Port(text) is { } port ? port.ToString(CultureInfo.InvariantCulture) : ReadRange(text),
    };

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("applications", "Applications",
        List("application", "Application", Name("application-name", 63),
            [Description, .. Terms, List("term", "One of several forms", Name("term-name", 63), Terms).OnLine()]),
        List("application-set", "Set of applications", Name("set-name", 63),
            Description,
            List("application", "Application of the set", Text("application-name", 63)),
            List("application-set", "Set in the set", Text("set-name", 63))));

    private static StatementSchema[] Terms =>
    [
        Leaf("alg", "Application gateway", Text("gateway")).Judged(JudgeGateway),
        Leaf("application-protocol", "Application gateway", Text("gateway")).Judged(JudgeGateway),
        Leaf("protocol", "IP protocol", Protocol),
        Leaf("source-port", "Source ports", Ports),
        Leaf("destination-port", "Destination ports", Ports),
        Leaf("icmp-type", "ICMP type", Message("type", IcmpNames.Types)).Judged(JudgeReply),
        Leaf("icmp-code", "ICMP code", Message("code", IcmpNames.Codes)),
        Leaf("icmp6-type", "ICMPv6 type", Message("type", IcmpNames.Types6)).Judged(JudgeReply),
        Leaf("icmp6-code", "ICMPv6 code", Message("code", IcmpNames.Codes6)),
        Leaf("rpc-program-number", "Sun RPC program", Text("program")).Refused(NotEnforced),
        Leaf("uuid", "DCE RPC interface", Text("uuid")).Refused(NotEnforced),
        Leaf("inactivity-timeout", "Time without traffic after which a session ends",
            Integer(4, 86400, "seconds").Or(Choice("never", "Never", Verdict.Refused("sessions always end without traffic: use at most 86400")))),
    ];

    private static ValueSyntax Protocol => new("protocol", "a number from 0 to 255 or a name such as tcp")
    {
        Choices = [.. ApplicationCatalog.Protocols.Keys.Select(p => Choice(p, "Protocol " + p))],
        Read = text => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : null,
    };

    private static ValueSyntax Message(string placeholder, IReadOnlyDictionary<string, uint> names) =>
        Integer(0, 255, placeholder: placeholder) with { Choices = [.. names.Keys.Order(StringComparer.Ordinal).Select(name => Choice(name, "ICMP " + placeholder))] };

    private static Verdict JudgeReply(StatementView view, Abstractions.Chassis.ChassisProfile profile) =>
        view.Key is "0" || view.Key.EndsWith("-reply", StringComparison.Ordinal)
            ? Verdict.Equivalent("an answer passes with the session of its question and begins none")
            : Verdict.Applied;

    private static Verdict JudgeGateway(StatementView view, Abstractions.Chassis.ChassisProfile profile) => view.Key is "ignore" or "none"
        ? Verdict.Equivalent("no application gateway runs")
        : Verdict.Equivalent("no application gateway runs: only the connection of the ports given here passes");

    private static string? ReadRange(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length == 2 && ApplicationCatalog.Port(ends[0]) is { } first && ApplicationCatalog.Port(ends[1]) is { } last && first <= last
            ? string.Create(CultureInfo.InvariantCulture, $"{first}-{last}")
            : null;
    }
}
