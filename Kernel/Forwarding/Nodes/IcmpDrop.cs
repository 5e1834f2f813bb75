using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why no ICMP error was sent for a packet that was dropped.</summary>
internal enum IcmpDrop
{
    /// <summary>The packet was itself an ICMP error.</summary>
    [Description("The packet was itself an ICMP error.")]
    AboutError,

    /// <summary>The packet was a fragment other than the first.</summary>
    [Description("The packet was a fragment other than the first.")]
    AboutFragment,

    /// <summary>The packet was sent to a broadcast or multicast address, or from one.</summary>
    [Description("The packet was sent to a broadcast or multicast address, or from one.")]
    AboutGroup,

    /// <summary>The packet was the router's own.</summary>
    [Description("The packet was the router's own.")]
    AboutOwn,

    /// <summary>The sender, or all senders together, had their share of ICMP errors per second.</summary>
    [Description("The sender, or all senders together, had their share of ICMP errors per second.")]
    RateLimited,

    /// <summary>The router has no address to send from.</summary>
    [Description("The router has no address to send from.")]
    NoSource,

    /// <summary>No buffer was free.</summary>
    [Description("No buffer was free.")]
    NoBuffer,

    /// <summary>The node that asked for the error gave no reason or no IPv4 packet.</summary>
    [Description("The node that asked for the error gave no reason or no IPv4 packet.")]
    NoReason,
}
