using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Esp.Nodes;

/// <summary>Asks for cache lines before they are needed.</summary>
internal static unsafe class Cache
{
    /// <summary>Has the line at an address fetched, where the processor can; any address is safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
