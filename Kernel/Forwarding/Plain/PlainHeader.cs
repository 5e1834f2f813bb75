using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Nodes;

namespace RouterOS.Forwarding.Plain;

/// <summary>What a plain packet is: whole, without options, with a right header, from one host to one host, with hops left.</summary>
internal static unsafe class PlainHeader
{
    // Version 4 and five words of header, no fragment and no reserved flag: in memory order.
    private const ulong ShapeBits = 0xff3f_0000_0000_00ff;
    private const ulong Shape = 0x45;

    // One divided by 65535, modulo 2 to the 64th; and the largest quotient.
    private const ulong Inverse = 0xfffe_fffe_fffe_ffff;
    private const ulong LargestQuotient = 0x0001_0001_0001_0001;

    /// <summary>True for such a packet in so many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(byte* ip, int room, out ushort length)
    {
        // The header in three pieces, in memory order, which is the other way round.
        ulong start = Unsafe.ReadUnaligned<ulong>(ip);
        ulong middle = Unsafe.ReadUnaligned<ulong>(ip + 8);
        uint end = Unsafe.ReadUnaligned<uint>(ip + 16);
        length = BinaryPrimitives.ReverseEndianness((ushort)(start >> 16));
        // RFC 1071 section 2: words of any size add up to the same. A right sum, which is not 0, is a multiple of 65535.
        ulong sum = (uint)start + (start >> 32) + (uint)middle + (middle >> 32) + end;
        if ((start & ShapeBits) != Shape || sum * Inverse > LargestQuotient || length < Ip4.MinimumHeader || length > room || (byte)middle <= 1)
        {
            return false;
        }

        // Neither 0/8 nor 127/8, and no multicast or reserved address.
        uint source = (byte)(middle >> 32);
        uint destination = (byte)end;
        return source - 1 < 223 && source != 127 && destination - 1 < 223 && destination != 127;
    }
}
