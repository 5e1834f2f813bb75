using System.Globalization;
using System.Text;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show radius</c>: a column for each server.</summary>
internal static class RadiusLayout
{
    private const int NameWidth = 26;
    private const int ColumnWidth = 15;

    /// <summary>What servers of authentication were asked.</summary>
    public static string Authentication(IReadOnlyList<ServerStatistics> servers) => Table(
        "RADIUS Authentication Statistics", servers,
        [
            ("UDP Port", s => s.Port), ("Round Trip Time", s => s.RoundTripMilliseconds), ("Access Requests", s => s.Requests),
            ("Retransmissions", s => s.Retransmissions), ("Access Accepts", s => s.Accepts), ("Access Rejects", s => s.Rejects),
            ("Access Challenges", s => s.Challenges), ("Malformed Responses", s => s.Malformed), ("Bad Authenticators", s => s.BadAuthenticators),
            ("Requests Pending", s => s.Pending), ("Request Timeouts", s => s.Timeouts), ("Unknown Responses", s => s.Unexpected),
            ("Packets Dropped", s => s.Full),
        ]);

    /// <summary>What servers of accounting were asked.</summary>
    public static string Accounting(IReadOnlyList<ServerStatistics> servers) => Table(
        "RADIUS Accounting Statistics", servers,
        [
            ("UDP Port", s => s.Port), ("Round Trip Time", s => s.RoundTripMilliseconds), ("Requests", s => s.Requests),
            ("Start Requests", s => s.Starts), ("Interim Requests", s => s.Interims), ("Stop Requests", s => s.Stops),
            ("Retransmissions", s => s.Retransmissions), ("Responses", s => s.Responses), ("Malformed Responses", s => s.Malformed),
            ("Bad Authenticators", s => s.BadAuthenticators), ("Requests Pending", s => s.Pending), ("Request Timeouts", s => s.Timeouts),
            ("Unknown Responses", s => s.Unexpected), ("Packets Dropped", s => s.Full),
        ]);

    /// <summary>What servers have asked for.</summary>
    public static string Requests(DynamicStatistics? counted)
    {
        counted ??= new DynamicStatistics();
        StringBuilder text = Titled("RADIUS Dynamic-Request Statistics");
        foreach ((string name, ulong value) in new (string, ulong)[]
        {
            ("Disconnect Requests", counted.DisconnectRequests), ("Disconnect Accepts", counted.DisconnectAcks), ("Disconnect Rejects", counted.DisconnectNaks),
            ("CoA Requests", counted.ChangeRequests), ("CoA Accepts", counted.ChangeAcks), ("CoA Rejects", counted.ChangeNaks),
            ("Malformed Requests", counted.Malformed), ("Bad Authenticators", counted.BadAuthenticators), ("Unknown Servers", counted.Strangers),
            ("Duplicate Requests", counted.Duplicates), ("Stale Requests", counted.Stale),
        })
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-NameWidth}  {value,ColumnWidth}\n");
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Servers as configured.</summary>
    public static string Servers(string kind, int port, IEnumerable<StatementView> servers)
    {
        StringBuilder text = Titled($"RADIUS {kind} Configuration");
        text.Append("                  Udp    Retry            Maximum   Dead\n");
        text.Append("   IP Address     Port   Count   Timeout  Sessions  Time    Secret\n");
        text.Append("---------------  -----  -----  -------  --------  ----  ----------\n");
        foreach (StatementView view in servers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{view.Key,-15}  {view.Number("udp-port") ?? port,5}  {view.Number("retransmit") ?? 3,5}  ");
            text.Append(CultureInfo.InvariantCulture, $"{view.Number("timeout") ?? 3,7}  {view.Number("max-sessions") ?? 255,8}  {view.Number("deadtime") ?? 0,4}  ");
            text.Append(view.Secret("key") ?? "<null>").Append('\n');
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Who may ask for the end or the change of sessions.</summary>
    public static string Clients(IEnumerable<StatementView> servers)
    {
        StringBuilder text = Titled("RADIUS Dynamic-Request Configuration");
        text.Append("                  Udp                  Change of\n");
        text.Append("   IP Address     Port  Disconnect  Authorization    Secret\n");
        text.Append("---------------  -----  ----------  -------------  ----------\n");
        foreach (StatementView view in servers)
        {
            string disconnect = view["subscriber"].Has("disconnect") ? "enabled" : "disabled";
            string change = view["authorization"].Has("change") ? "enabled" : "disabled";
            text.Append(CultureInfo.InvariantCulture, $"{view.Key,-15}  {view.Number("udp-port") ?? 1700,5}  {disconnect,-10}  {change,-13}  ");
            text.Append(view.Secret("key") ?? "<null>").Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static string Table(string title, IReadOnlyList<ServerStatistics> servers, (string Name, Func<ServerStatistics, ulong> Of)[] rows)
    {
        StringBuilder text = Titled(title);
        text.Append(CultureInfo.InvariantCulture, $"{"Statistic",-NameWidth}");
        foreach (ServerStatistics server in servers)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {server.Address,ColumnWidth}");
        }

        text.Append('\n').Append('-', NameWidth);
        foreach (ServerStatistics _ in servers)
        {
            text.Append("  ").Append('-', ColumnWidth);
        }

        text.Append('\n');
        foreach ((string name, Func<ServerStatistics, ulong> of) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-NameWidth}");
            foreach (ServerStatistics server in servers)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {of(server),ColumnWidth}");
            }

            text.Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static StringBuilder Titled(string title) => new StringBuilder().Append(title).Append('\n').Append('-', title.Length).Append('\n');
}
