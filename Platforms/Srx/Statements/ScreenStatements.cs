using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security screen]</c>: a screen may be named, but none of its checks runs yet.</summary>
internal static class ScreenStatements
{
    /// <summary>Path of the list of screens.</summary>
    public const string ListPath = "security screen ids-option";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("screen", "Screens",
        TraceOptions,
        List("ids-option", "Screen", ObjectName("screen-name"),
            Description,
            Flag("alarm-without-drop", "Report and let pass").Refused(NotEnforced),
            Anything("icmp", "Checks of ICMP").Refused(NotEnforced),
            Anything("ip", "Checks of IP").Refused(NotEnforced),
            Anything("tcp", "Checks of TCP").Refused(NotEnforced),
            Anything("udp", "Checks of UDP").Refused(NotEnforced),
            Anything("limit-session", "Limits of sessions").Refused(NotEnforced))
            .Ignored("a screen without options checks nothing"),
        Anything("white-list", "Addresses that are not checked").Ignored("no screen checks anything"));
}
