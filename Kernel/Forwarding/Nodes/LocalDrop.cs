using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why a packet to the router itself was dropped.</summary>
internal enum LocalDrop
{
    /// <summary>No protocol here claims the UDP port; the sender is told, unless it sent to a group.</summary>
    [Description("No protocol here claims the UDP port; the sender is told, unless it sent to a group.")]
    UnclaimedUdpPort,

    /// <summary>No protocol here claims the IP protocol; the sender is told, unless it sent to a group.</summary>
    [Description("No protocol here claims the IP protocol; the sender is told, unless it sent to a group.")]
    UnclaimedProtocol,

    /// <summary>TCP to the router: nothing listens, and ICMP would be the wrong answer.</summary>
    [Description("TCP to the router: nothing listens, and ICMP would be the wrong answer.")]
    Tcp,

    /// <summary>The UDP header or its checksum is wrong.</summary>
    [Description("The UDP header or its checksum is wrong.")]
    BadUdp,

    /// <summary>The ICMP header or its checksum is wrong.</summary>
    [Description("The ICMP header or its checksum is wrong.")]
    BadIcmp,

    /// <summary>An echo request to a broadcast or multicast address.</summary>
    [Description("An echo request to a broadcast or multicast address.")]
    BroadcastEcho,

    /// <summary>An ICMP message that the router does not act on.</summary>
    [Description("An ICMP message that the router does not act on.")]
    UnusedIcmp,

    /// <summary>The extension headers are cut, too many or out of place.</summary>
    [Description("The extension headers are cut, too many or out of place.")]
    BadExtensions,
}
