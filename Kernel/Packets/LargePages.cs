using System.Runtime.InteropServices;

namespace RouterOS.Packets;

/// <summary>Native memory for tables that packets read at random, and for packets: on Linux in pages of 2 MB where the system has them.</summary>
/// <remarks>
/// A table of many megabytes in pages of 4 KB costs a walk through the page tables for nearly every look-up, which inside a virtual
/// machine takes longer than the read itself. Where the system refuses, it is ordinary memory.
/// </remarks>
public static unsafe partial class LargePages
{
    /// <summary>Bytes of a large page.</summary>
    public const int PageBytes = 2 << 20;

    private const int AdviseHugePage = 14;
    private const int PopulateWritable = 23;
    private const nuint LineBytes = 64;

    /// <summary>Memory full of zeros that is committed as it is first used, beginning at a cache line. Freed by <see cref="Free"/>.</summary>
    public static void* AllocateZeroed(nuint count, nuint bytes)
    {
        nuint size = checked(count * bytes);
        nuint alignment = size >= PageBytes ? PageBytes : LineBytes;
        // Safe: the word before what is returned lies within the block, and holds the address to free.
        byte* memory = (byte*)NativeMemory.AllocZeroed(size + alignment + LineBytes);
        byte* start = (byte*)(((nuint)memory + (nuint)sizeof(nint) + alignment - 1) & ~(alignment - 1));
        ((nint*)start)[-1] = (nint)memory;
        if (size >= PageBytes && OperatingSystem.IsLinux())
        {
            _ = Advise(start, size & ~((nuint)PageBytes - 1), AdviseHugePage);
        }

        return start;
    }

    /// <summary>
    /// Commits pages before they are used, without a change of what they hold: the first write to a large page clears all of it, which
    /// takes milliseconds where the host must find it first. Where the system cannot, nothing happens. Memory freed meanwhile does no harm.
    /// </summary>
    /// <param name="start">Beginning of a page.</param>
    /// <param name="bytes">A multiple of pages.</param>
    public static void Populate(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(start, bytes, PopulateWritable);
        }
    }

    /// <summary>Frees what <see cref="AllocateZeroed"/> gave; nothing for null.</summary>
    public static void Free(void* memory)
    {
        if (memory != null)
        {
            NativeMemory.Free((void*)((nint*)memory)[-1]);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
