using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>One HMAC key of libcrypto: hash contexts that have swallowed the pads already, so a packet costs no set-up.</summary>
/// <remarks>Used by one thread at a time. No allocation per call.</remarks>
internal sealed unsafe class HmacKey : IDisposable
{
    // Room for the largest context (SHA256_CTX: 112 bytes), whole cache lines.
    private const int ContextBytes = 128;
    private const int OuterOffset = ContextBytes;
    private const int WorkOffset = 2 * ContextBytes;
    private const int DigestOffset = 3 * ContextBytes;
    private const int TotalBytes = 4 * ContextBytes;

    private readonly delegate* unmanaged<byte*, byte*, nuint, int> _update;
    private readonly delegate* unmanaged<byte*, byte*, int> _final;
    private readonly byte* _memory;
    private readonly int _digestBytes;

    public HmacKey(Libcrypto library, MacAlgorithm mac, ReadOnlySpan<byte> key)
    {
        delegate* unmanaged<byte*, int> init;
        switch (mac)
        {
            case MacAlgorithm.HmacMd5:
                init = library.Md5Init;
                _update = library.Md5Update;
                _final = library.Md5Final;
                _digestBytes = 16;
                break;
            case MacAlgorithm.HmacSha1:
                init = library.Sha1Init;
                _update = library.Sha1Update;
                _final = library.Sha1Final;
                _digestBytes = 20;
                break;
            default:
                init = library.Sha256Init;
                _update = library.Sha256Update;
                _final = library.Sha256Final;
                _digestBytes = 32;
                break;
        }

        // Safe: contexts fit their places, and the pad stays on this stack while libcrypto reads it.
        _memory = (byte*)LockedMemory.Allocate(TotalBytes);
        byte* pad = stackalloc byte[64];
        Span<byte> block = new(pad, 64);
        HmacPad.Fill(block, key, HmacPad.Inner);
        _ = init(_memory);
        _ = _update(_memory, pad, 64);
        HmacPad.Fill(block, key, HmacPad.Outer);
        _ = init(_memory + OuterOffset);
        _ = _update(_memory + OuterOffset, pad, 64);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Writes the first <paramref name="tagBytes"/> of the keyed hash.</summary>
    public void Run(byte* data, int bytes, byte* tag, int tagBytes)
    {
        byte* work = _memory + WorkOffset;
        byte* digest = _memory + DigestOffset;
        Copy(work, _memory);
        _ = _update(work, data, (nuint)bytes);
        _ = _final(digest, work);
        Copy(work, _memory + OuterOffset);
        _ = _update(work, digest, (nuint)_digestBytes);
        _ = _final(digest, work);
        for (int i = 0; i < tagBytes; i++)
        {
            tag[i] = digest[i];
        }
    }

    public void Dispose() => LockedMemory.Free((nint)_memory, TotalBytes);

    // Words, not a block copy: vector moves in front of a call into libcrypto doubled its cost when measured.
    private static void Copy(byte* destination, byte* source)
    {
        for (int i = 0; i < ContextBytes; i += 8)
        {
            *(ulong*)(destination + i) = *(ulong*)(source + i);
        }
    }
}
