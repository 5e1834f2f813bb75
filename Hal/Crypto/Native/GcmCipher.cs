using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>One AES-GCM key of libcrypto, with the salt of RFC 4106.</summary>
/// <remarks>
/// Used by one thread at a time. No allocation per call. libcrypto's decryption only compares a tag and never gives it; so the text is
/// deciphered by encrypting it (counter mode is its own inverse) and the tag comes from encrypting that again, into scratch memory.
/// </remarks>
internal sealed unsafe class GcmCipher : IDisposable
{
    private const int GetTag = 0x10;
    private const int TagBytes = 16;
    private const int ScratchBytes = 4096;

    private readonly Libcrypto _library;
    private readonly bool _encrypt;
    private readonly nint _context;

    // The nonce, salt first, then the scratch text.
    private readonly byte* _memory;

    public GcmCipher(Libcrypto library, bool encrypt, ReadOnlySpan<byte> keyAndSalt)
    {
        _library = library;
        _encrypt = encrypt;
        int keyBytes = keyAndSalt.Length - SuiteRules.GcmSaltBytes;
        _memory = (byte*)LockedMemory.Allocate(MemoryBytes);
        keyAndSalt[keyBytes..].CopyTo(new Span<byte>(_memory, SuiteRules.GcmSaltBytes));
        nint cipher = keyBytes switch { 16 => library.Aes128Gcm, 24 => library.Aes192Gcm, _ => library.Aes256Gcm };
        _context = library.CipherContextNew();
        // Safe: libcrypto expands the key before it returns.
        fixed (byte* bytes = keyAndSalt)
        {
            if (library.CipherInit(_context, cipher, 0, bytes, null, 1) <= 0)
            {
                Dispose();
                throw new CryptographicException("libcrypto refused an AES-GCM key.");
            }
        }
    }

    private int MemoryBytes => TagBytes + (_encrypt ? 0 : ScratchBytes);

    // Safe: the job's addresses are the node's own packet; the scratch is written in pieces of its size at most.
    public bool Run(ref CryptoJob job)
    {
        *(ulong*)(_memory + SuiteRules.GcmSaltBytes) = *(ulong*)job.Iv;
        byte* text = (byte*)job.Cipher;
        if (_encrypt)
        {
            return Start(ref job) && Update(text, text, job.CipherBytes) && Finish((byte*)job.Tag);
        }

        // Additional data plays no part in the text.
        if (_library.CipherInit(_context, 0, 0, null, _memory, -1) <= 0 || !Update(text, text, job.CipherBytes) || !Start(ref job))
        {
            return false;
        }

        for (int done = 0; done < job.CipherBytes; done += ScratchBytes)
        {
            if (!Update(_memory + TagBytes, text + done, Math.Min(ScratchBytes, job.CipherBytes - done)))
            {
                return false;
            }
        }

        return Finish((byte*)job.Tag);
    }

    public void Dispose()
    {
        _library.CipherContextFree(_context);
        LockedMemory.Free((nint)_memory, MemoryBytes);
    }

    private bool Start(ref CryptoJob job) =>
        _library.CipherInit(_context, 0, 0, null, _memory, -1) > 0 && Update(null, (byte*)job.Hash, job.HashBytes);

    private bool Update(byte* destination, byte* source, int bytes)
    {
        int written;
        return _library.CipherUpdate(_context, destination, &written, source, bytes) > 0 && written == bytes;
    }

    private bool Finish(byte* tag)
    {
        int written;
        byte* rest = stackalloc byte[TagBytes];
        return _library.CipherFinal(_context, rest, &written) > 0 && _library.CipherControl(_context, GetTag, TagBytes, tag) > 0;
    }
}
