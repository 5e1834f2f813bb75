using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Aes = System.Runtime.Intrinsics.X86.Aes;

namespace RouterOS.Flow.Nodes;

/// <summary>Where a <see cref="FlowKey"/> belongs in a table: a hash that a sender cannot steer without knowing the seed.</summary>
/// <remarks>Two rounds of AES with secret keys where the processor has them, which is after four instructions; else two multiplications a word.</remarks>
internal readonly struct FlowHash
{
    private readonly Vector128<byte> _first;
    private readonly Vector128<byte> _second;
    private readonly Vector128<byte> _third;

    /// <summary>Makes the keys of a seed.</summary>
    public FlowHash(ulong seed)
    {
        Span<ulong> keys = stackalloc ulong[6];
        foreach (ref ulong key in keys)
        {
            seed += 0x9e3779b97f4a7c15;
            key = Mix(seed);
        }

        _first = Vector128.Create(keys[0], keys[1]).AsByte();
        _second = Vector128.Create(keys[2], keys[3]).AsByte();
        _third = Vector128.Create(keys[4], keys[5]).AsByte();
    }

    /// <summary>The hash of a key in three words as it lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Of(ulong addresses, ulong rest, uint kind)
    {
        if (Aes.IsSupported)
        {
            Vector128<byte> state = Vector128.Create(addresses, rest).AsByte() ^ _first;
            state = Aes.Encrypt(state, _second ^ Vector128.CreateScalar(kind).AsByte());
            return Aes.Encrypt(state, _third).AsUInt32().ToScalar();
        }

        return (uint)(Mix((Mix(_first.AsUInt64().ToScalar() ^ addresses) ^ rest) + kind) >> 32);
    }

    /// <summary>Spreads a word's bits over all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value ^= value >> 32;
        value *= 0xd6e8feb86659fd93;
        value ^= value >> 32;
        value *= 0xd6e8feb86659fd93;
        return value ^ (value >> 32);
    }
}
