using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RouterOS.Packets;

/// <summary>The Internet checksum (RFC 1071) in full and its incremental update (RFC 1624). Values are 16-bit numbers as on the wire.</summary>
public static class InternetChecksum
{
    // Below this a loop of words is as fast.
    private const int VectorBytes = 128;

    /// <summary>Checksum of bytes, after sums that were made before (<see cref="Sum"/>, that of a pseudo header).</summary>
    /// <returns>What belongs into the checksum field; 0 when the bytes hold a right checksum already.</returns>
    public static ushort Compute(ReadOnlySpan<byte> data, uint initial = 0) => Fold((ulong)Sum(data) + initial);

    /// <summary>One's complement sum of bytes, not yet inverted; an odd last byte counts as the high half of a word.</summary>
    public static uint Sum(ReadOnlySpan<byte> data)
    {
        ulong sum = data.Length >= VectorBytes && Vector256.IsHardwareAccelerated ? SumVectors(ref data) : 0;
        return FoldMemoryOrder(sum + SumWords(data));
    }

    /// <summary>Copies bytes and returns their <see cref="Sum"/>, in one pass.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">At least as long; the two must not overlap, unless they are the same.</param>
    public static uint CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong sum = 0;
        if (source.Length >= VectorBytes && Vector256.IsHardwareAccelerated)
        {
            int whole = source.Length & ~((2 * Vector256<byte>.Count) - 1);
            sum = CopyVectors(source[..whole], destination[..whole]);
            source = source[whole..];
            destination = destination[whole..];
        }

        source.CopyTo(destination);
        return FoldMemoryOrder(sum + SumWords(source));
    }

    /// <summary>Sum of the pseudo header of UDP and TCP over IPv4.</summary>
    public static uint PseudoHeader(uint source, uint destination, byte protocol, int length) =>
        (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff) + protocol + (uint)length;

    /// <summary>Sum of the pseudo header of UDP, TCP and ICMPv6 over IPv6 (RFC 8200 section 8.1).</summary>
    /// <param name="addresses">Source and destination, 32 bytes.</param>
    /// <param name="protocol">The protocol behind the extension headers.</param>
    /// <param name="length">Bytes from its header on.</param>
    public static uint PseudoHeader(ReadOnlySpan<byte> addresses, byte protocol, int length) =>
        Sum(addresses) + protocol + ((uint)length >> 16) + ((uint)length & 0xffff);

    /// <summary>Folds a sum to 16 bits and inverts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>The checksum after one 16-bit word has changed from <paramref name="before"/> to <paramref name="after"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, ushort before, ushort after)
    {
        // RFC 1624 equation 3: HC' = ~(~HC + ~m + m'); equation 4 of RFC 1141 goes wrong at zero.
        uint sum = (uint)(ushort)~checksum + (ushort)~before + after;
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The checksum after one 32-bit word, for example an address, has changed.</summary>
    public static ushort Update(ushort checksum, uint before, uint after) =>
        Update(Update(checksum, (ushort)(before >> 16), (ushort)(after >> 16)), (ushort)before, (ushort)after);

    // Sums as many whole vectors as there are and leaves the rest in `data`. Each 64-bit lane adds up 32-bit numbers: no overflow
    // below 16 GB.
    private static ulong SumVectors(ref ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<Vector256<ulong>> vectors = MemoryMarshal.Cast<byte, Vector256<ulong>>(data);
        var low = Vector256.Create((ulong)uint.MaxValue);
        Vector256<ulong> even = Vector256<ulong>.Zero;
        Vector256<ulong> odd = Vector256<ulong>.Zero;
        foreach (Vector256<ulong> vector in vectors)
        {
            even += vector & low;
            odd += vector >>> 32;
        }

        data = data[(vectors.Length * Vector256<byte>.Count)..];
        return Vector256.Sum(even) + Vector256.Sum(odd);
    }

    private static ulong CopyVectors(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ReadOnlySpan<Vector256<ulong>> from = MemoryMarshal.Cast<byte, Vector256<ulong>>(source);
        Span<Vector256<ulong>> to = MemoryMarshal.Cast<byte, Vector256<ulong>>(destination)[..from.Length];
        var low = Vector256.Create((ulong)uint.MaxValue);
        Vector256<ulong> even = Vector256<ulong>.Zero;
        Vector256<ulong> odd = Vector256<ulong>.Zero;
        Vector256<ulong> even2 = Vector256<ulong>.Zero;
        Vector256<ulong> odd2 = Vector256<ulong>.Zero;
        for (int i = 0; i + 1 < from.Length && i + 1 < to.Length; i += 2)
        {
            Vector256<ulong> first = from[i];
            Vector256<ulong> second = from[i + 1];
            to[i] = first;
            to[i + 1] = second;
            even += first & low;
            odd += first >>> 32;
            even2 += second & low;
            odd2 += second >>> 32;
        }

        return Vector256.Sum(even + even2) + Vector256.Sum(odd + odd2);
    }

    private static ulong SumWords(ReadOnlySpan<byte> data)
    {
        ulong sum = 0;
        // Safe: never beyond the bytes that are left.
        ref byte at = ref MemoryMarshal.GetReference(data);
        int left = data.Length;
        for (; left >= sizeof(ulong); left -= sizeof(ulong))
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(ref at);
            sum += (uint)word;
            sum += word >> 32;
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        if ((left & 4) != 0)
        {
            sum += Unsafe.ReadUnaligned<uint>(ref at);
            at = ref Unsafe.Add(ref at, sizeof(uint));
        }

        if ((left & 2) != 0)
        {
            sum += Unsafe.ReadUnaligned<ushort>(ref at);
            at = ref Unsafe.Add(ref at, sizeof(ushort));
        }

        return (left & 1) == 0 ? sum : sum + (BitConverter.IsLittleEndian ? at : (uint)at << 8);
    }

    // RFC 1071 section 2(B): the sum is made in the machine's byte order and swapped once.
    private static uint FoldMemoryOrder(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)sum) : (uint)sum;
    }
}
