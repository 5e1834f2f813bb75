using System.Globalization;
using System.Text;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip igmp</c> and what is below it.</summary>
internal static class IgmpLayout
{
    /// <summary>The process.</summary>
    public static string Summary(Summary summary)
    {
        Counters counters = summary.Counters;
        string state = summary.Interfaces > 0 ? "enabled" : "disabled";
        return string.Create(CultureInfo.InvariantCulture, $"""
            Routing Process IGMP, Administrative state {state}, Operational state {state}
            {summary.Interfaces} total interfaces, {summary.Enabled} enabled, {summary.Interfaces - summary.Enabled} disabled
            {summary.Groups} learnt groups
            IGMP Statistics:
              Rcvd: {counters.Received} total, {counters.ChecksumErrors} checksum errors, {counters.UnknownTypes} unknown types
                    {counters.Queries} queries, {counters.Reports} reports, {counters.Leaves} leaves
                    {counters.Malformed} malformed, {counters.Ignored} ignored, {counters.OverLimit} over limit, {counters.WrongVersion} wrong version
              Sent: {counters.SentQueries} queries, {counters.SentReports} reports

            """).ReplaceLineEndings("\n");
    }

    /// <summary>A block for each interface.</summary>
    public static string Interfaces(IReadOnlyList<InterfaceState> states)
    {
        StringBuilder text = new();
        foreach (InterfaceState each in states)
        {
            text.Append(CultureInfo.InvariantCulture, $"Interface {each.Name} address {DvmrpLayout.Text(each.Address)}/{each.PrefixLength}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Administrative state enabled, Operational state {(each.Up ? "enabled" : "disabled")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Interface parameters:\n    Version {each.Version}\n");
            text.Append(CultureInfo.InvariantCulture, $"    State {(each.IsQuerier ? "Querier" : "Non-querier")}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Query Interval {each.QueryIntervalSeconds} secs\n");
            text.Append(CultureInfo.InvariantCulture, $"    Other querier present interval {each.QuerierTimeoutSeconds} secs\n");
            text.Append(CultureInfo.InvariantCulture, $"    Maximum response time {each.QueryResponseTenths} (in 10ths of a second)\n");
            text.Append(CultureInfo.InvariantCulture, $"    Last member query interval {each.LastMemberQueryTenths} (in 10ths of a second)\n");
            text.Append(CultureInfo.InvariantCulture, $"    Robustness {each.Robustness}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Group limit {(each.GroupLimit == 0 ? "none" : each.GroupLimit.ToString(CultureInfo.InvariantCulture))}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Immediate leave {(each.ImmediateLeave ? "enabled" : "disabled")}\n");
            text.Append(CultureInfo.InvariantCulture, $"    TTL threshold {each.TtlThreshold}, rate limit {(each.RateLimit == 0 ? "none" : $"{each.RateLimit / 1000} kbps")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Interface querier information:\n    Querier {DvmrpLayout.Text(each.Querier)}{(each.IsQuerier ? " (this system)" : string.Empty)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    {(each.IsQuerier ? "Next query in" : "Querier expires in")} {each.NextQuerySeconds} secs\n");
            text.Append(CultureInfo.InvariantCulture, $"  Interface statistics:\n    Rcvd: {each.Counters.Reports} reports, {each.Counters.Leaves} leaves, {each.Counters.WrongVersion} wrong version queries\n");
            text.Append(CultureInfo.InvariantCulture, $"    Sent: {each.Counters.SentQueries} queries\n    Groups learned: {each.Groups}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{states.Count} interfaces\n").ToString();
    }

    /// <summary>A line for each interface.</summary>
    public static string Brief(IReadOnlyList<InterfaceState> states)
    {
        StringBuilder text = new();
        text.Append("Interface              Intf Address/Mask  Ver State       Querier         QTime QPTime Groups\n");
        text.Append("---------------------- ------------------ --- ----------- --------------- ----- ------ ------\n");
        foreach (InterfaceState each in states)
        {
            string address = $"{DvmrpLayout.Text(each.Address)}/{each.PrefixLength}";
            text.Append(CultureInfo.InvariantCulture,
                $"{each.Name,-22} {address,-18} {each.Version,-3} {(each.Up ? each.IsQuerier ? "Querier" : "Non-querier" : "Down"),-11} {DvmrpLayout.Text(each.Querier),-15} {each.QueryIntervalSeconds,-5} {each.QuerierTimeoutSeconds,-6} {each.Groups}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{states.Count} interfaces\n").ToString();
    }

    /// <summary>Groups, and the sources of those that tell them apart.</summary>
    public static string Groups(IReadOnlyList<GroupState> groups)
    {
        StringBuilder text = new();
        text.Append("Grp Address     Interface              State     Reporter        ExpTim oldHTo Mode    Sources\n");
        text.Append("--------------- ---------------------- --------- --------------- ------ ------ ------- -------\n");
        foreach (GroupState each in groups)
        {
            string state = each.Self ? "Self" : each.Static ? "Static" : $"Version{each.Version}";
            string expires = each.Self || each.Static ? "never" : each.ExpiresSeconds.ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture,
                $"{DvmrpLayout.Text(each.Group),-15} {each.Interface,-22} {state,-9} {(each.Reporter == 0 ? "-" : DvmrpLayout.Text(each.Reporter)),-15} {expires,-6} {each.OldHostSeconds,-6} {(each.Exclude ? "Exclude" : "Include"),-7} {each.Sources.Count}\n");
            foreach (SourceState source in each.Sources)
            {
                text.Append(CultureInfo.InvariantCulture, $"  Source {DvmrpLayout.Text(source.Source),-15} {(source.ExpiresSeconds == 0 ? "blocked" : $"expires {source.ExpiresSeconds}")}\n");
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"Counts: {groups.Count(g => !g.Self)} groups\n").ToString();
    }
}
