using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>A <see cref="FlowKey"/> in three words, as it lies in memory: what stays in registers while a batch is compared.</summary>
internal readonly unsafe struct PackedKey
{
    private readonly ulong _addresses;
    private readonly ulong _rest;
    private readonly uint _kind;

    private PackedKey(ulong addresses, ulong rest, uint kind)
    {
        _addresses = addresses;
        _rest = rest;
        _kind = kind;
    }

    /// <summary>The key of a TCP or UDP packet.</summary>
    /// <param name="ip">A header without options that the first four bytes of TCP's or UDP's follow.</param>
    /// <param name="instance">Routing instance.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedKey Of(byte* ip, uint instance)
    {
        ulong addresses = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ip + 12));
        uint ports = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.MinimumLength));
        return new PackedKey(BitOperations.RotateLeft(addresses, 32), instance | ((ulong)BitOperations.RotateLeft(ports, 16) << 32), FlowKey.KindOf(ip[9]));
    }

    /// <summary>The key that this one was made of.</summary>
    public FlowKey Unpacked => new(
        (uint)_addresses, (uint)(_addresses >> 32), (uint)_rest, (ushort)(_rest >> 32), (ushort)(_rest >> 48), _kind);

    /// <summary>True when a session is this flow's, of which the packet is in the session's own direction or the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOf(byte* forward, bool reverse)
    {
        ulong addresses = reverse ? BitOperations.RotateLeft(_addresses, 32) : _addresses;
        ulong rest = reverse ? (uint)_rest | ((ulong)BitOperations.RotateLeft((uint)(_rest >> 32), 16) << 32) : _rest;
        // Safe: a FlowKey is these three words, checked by a test.
        return ((*(ulong*)forward ^ addresses) | (*(ulong*)(forward + 8) ^ rest) | (*(uint*)(forward + 16) ^ _kind)) == 0;
    }

    /// <summary>The hash of the <see cref="FlowKey"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash(in FlowHash hash) => hash.Of(_addresses, _rest, _kind);
}
