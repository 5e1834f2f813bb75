using System.Buffers.Binary;
using System.Security.Cryptography;
using RouterOS.Abstractions.Control;

namespace RouterOS.Simulation;

/// <summary>The same bytes for the same seed: SHA-256 of seed and counter. For simulation and tests only.</summary>
public sealed class SeededRandom(ulong seed) : ISecureRandom
{
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _input = new byte[16];
    private ulong _counter;
    private int _left;

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_left == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_input, seed);
                BinaryPrimitives.WriteUInt64LittleEndian(_input.AsSpan(8), _counter++);
                SHA256.HashData(_input, _block);
                _left = _block.Length;
            }

            int take = Math.Min(_left, destination.Length);
            _block.AsSpan(_block.Length - _left, take).CopyTo(destination);
            _left -= take;
            destination = destination[take..];
        }
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)(NextWord() % (ulong)limit);
    }

    /// <summary>True with the given probability, from 0 to 1.</summary>
    public bool Chance(double probability) => probability > 0 && (NextWord() >> 11) * (1.0 / (1ul << 53)) < probability;

    private ulong NextWord()
    {
        Span<byte> word = stackalloc byte[8];
        Fill(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }
}
