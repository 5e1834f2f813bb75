using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace RouterOS.Crypto.Managed;

/// <summary>One lane, for processors without AVX2 and for single blocks.</summary>
internal readonly unsafe struct ScalarLane : ILaneOps<uint>
{
    public static int Lanes => 1;

    public static uint Broadcast(uint value) => value;

    public static uint Add(uint left, uint right) => left + right;

    public static uint Xor(uint left, uint right) => left ^ right;

    public static uint RotateLeft(uint value, [ConstantExpected] byte bits) => BitOperations.RotateLeft(value, bits);

    public static uint ShiftRight(uint value, [ConstantExpected] byte bits) => value >> bits;

    public static uint Parity(uint left, uint middle, uint right) => left ^ middle ^ right;

    public static uint Choose(uint mask, uint set, uint clear) => clear ^ (mask & (set ^ clear));

    public static uint Majority(uint left, uint middle, uint right) => (left & middle) | (right & (left | middle));

    public static uint Md5Fourth(uint left, uint middle, uint right) => middle ^ (left | ~right);

    public static uint ByteSwap(uint value) => BinaryPrimitives.ReverseEndianness(value);

    public static uint Advance(uint limit, uint step, uint next, uint old) => limit > step ? next : old;

    // Safe: the caller gives 64 readable bytes and room for 16 words.
    public static void Load(byte** messages, nint offset, uint* words)
    {
        for (int i = 0; i < 16; i++)
        {
            words[i] = *(uint*)(messages[0] + offset + (4 * i));
        }
    }
}
