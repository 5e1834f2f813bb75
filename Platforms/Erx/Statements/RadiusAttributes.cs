using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Statements;

/// <summary>Attributes of <c>radius include</c>, with their numbers.</summary>
internal static class RadiusAttributes
{
    private const uint NotSent = 0;

    /// <summary>Word of the command, and number; 0 for those that no request has.</summary>
    public static IReadOnlyList<(string Word, uint Number)> All { get; } =
    [
        ("acct-link-count", NotSent), ("acct-multi-session-id", NotSent), ("acct-session-id", 44), ("acct-tunnel-connection", 68),
        ("called-station-id", 30), ("calling-station-id", 31), ("class", 25), ("connect-info", NotSent), ("event-timestamp", 55),
        ("framed-compression", NotSent), ("framed-ip-address", 8), ("framed-ip-netmask", NotSent), ("input-gigawords", 52),
        ("nas-identifier", 32), ("nas-port", 5), ("nas-port-id", 87), ("nas-port-type", 61), ("output-gigawords", 53),
        ("tunnel-assignment-id", NotSent), ("tunnel-client-auth-id", 90), ("tunnel-client-endpoint", 66), ("tunnel-medium-type", 65),
        ("tunnel-preference", NotSent), ("tunnel-server-auth-id", 91), ("tunnel-server-endpoint", 67), ("tunnel-type", 64),
    ];

    /// <summary>Number of an attribute.</summary>
    public static uint NumberOf(string word) => All.FirstOrDefault(a => a.Word == word).Number;

    /// <summary>What the router does with the command.</summary>
    public static Verdict Judge(StatementView view, ChassisProfile profile) =>
        NumberOf(view.Values[0]) != NotSent ? Verdict.Applied
        : view.Text("choice") == "disable" ? Verdict.Equivalent("no request has it")
        : Verdict.Refused($"{view.Values[0]} is not sent");
}
