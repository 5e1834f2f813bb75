using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Control;

/// <summary>State for <c>show</c>.</summary>
internal static class RadiusShow
{
    public static ServerStatistics Of(RadiusServer server, DateTimeOffset now)
    {
        ServerCounters counters = server.Counters;
        return new ServerStatistics
        {
            Group = server.Group,
            Address = Ipv4Number.Text(server.Policy.Address),
            Port = server.Policy.Port,
            Accounting = server.IsAccounting,
            Dead = server.DeadUntil > now,
            MaxRequests = (uint)server.Policy.MaximumRequests,
            Pending = (uint)server.Pending,
            RoundTripMilliseconds = counters.RoundTripMilliseconds,
            Requests = counters.Requests,
            Retransmissions = counters.Retransmissions,
            Accepts = counters.Accepts,
            Rejects = counters.Rejects,
            Challenges = counters.Challenges,
            Responses = counters.Responses,
            Malformed = counters.Malformed,
            BadAuthenticators = counters.BadAuthenticators,
            Timeouts = counters.Timeouts,
            Unexpected = counters.Unexpected,
            Starts = counters.Starts,
            Interims = counters.Interims,
            Stops = counters.Stops,
            Full = counters.Full,
        };
    }
}
