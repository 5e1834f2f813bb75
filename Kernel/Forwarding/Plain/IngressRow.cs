using System.Runtime.InteropServices;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Forwarding.Plain;

/// <summary>What receiving by a port, or an interface, takes, worked out once: one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct IngressRow
{
    public const int Bytes = 64;

    /// <summary>Epoch of the pass in which the row was made; it is made again in another.</summary>
    public uint Epoch;

    /// <summary>Index of the interface; 0 when plain packets do not come in here.</summary>
    public uint Interface;

    public uint Instance;

    /// <summary>Bytes of link header: 0 or 14.</summary>
    public int HeaderBytes;

    /// <summary>The port's own Ethernet address, in memory order, in the low 48 bits.</summary>
    public ulong Station;

    /// <summary>Root of the instance's routes.</summary>
    public uint* Root;

    public InterfaceCounts* Counts;
}
