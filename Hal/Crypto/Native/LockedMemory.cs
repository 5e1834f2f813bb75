using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Crypto.Native;

/// <summary>Native memory for keys: aligned to cache lines, kept out of swap where the host allows it, zeroed when freed.</summary>
internal static unsafe partial class LockedMemory
{
    private const int Alignment = 64;

    /// <summary>Takes zeroed memory.</summary>
    public static nint Allocate(int bytes)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        // A limit on locked memory (RLIMIT_MEMLOCK) leaves the key usable, only not pinned in RAM.
        _ = Lock(memory, (nuint)bytes);
        return (nint)memory;
    }

    /// <summary>Zeroes and frees. Its pages stay locked: neighbours on the same page may hold other keys.</summary>
    public static void Free(nint memory, int bytes)
    {
        Zero((void*)memory, (nuint)bytes);
        NativeMemory.AlignedFree((void*)memory);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static void Zero(void* memory, nuint bytes) => NativeMemory.Clear(memory, bytes);

    [LibraryImport("libc", EntryPoint = "mlock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(void* address, nuint bytes);
}
