using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>The Internet checksum's sum (RFC 1071) of the end of a packet, in memory order: most packets are one or two vectors.</summary>
internal static unsafe class PacketSum
{
    // One divided by 65535, modulo 2 to the 64th; and the largest quotient.
    private const ulong Inverse = 0xfffe_fffe_fffe_ffff;
    private const ulong LargestQuotient = 0x0001_0001_0001_0001;

    // Loaded from place N its last N bytes are ones.
    private static ReadOnlySpan<byte> Ones =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>Sum of so many bytes of a packet in its buffer, of which 64 before them are read, too; less than 2 to the 48th.</summary>
    public static ulong Of(byte* at, int bytes)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            return BinaryPrimitives.ReverseEndianness((ushort)InternetChecksum.Sum(new ReadOnlySpan<byte>(at, bytes)));
        }

        // Safe: a packet's metadata lies before it, and is longer than a vector. An odd last byte is the first half of a word.
        byte* end = at + (bytes & ~1);
        ulong odd = (bytes & 1) != 0 ? *end : 0u;
        var low = Vector512.Create((ulong)uint.MaxValue);
        Vector512<ulong> evens = Vector512<ulong>.Zero;
        Vector512<ulong> others = Vector512<ulong>.Zero;
        for (; at + Vector512<byte>.Count <= end; at += Vector512<byte>.Count)
        {
            Vector512<ulong> vector = Vector512.Load((ulong*)at);
            evens += vector & low;
            others += vector >>> 32;
        }

        Vector512<ulong> last = Vector512.Load((ulong*)(end - Vector512<byte>.Count))
            & Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Ones), (nuint)(end - at)).AsUInt64();
        return Vector512.Sum(evens + (last & low) + others + (last >>> 32)) + odd;
    }

    /// <summary>True for a multiple of 65535 other than 0: what is summed is right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRight(ulong sum) => sum != 0 && sum * Inverse <= LargestQuotient;

    /// <summary>A sum folded to 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }
}
