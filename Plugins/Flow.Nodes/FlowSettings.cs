using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>How sessions begin and end, and how large TCP segments may be: as the row of table "flow" says, ready for use.</summary>
internal sealed class FlowSettings
{
    // Defaults of the vendor's flow module, in seconds.
    private const ushort TcpOpeningSeconds = 20;
    private const ushort TcpHalfClosedSeconds = 150;

    // Long enough for the last acknowledgements and their repeats.
    private const ushort TcpClosedSeconds = 20;

    /// <summary>Takes a row without a fault.</summary>
    public FlowSettings(FlowDefaultRow row)
    {
        SessionOptions options = row.Sessions ?? new SessionOptions();
        LargestSegment = (ushort)row.TcpMss;
        LargestTunnelSegment = (ushort)row.TcpMssTunnel;
        LargestSegmentOutOfGre = (ushort)options.TcpMssGreIn;
        LargestSegmentIntoGre = (ushort)options.TcpMssGreOut;
        TcpOpening = Or(options.TcpInitialTimeout, TcpOpeningSeconds);
        TcpClosed = options.TimeWaitByService ? (ushort)0 : Or(options.TimeWaitTimeout, TcpClosedSeconds);
        TcpHalfClosed = options.TimeWaitHalfClosed ? TcpClosed : TcpHalfClosedSeconds;
        IsStrict = options.StrictSyn;
        ChecksResets = options.CheckReset;
        RefusesDnsReplies = options.RefuseDnsReply;
        RouteChange = (ushort)options.RouteChangeTimeout;
        EarlyAgeout = (ushort)options.EarlyAgeout;
        HighWatermark = options.HighWatermark;
        LowWatermark = options.LowWatermark;
    }

    /// <summary>Without a row.</summary>
    public static FlowSettings None { get; } = new(new FlowDefaultRow());

    /// <summary>Largest segment that a TCP handshake may offer; 0 for no limit.</summary>
    public ushort LargestSegment { get; }

    /// <summary>The same into and out of tunnels.</summary>
    public ushort LargestTunnelSegment { get; }

    /// <summary>The same out of GRE, and into it.</summary>
    public ushort LargestSegmentOutOfGre { get; }

    public ushort LargestSegmentIntoGre { get; }

    /// <summary>True when GRE packets are looked into.</summary>
    public bool LimitsGre => (LargestSegmentOutOfGre | LargestSegmentIntoGre) != 0;

    /// <summary>Seconds of a TCP session until it is established.</summary>
    public ushort TcpOpening { get; }

    /// <summary>Seconds of a TCP session after one side has closed, and after both have; 0: as an open one.</summary>
    public ushort TcpHalfClosed { get; }

    public ushort TcpClosed { get; }

    /// <summary>TCP sessions begin with SYN, and carry nothing before the handshake is over.</summary>
    public bool IsStrict { get; }

    /// <summary>Sequence numbers of TCP are followed, so that resets can be judged.</summary>
    public bool ChecksResets { get; }

    /// <summary>TCP is asked more than its flags.</summary>
    public bool WatchesTcp => IsStrict || ChecksResets;

    /// <summary>Answers to port 53 open no session.</summary>
    public bool RefusesDnsReplies { get; }

    /// <summary>Seconds that sessions without a route have; 0: their own.</summary>
    public ushort RouteChange { get; }

    /// <summary>Idle seconds after which a session ends while the table is fuller than the watermarks say, in percent; 0: none does.</summary>
    public ushort EarlyAgeout { get; }

    public uint HighWatermark { get; }

    public uint LowWatermark { get; }

    /// <summary>What is wrong with a row; null for nothing.</summary>
    public static string? FaultOf(FlowDefaultRow row)
    {
        SessionOptions options = row.Sessions ?? new SessionOptions();
        return Math.Max(Math.Max(row.TcpMss, row.TcpMssTunnel), Math.Max(options.TcpMssGreIn, options.TcpMssGreOut)) > ushort.MaxValue
            ? $"A TCP segment has at most {ushort.MaxValue} bytes."
            : Math.Max(Math.Max(options.TcpInitialTimeout, options.TimeWaitTimeout), Math.Max(options.RouteChangeTimeout, options.EarlyAgeout)) > ushort.MaxValue
            ? $"A session's time is at most {ushort.MaxValue} seconds."
            : options.HighWatermark > 100 || options.LowWatermark > options.HighWatermark
            ? $"Watermarks of {options.LowWatermark} and {options.HighWatermark} percent cannot be."
            : null;
    }

    private static ushort Or(uint seconds, ushort otherwise) => seconds == 0 ? otherwise : (ushort)seconds;
}
