using System.Runtime.CompilerServices;

namespace RouterOS.Crypto.Managed;

/// <summary>Constants of a hash where a pointer reads them: a span over them would be made anew, on the heap, by unoptimised code.</summary>
internal static unsafe class LaneConstants
{
    /// <summary>Copies to memory that is never freed.</summary>
    public static uint* Keep(ReadOnlySpan<uint> values)
    {
        uint* kept = (uint*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(LaneConstants), values.Length * sizeof(uint));
        values.CopyTo(new Span<uint>(kept, values.Length));
        return kept;
    }
}
