using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Fields of an IPv4 header by address, for packets whose header ip4-input (or the node that wrote it) has checked.</summary>
// Safe: callers hold a packet of at least 20 bytes; the header's own length was checked against the packet's.
internal static unsafe class Ip4
{
    public const int MinimumHeader = Ipv4Header.MinimumLength;
    public const int LargestPacket = ushort.MaxValue;
    public const int ProtocolOffset = 9;
    public const int SourceOffset = 12;
    public const int DestinationOffset = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeaderLength(byte* ip) => (ip[0] & 0x0f) * 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TotalLength(byte* ip) => Read16(ip + 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Flags(byte* ip) => Read16(ip + 6);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFragment(byte* ip) =>
        (Read16(ip + 6) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FragmentOffset(byte* ip) => (Read16(ip + 6) & Ipv4Header.FragmentOffsetMask) * 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Source(byte* ip) => Read32(ip + 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Destination(byte* ip) => Read32(ip + 16);

    /// <summary>True when the header's checksum is right; <paramref name="headerLength"/> is a multiple of 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasRightChecksum(byte* ip, int headerLength)
    {
        // RFC 1071 section 2: words of any size add up to the same, whatever their byte order.
        ulong sum = Unsafe.ReadUnaligned<ulong>(ip) & uint.MaxValue;
        for (int at = 4; at < headerLength; at += 4)
        {
            sum += Unsafe.ReadUnaligned<uint>(ip + at);
        }

        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return sum == 0xffff;
    }

    /// <summary>Sets length and flags word and makes the checksum anew.</summary>
    public static void Finish(byte* ip, int headerLength, int totalLength, ushort flags)
    {
        Write16(ip + 2, (ushort)totalLength);
        Write16(ip + 6, flags);
        Write16(ip + 10, 0);
        Write16(ip + 10, InternetChecksum.Compute(new ReadOnlySpan<byte>(ip, headerLength)));
    }

    /// <summary>Lowers the TTL by one and mends the checksum (RFC 1624).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LowerTtl(byte* ip)
    {
        ushort before = Read16(ip + 8);
        ushort after = (ushort)(before - 0x100);
        Write16(ip + 8, after);
        Write16(ip + 10, InternetChecksum.Update(Read16(ip + 10), before, after));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Read16(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read32(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write16(byte* at, ushort value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));
}
