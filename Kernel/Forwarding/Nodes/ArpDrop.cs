using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why address resolution dropped a packet.</summary>
internal enum ArpDrop
{
    /// <summary>The ARP packet is malformed or not for IPv4 over Ethernet.</summary>
    [Description("The ARP packet is malformed or not for IPv4 over Ethernet.")]
    Malformed,

    /// <summary>The ARP packet is about an address outside the interface's prefixes.</summary>
    [Description("The ARP packet is about an address outside the interface's prefixes.")]
    NotConnected,

    /// <summary>Another station claims one of the router's own addresses.</summary>
    [Description("Another station claims one of the router's own addresses.")]
    AddressConflict,

    /// <summary>The neighbour's queue of waiting packets is full.</summary>
    [Description("The neighbour's queue of waiting packets is full.")]
    QueueFull,

    /// <summary>Too many neighbours are unresolved.</summary>
    [Description("Too many neighbours are unresolved.")]
    TooManyNeighbors,

    /// <summary>The neighbour did not answer.</summary>
    [Description("The neighbour did not answer.")]
    NoAnswer,

    /// <summary>The interface went down or changed while packets waited.</summary>
    [Description("The interface went down or changed while packets waited.")]
    InterfaceChanged,

    /// <summary>No buffer was free for an ARP packet, or no room for the link header.</summary>
    [Description("No buffer was free for an ARP packet, or no room for the link header.")]
    NoBuffer,
}
