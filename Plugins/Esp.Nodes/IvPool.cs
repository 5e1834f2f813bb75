using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RouterOS.Esp.Nodes;

/// <summary>Initialisation vectors for CBC: bytes of the system's generator, drawn many at a time, each used once.</summary>
/// <remarks>CBC needs vectors that nobody can foretell (RFC 3602 section 3). Owned by one worker.</remarks>
internal sealed unsafe class IvPool
{
    /// <summary>Bytes of the longest vector.</summary>
    public const int LongestIv = 16;

    private const int Bytes = 32 * 1024;

    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(Bytes, 64);
    private int _used = Bytes;

    /// <summary>Sees to it that <paramref name="count"/> vectors are there.</summary>
    public void Reserve(int count)
    {
        if (Bytes - _used < count * LongestIv)
        {
            // Safe: the span is the whole of this pool's block.
            RandomNumberGenerator.Fill(new Span<byte>(_bytes, Bytes));
            _used = 0;
        }
    }

    /// <summary>Copies the next vector of <paramref name="length"/> bytes (0, 8 or 16) to <paramref name="destination"/>.</summary>
    public void Take(byte* destination, int length)
    {
        ulong* source = (ulong*)(_bytes + _used);
        ulong* target = (ulong*)destination;
        if (length >= 8)
        {
            target[0] = source[0];
        }

        if (length == 16)
        {
            target[1] = source[1];
        }

        _used += length;
    }
}
