using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>One HMAC key of libcrypto: hash contexts that have swallowed the pads already, so a packet costs no set-up.</summary>
/// <remarks>Used by one thread at a time. No allocation per call.</remarks>
internal sealed unsafe class HmacKey : IDisposable
{
    // MD5_CTX has 92 bytes, SHA_CTX 96, SHA256_CTX 112: the hash's words, the bits so far (8), a block that is not full, how much of it is,
    // and for SHA-256 the digest's bytes. After a whole block only the first two say anything.
    private const int ContextBytes = 112;
    private const int BlockBytes = 64;
    private const int CountBytes = 8;
    private const int DigestBytes = 32;

    private readonly delegate* unmanaged<byte*, byte*, nuint, int> _update;
    private readonly delegate* unmanaged<byte*, byte*, int> _final;
    private readonly byte* _memory;
    private readonly int _digestBytes;
    private readonly int _stateBytes;

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

        _stateBytes = _digestBytes + CountBytes;
        _memory = (byte*)LockedMemory.Allocate(2 * PlaceBytes);
        // Safe: a context fits its place on this stack, a state its own, and the pad stays here while libcrypto reads it.
        byte* work = stackalloc byte[ContextBytes];
        byte* pad = stackalloc byte[BlockBytes];
        Span<byte> block = new(pad, BlockBytes);
        for (int i = 0; i < 2; i++)
        {
            HmacPad.Fill(block, key, i == 0 ? HmacPad.Inner : HmacPad.Outer);
            _ = init(work);
            _ = _update(work, pad, BlockBytes);
            new ReadOnlySpan<byte>(work, _stateBytes).CopyTo(new Span<byte>(_memory + (i * PlaceBytes), _stateBytes));
        }

        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(new Span<byte>(work, ContextBytes));
    }

    // In whole words.
    private int PlaceBytes => (_stateBytes + 7) & ~7;

    /// <summary>Writes the first <paramref name="tagBytes"/> of the keyed hash.</summary>
    public void Run(byte* data, int bytes, byte* tag, int tagBytes)
    {
        // On the stack: thousands of keys need no room of their own for it.
        byte* work = stackalloc byte[ContextBytes];
        byte* digest = stackalloc byte[DigestBytes];
        Resume(work, _memory);
        _ = _update(work, data, (nuint)bytes);
        _ = _final(digest, work);
        Resume(work, _memory + PlaceBytes);
        _ = _update(work, digest, (nuint)_digestBytes);
        _ = _final(digest, work);
        for (int i = 0; i < tagBytes; i++)
        {
            tag[i] = digest[i];
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(work, ContextBytes));
    }

    public void Dispose() => LockedMemory.Free((nint)_memory, 2 * PlaceBytes);

    // Words, not a block copy: vector moves in front of a call into libcrypto doubled its cost when measured.
    private void Resume(byte* context, byte* state)
    {
        for (int i = 0; i < PlaceBytes; i += 8)
        {
            *(ulong*)(context + i) = *(ulong*)(state + i);
        }

        // Safe: both lie within the context; the second says something to SHA-256 alone.
        uint* rest = (uint*)(context + _stateBytes + BlockBytes);
        rest[0] = 0;
        if (_digestBytes == DigestBytes)
        {
            rest[1] = DigestBytes;
        }
    }
}
