using System.ComponentModel;

namespace RouterOS.L2tp.Nodes;

/// <summary>Why a packet of a session was dropped.</summary>
internal enum L2tpDataDrop
{
    /// <summary>A datagram to UDP port 1701 that is no L2TP message.</summary>
    [Description("Datagrams to UDP port 1701 that are no L2TP message")]
    Malformed,

    /// <summary>Its source is not the peer's address.</summary>
    [Description("Packets of a session whose source is not the peer's address")]
    Spoofed,

    /// <summary>It came behind one with a later number.</summary>
    [Description("Packets of a session that came behind one with a later sequence number")]
    OutOfSequence,

    /// <summary>A packet into an interface whose session is gone.</summary>
    [Description("Packets into an interface whose session is gone")]
    NoSession,

    /// <summary>No room before the packet, or it would be too long.</summary>
    [Description("Packets without room for the headers of the session")]
    NoRoom,
}
