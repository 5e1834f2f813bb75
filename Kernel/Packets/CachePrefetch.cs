using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Packets;

/// <summary>Asks the processor to fetch memory that is read soon; nothing where it cannot be asked.</summary>
public static unsafe class CachePrefetch
{
    /// <summary>The cache line of a value. Any address is allowed: nothing is read in the program's sense.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<T>(ref readonly T value)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));
        }
    }

    /// <summary>The cache line at an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
