using System.Buffers.Binary;
using System.Numerics;

namespace RouterOS.Aaa.Crypto;

/// <summary>MD4, RFC 1320: broken, and what MS-CHAP is made of.</summary>
internal static class Md4
{
    private const int BlockBytes = 64;
    private const int HashBytes = 16;

    /// <summary>The 16 bytes of the hash.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        int padded = ((data.Length + 9 + BlockBytes - 1) / BlockBytes) * BlockBytes;
        byte[] message = new byte[padded];
        data.CopyTo(message);
        message[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(padded - 8), (ulong)data.Length * 8);

        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        for (int start = 0; start < padded; start += BlockBytes)
        {
            Block(state, message.AsSpan(start, BlockBytes));
        }

        byte[] hash = new byte[HashBytes];
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(4 * i), state[i]);
        }

        return hash;
    }

    private static void Block(Span<uint> state, ReadOnlySpan<byte> block)
    {
        // Order of the words, and the rotations, of each round (RFC 1320 section 3.4).
        ReadOnlySpan<byte> order2 = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
        ReadOnlySpan<byte> order3 = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];
        ReadOnlySpan<byte> rotations = [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
        Span<uint> x = stackalloc uint[16];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        }

        uint a = state[0];
        uint b = state[1];
        uint c = state[2];
        uint d = state[3];
        for (int i = 0; i < 48; i++)
        {
            int round = i / 16;
            uint mixed = round switch
            {
                0 => ((b & c) | (~b & d)) + x[i],
                1 => ((b & c) | (b & d) | (c & d)) + x[order2[i - 16]] + 0x5a827999,
                _ => (b ^ c ^ d) + x[order3[i - 32]] + 0x6ed9eba1,
            };
            uint next = BitOperations.RotateLeft(a + mixed, rotations[(4 * round) + (i % 4)]);
            (a, b, c, d) = (d, next, b, c);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
