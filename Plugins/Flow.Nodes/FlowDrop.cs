using System.ComponentModel;

namespace RouterOS.Flow.Nodes;

/// <summary>Why the flow nodes drop a packet.</summary>
internal enum FlowDrop
{
    /// <summary>Its transport header is cut off.</summary>
    [Description("transport header truncated")]
    Malformed,

    /// <summary>The interface it came in by, or leaves by, is in no zone.</summary>
    [Description("interface in no zone")]
    NoZone,

    /// <summary>A policy denies it, or none permits it.</summary>
    [Description("denied by policy")]
    PolicyDenied,

    /// <summary>A policy rejects it: the sender is told.</summary>
    [Description("rejected by policy")]
    PolicyRejected,

    /// <summary>The session table is full.</summary>
    [Description("no more sessions")]
    NoMoreSessions,

    /// <summary>The zone's host-inbound-traffic does not allow it to reach the router.</summary>
    [Description("not allowed by host-inbound-traffic")]
    HostInbound,

    /// <summary>Its policy wants a tunnel that it did not come by, or it came by one that its policy does not name.</summary>
    [Description("not by the tunnel that the policy requires")]
    WrongProtection,

    /// <summary>TCP before its handshake is over, or without one, where the handshake must be complete.</summary>
    [Description("TCP without a whole handshake")]
    Handshake,

    /// <summary>A TCP reset with a sequence number that the other side does not expect.</summary>
    [Description("TCP sequence number out of window")]
    OutOfWindow,

    /// <summary>A UDP packet to port 53 that is an answer, and opens no session.</summary>
    [Description("DNS answer without a question")]
    DnsReply,

    /// <summary>An ICMP reply, error or redirect that belongs to no session.</summary>
    [Description("ICMP reply or error without a session")]
    NoSession,

    /// <summary>The screen of the zone has found an attack.</summary>
    [Description("found by the zone's screen")]
    Screened,

    /// <summary>Its source has no route, or one by another interface.</summary>
    [Description("source without a reverse path")]
    ReversePath,

    /// <summary>IPv6 is not switched on for sessions.</summary>
    [Description("IPv6 is not flow-based")]
    Ipv6Off,
}
