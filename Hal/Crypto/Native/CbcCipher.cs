using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>One CBC key of libcrypto: schedules for DES and 3DES, a prepared EVP context for AES.</summary>
/// <remarks>Used by one thread at a time. No allocation per call.</remarks>
internal sealed unsafe class CbcCipher : IDisposable
{
    private readonly Libcrypto _library;
    private readonly CipherAlgorithm _algorithm;
    private readonly int _encrypt;
    private readonly nint _context;
    private readonly byte* _schedules;

    public CbcCipher(Libcrypto library, CipherAlgorithm algorithm, bool encrypt, ReadOnlySpan<byte> key)
    {
        if (!IsKeyLength(algorithm, key.Length))
        {
            throw new ArgumentException($"{algorithm} has no {key.Length}-byte key.", nameof(key));
        }

        _library = library;
        _algorithm = algorithm;
        _encrypt = encrypt ? 1 : 0;
        // Safe: libcrypto copies or expands the key before it returns.
        fixed (byte* bytes = key)
        {
            if (algorithm == CipherAlgorithm.AesCbc)
            {
                nint cipher = key.Length switch { 16 => library.Aes128Cbc, 24 => library.Aes192Cbc, _ => library.Aes256Cbc };
                _context = library.CipherContextNew();
                if (library.CipherInit(_context, cipher, 0, bytes, null, _encrypt) <= 0)
                {
                    library.CipherContextFree(_context);
                    throw new CryptographicException("libcrypto refused an AES key.");
                }

                library.CipherSetPadding(_context, 0);
            }
            else
            {
                _schedules = (byte*)LockedMemory.Allocate(3 * Libcrypto.DesScheduleBytes);
                for (int i = 0; i < key.Length / 8; i++)
                {
                    library.DesSetKey(bytes + (8 * i), _schedules + (i * Libcrypto.DesScheduleBytes));
                }
            }
        }
    }

    /// <summary>True for a length that the cipher's keys have.</summary>
    public static bool IsKeyLength(CipherAlgorithm algorithm, int bytes) => algorithm switch
    {
        CipherAlgorithm.DesCbc => bytes == 8,
        CipherAlgorithm.TripleDesCbc => bytes == 24,
        CipherAlgorithm.AesCbc => bytes is 16 or 24 or 32,
        _ => false,
    };

    /// <summary>Ciphers whole blocks; the destination may be the source. Returns false when libcrypto refuses.</summary>
    public bool Run(byte* iv, byte* source, byte* destination, int bytes)
    {
        if (_context != 0)
        {
            int written;
            return _library.CipherInit(_context, 0, 0, null, iv, -1) > 0
                && _library.CipherUpdate(_context, destination, &written, source, bytes) > 0
                && written == bytes;
        }

        // libcrypto leaves the last block in the IV: it gets a copy.
        ulong chain = *(ulong*)iv;
        if (_algorithm == CipherAlgorithm.DesCbc)
        {
            _library.DesCbc(source, destination, bytes, _schedules, (byte*)&chain, _encrypt);
        }
        else
        {
            _library.TripleDesCbc(
                source, destination, bytes, _schedules, _schedules + Libcrypto.DesScheduleBytes,
                _schedules + (2 * Libcrypto.DesScheduleBytes), (byte*)&chain, _encrypt);
        }

        return true;
    }

    public void Dispose()
    {
        if (_context != 0)
        {
            // EVP_CIPHER_CTX_free zeroes the expanded key.
            _library.CipherContextFree(_context);
        }
        else
        {
            LockedMemory.Free((nint)_schedules, 3 * Libcrypto.DesScheduleBytes);
        }
    }
}
