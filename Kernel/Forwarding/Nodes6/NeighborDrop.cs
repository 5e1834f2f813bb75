using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Why neighbour discovery dropped a packet.</summary>
internal enum NeighborDrop
{
    /// <summary>The message or one of its options is malformed.</summary>
    [Description("The message or one of its options is malformed.")]
    Malformed,

    /// <summary>The message is about an address outside the interface's prefixes, or about one that is not ours.</summary>
    [Description("The message is about an address outside the interface's prefixes, or about one that is not ours.")]
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

    /// <summary>No buffer was free for a message, or no room for the link header.</summary>
    [Description("No buffer was free for a message, or no room for the link header.")]
    NoBuffer,
}
