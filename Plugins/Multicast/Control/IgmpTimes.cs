using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>Timers of IGMP on one interface in milliseconds (RFC 3376 section 8).</summary>
internal sealed record IgmpTimes(int Version, int Robustness, long QueryInterval, long QueryResponse, long LastMemberQuery, long QuerierTimeout)
{
    private const int DefaultVersion = 2;
    private const int DefaultRobustness = 2;
    private const long DefaultQueryInterval = 125_000;
    private const long DefaultQueryResponse = 10_000;
    private const long DefaultLastMemberQuery = 1_000;

    /// <summary>How long members are remembered without a report.</summary>
    public long Membership => (Robustness * QueryInterval) + QueryResponse;

    /// <summary>How long hosts of older versions are taken to be there.</summary>
    public long OldHost => Membership;

    /// <summary>How long members are remembered that were asked whether they are the last.</summary>
    public long LastMember => Robustness * LastMemberQuery;

    /// <summary>Between the first queries.</summary>
    public long StartupInterval => QueryInterval / 4;

    /// <summary>Reads the timers with their defaults.</summary>
    public static IgmpTimes Of(Igmp igmp)
    {
        int robustness = igmp.Robustness == 0 ? DefaultRobustness : (int)igmp.Robustness;
        long interval = igmp.QueryIntervalSeconds == 0 ? DefaultQueryInterval : igmp.QueryIntervalSeconds * 1000L;
        long response = igmp.QueryResponseTenths == 0 ? DefaultQueryResponse : igmp.QueryResponseTenths * 100L;
        return new IgmpTimes(
            igmp.Version == 0 ? DefaultVersion : (int)igmp.Version,
            robustness,
            interval,
            response,
            igmp.LastMemberQueryTenths == 0 ? DefaultLastMemberQuery : igmp.LastMemberQueryTenths * 100L,
            igmp.QuerierTimeoutSeconds == 0 ? (robustness * interval) + (response / 2) : igmp.QuerierTimeoutSeconds * 1000L);
    }
}
