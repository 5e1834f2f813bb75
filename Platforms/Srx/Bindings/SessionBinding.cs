using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>security flow</c> to how sessions begin and end.</summary>
internal static class SessionBinding
{
    // The vendor's numbers where the configuration names none.
    private const uint GreSegment = 1320;
    private const uint EarlyAgeout = 20;
    private const uint Watermark = 100;
    private const uint TimeWait = 150;

    /// <summary>Reads the options.</summary>
    public static SessionOptions Read(StatementView flow, List<Finding> findings)
    {
        StatementView tcp = flow["tcp-session"];
        StatementView closed = tcp["time-wait-state"];
        StatementView aging = flow["aging"];
        SessionOptions options = new()
        {
            TcpInitialTimeout = (uint)(tcp.Number("tcp-initial-timeout") ?? 0),
            TimeWaitByService = closed.Has("session-ageout"),
            TimeWaitTimeout = closed.Exists ? (uint)(closed.Number("session-timeout") ?? TimeWait) : 0,
            TimeWaitHalfClosed = closed.Has("apply-to-half-close-state"),
            StrictSyn = tcp.Has("strict-syn-check"),
            CheckReset = tcp.Has("rst-sequence-check"),
            RefuseDnsReply = !flow.Has("allow-dns-reply"),
            RouteChangeTimeout = (uint)(flow.Number("route-change-timeout") ?? 0),
            TcpMssGreIn = Segment(flow["tcp-mss"], "gre-in"),
            TcpMssGreOut = Segment(flow["tcp-mss"], "gre-out"),
        };
        if (aging.Exists)
        {
            options.EarlyAgeout = (uint)(aging.Number("early-ageout") ?? EarlyAgeout);
            options.HighWatermark = (uint)(aging.Number("high-watermark") ?? Watermark);
            options.LowWatermark = (uint)(aging.Number("low-watermark") ?? Math.Min(Watermark, options.HighWatermark));
            if (options.LowWatermark > options.HighWatermark)
            {
                findings.Add(aging.Error($"'low-watermark' is {options.LowWatermark}, more than 'high-watermark' {options.HighWatermark}: aging would never end"));
                options.LowWatermark = options.HighWatermark;
            }
        }

        if (options.StrictSyn && tcp.Has("no-syn-check"))
        {
            findings.Add(tcp.Error("'strict-syn-check' and 'no-syn-check' exclude each other"));
        }

        return options;
    }

    private static uint Segment(StatementView segments, string name) =>
        segments.Has(name) ? (uint)(segments[name].Number("mss") ?? GreSegment) : 0;
}
