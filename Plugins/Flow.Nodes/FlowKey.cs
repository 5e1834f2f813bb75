using System.Runtime.InteropServices;

namespace RouterOS.Flow.Nodes;

/// <summary>What packets of one direction of a flow have in common. Blittable.</summary>
/// <param name="Source">Source address, host byte order.</param>
/// <param name="Destination">Destination address, host byte order.</param>
/// <param name="Instance">Routing instance.</param>
/// <param name="SourcePort">TCP or UDP port; the identifier of an echo request; 8 for an echo reply.</param>
/// <param name="DestinationPort">TCP or UDP port; 8 for an echo request; the identifier of an echo reply.</param>
/// <param name="Protocol">IP protocol.</param>
/// <remarks>The port of echo tells request from reply, so that a request never passes as the answer to another.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FlowKey(
    uint Source, uint Destination, uint Instance, ushort SourcePort, ushort DestinationPort, uint Protocol)
{
    /// <summary>The key of the answers.</summary>
    public FlowKey Reversed => new(Destination, Source, Instance, DestinationPort, SourcePort, Protocol);

    /// <summary>A hash that a sender cannot steer without knowing the seed.</summary>
    public uint Hash(ulong seed)
    {
        ulong h = seed ^ (((ulong)Source << 32) | Destination);
        h = Mix(h) ^ (((ulong)SourcePort << 48) | ((ulong)DestinationPort << 32) | (Protocol << 24) | Instance);
        return (uint)(Mix(h ^ seed) >> 32);
    }

    private static ulong Mix(ulong value)
    {
        value ^= value >> 32;
        value *= 0xd6e8feb86659fd93;
        value ^= value >> 32;
        value *= 0xd6e8feb86659fd93;
        return value ^ (value >> 32);
    }
}
