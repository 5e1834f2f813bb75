using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>IPv6 addresses of a selector: first and last of both sides, in native memory that stays, so that a packed record can point at them.</summary>
/// <remarks>Equal ranges are kept once: as many as different ones were ever agreed on.</remarks>
internal unsafe struct SelectorRanges6
{
    public UInt128 SourceFirst;
    public UInt128 SourceLast;
    public UInt128 DestinationFirst;
    public UInt128 DestinationLast;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<(UInt128, UInt128, UInt128, UInt128), nint> s_known = [];

    /// <summary>The place of these ranges; null when one of them is no address.</summary>
    public static SelectorRanges6* Of(
        ReadOnlySpan<byte> sourceFirst, ReadOnlySpan<byte> sourceLast, ReadOnlySpan<byte> destinationFirst, ReadOnlySpan<byte> destinationLast)
    {
        if (sourceFirst.Length != Ipv6Address.Length || sourceLast.Length != Ipv6Address.Length
            || destinationFirst.Length != Ipv6Address.Length || destinationLast.Length != Ipv6Address.Length)
        {
            return null;
        }

        SelectorRanges6 ranges = new()
        {
            SourceFirst = Ipv6Address.Read(sourceFirst),
            SourceLast = Ipv6Address.Read(sourceLast),
            DestinationFirst = Ipv6Address.Read(destinationFirst),
            DestinationLast = Ipv6Address.Read(destinationLast),
        };
        (UInt128, UInt128, UInt128, UInt128) key = (ranges.SourceFirst, ranges.SourceLast, ranges.DestinationFirst, ranges.DestinationLast);
        lock (s_gate)
        {
            if (!s_known.TryGetValue(key, out nint place))
            {
                // Safe: never freed, so that no record points at what is gone.
                place = (nint)NativeMemory.Alloc((nuint)sizeof(SelectorRanges6));
                *(SelectorRanges6*)place = ranges;
                s_known.Add(key, place);
            }

            return (SelectorRanges6*)place;
        }
    }

    /// <summary>Every address on both sides.</summary>
    public readonly bool IsAll => SourceFirst == 0 && SourceLast == UInt128.MaxValue && DestinationFirst == 0 && DestinationLast == UInt128.MaxValue;

    /// <summary>Bits in which destinations may differ.</summary>
    public readonly uint DestinationWidth => 128 - (uint)UInt128.LeadingZeroCount(DestinationFirst ^ DestinationLast);

    /// <summary>True for a packet between these addresses; it holds a whole IPv6 header at least.</summary>
    public readonly bool Holds(ReadOnlySpan<byte> packet)
    {
        UInt128 source = BinaryPrimitives.ReadUInt128BigEndian(packet[Ipv6Header.SourceOffset..]);
        UInt128 destination = BinaryPrimitives.ReadUInt128BigEndian(packet[Ipv6Header.DestinationOffset..]);
        return source >= SourceFirst && source <= SourceLast && destination >= DestinationFirst && destination <= DestinationLast;
    }
}
