using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Fields of an IPv6 header by address, for packets whose header ip6-input (or the node that wrote it) has checked.</summary>
// Safe: callers hold a packet of at least 40 bytes.
internal static unsafe class Ip6
{
    public const int Header = Ipv6Header.Length;
    public const int LargestPacket = ushort.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TotalLength(byte* ip) => Header + Ip4.Read16(ip + 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 Source(byte* ip) => Read128(ip + Ipv6Header.SourceOffset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 Destination(byte* ip) => Read128(ip + Ipv6Header.DestinationOffset);

    /// <summary>Both addresses, for pseudo headers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Addresses(byte* ip) => new(ip + Ipv6Header.SourceOffset, 2 * Ipv6Address.Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 Read128(byte* at) => new(
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at)),
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at + 8)));
}
