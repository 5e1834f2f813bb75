using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>One HMAC key of libcrypto: hash contexts that have swallowed the pads already, so a packet costs no set-up.</summary>
/// <remarks>Used by one thread at a time. No allocation per call.</remarks>
internal sealed unsafe class HmacKey : IDisposable
{
    // MD5_CTX has 92 bytes, SHA_CTX 96, SHA256_CTX 112.
    private const int SmallContextBytes = 96;
    private const int ContextBytes = 112;
    private const int DigestBytes = 32;

    private readonly delegate* unmanaged<byte*, byte*, nuint, int> _update;
    private readonly delegate* unmanaged<byte*, byte*, int> _final;
    private readonly byte* _memory;
    private readonly int _digestBytes;
    private readonly int _contextBytes;

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
        _contextBytes = mac is MacAlgorithm.HmacMd5 or MacAlgorithm.HmacSha1 ? SmallContextBytes : ContextBytes;
        _memory = (byte*)LockedMemory.Allocate(2 * _contextBytes);
        byte* pad = stackalloc byte[64];
        Span<byte> block = new(pad, 64);
        HmacPad.Fill(block, key, HmacPad.Inner);
        _ = init(_memory);
        _ = _update(_memory, pad, 64);
        HmacPad.Fill(block, key, HmacPad.Outer);
        _ = init(_memory + _contextBytes);
        _ = _update(_memory + _contextBytes, pad, 64);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Writes the first <paramref name="tagBytes"/> of the keyed hash.</summary>
    public void Run(byte* data, int bytes, byte* tag, int tagBytes)
    {
        // On the stack: thousands of keys need no room of their own for it.
        byte* work = stackalloc byte[ContextBytes];
        byte* digest = stackalloc byte[DigestBytes];
        Copy(work, _memory);
        _ = _update(work, data, (nuint)bytes);
        _ = _final(digest, work);
        Copy(work, _memory + _contextBytes);
        _ = _update(work, digest, (nuint)_digestBytes);
        _ = _final(digest, work);
        for (int i = 0; i < tagBytes; i++)
        {
            tag[i] = digest[i];
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(work, ContextBytes));
    }

    public void Dispose() => LockedMemory.Free((nint)_memory, 2 * _contextBytes);

    // Words, not a block copy: vector moves in front of a call into libcrypto doubled its cost when measured.
    private void Copy(byte* destination, byte* source)
    {
        for (int i = 0; i < _contextBytes; i += 8)
        {
            *(ulong*)(destination + i) = *(ulong*)(source + i);
        }
    }
}
