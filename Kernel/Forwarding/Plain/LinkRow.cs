using System.Runtime.InteropServices;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Forwarding.Plain;

/// <summary>What sending by a next hop takes, worked out once: one cache line, by the next hop's number.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct LinkRow
{
    public const int Bytes = 64;

    /// <summary>Epoch of the pass in which the row was made; it is made again in another.</summary>
    public uint Epoch;

    /// <summary>Largest plain packet that may go by this row; 0 when none may.</summary>
    public int Mtu;

    public uint Interface;

    /// <summary>Gateway on the link; 0: the destination itself, whose link address is looked up for each packet.</summary>
    public uint Gateway;

    /// <summary>Bytes of link header: 0 or 14.</summary>
    public int HeaderBytes;

    /// <summary>Port that it leaves by; -1 when a link type's node takes it.</summary>
    public int Port;

    /// <summary>Node of the link type, where there is no port.</summary>
    public int Node;

    /// <summary>Number of the link type's node among those that wrap in the pass; -1 for none.</summary>
    public short Entry;

    /// <summary>True for the routes to the router's own addresses.</summary>
    public bool IsLocal;

    /// <summary>
    /// The first eight bytes of the Ethernet header: destination, and the first two of the source. For a node that wraps: the instance and the
    /// destination of its last outer packet, whose way stands at the end.
    /// </summary>
    public ulong Head;

    public InterfaceCounts* Counts;

    /// <summary>The source's other four.</summary>
    public uint Tail;

    /// <summary><see cref="FibSet.Changes"/> when the way was looked up.</summary>
    public uint OuterChanges;

    /// <summary>Number of the outer packet's next hop.</summary>
    public uint OuterNumber;
}
