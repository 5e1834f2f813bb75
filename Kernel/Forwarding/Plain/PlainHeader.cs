using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Nodes;

namespace RouterOS.Forwarding.Plain;

/// <summary>What a plain packet is: whole, without options, with a right header, from one host to one host, with hops left.</summary>
internal static unsafe class PlainHeader
{
    /// <summary>True for such a packet in so many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(byte* ip, int room, out ushort length)
    {
        // The header in three pieces, in memory order, which is the other way round.
        ulong start = Unsafe.ReadUnaligned<ulong>(ip);
        ulong middle = Unsafe.ReadUnaligned<ulong>(ip + 8);
        uint end = Unsafe.ReadUnaligned<uint>(ip + 16);
        length = BinaryPrimitives.ReverseEndianness((ushort)(start >> 16));
        // RFC 1071 section 2: words of any size add up to the same. Twice folded, nothing but a right sum is 0xffff.
        ulong sum = (uint)start + (start >> 32) + (uint)middle + (middle >> 32) + end;
        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        return (byte)start == 0x45 && length >= Ip4.MinimumHeader && length <= room
            && sum == 0xffff
            && (start & 0xff3f_0000_0000_0000) == 0
            && (byte)middle > 1
            && IsHost((byte)(middle >> 32)) && IsHost((byte)end);
    }

    // Neither 0/8 nor 127/8, and no multicast or reserved address.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHost(byte first) => (uint)(first - 1) < 223 && first != 127;
}
