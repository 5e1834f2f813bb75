using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>Bulk cryptography by OpenSSL's libcrypto, packet by packet: there wherever .NET is.</summary>
/// <remarks>Owned by one worker's thread. Every job is complete when <see cref="Submit"/> returns.</remarks>
public sealed unsafe class LibcryptoEngine : ICryptoEngine, ICryptoCounters
{
    private readonly Libcrypto _library = Libcrypto.Require();
    private readonly SuiteCounters _counters = new();
    private readonly Stack<int> _free = new();
    private Key?[] _keys = new Key?[16];
    private int _used;

    /// <inheritdoc/>
    public string Name => $"libcrypto {_library.Version}";

    /// <inheritdoc/>
    public bool Supports(CryptoSuite suite, CryptoDirection direction) => SuiteRules.IsComplete(suite);

    /// <inheritdoc/>
    public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        SuiteRules.CheckKeys(suite, cipherKey, macKey);
        bool encrypt = direction == CryptoDirection.Encrypt;
        Key key = new(
            encrypt,
            suite.Cipher is CipherAlgorithm.Null or CipherAlgorithm.AesGcm
                ? null : new CbcCipher(_library, suite.Cipher, encrypt, cipherKey),
            suite.Cipher == CipherAlgorithm.AesGcm ? new GcmCipher(_library, encrypt, cipherKey) : null,
            suite.Mac == MacAlgorithm.None ? null : new HmacKey(_library, suite.Mac, macKey),
            suite.TagBytes,
            _counters.Of(suite, direction));
        if (!_free.TryPop(out int index))
        {
            index = _used++;
            if (index == _keys.Length)
            {
                Array.Resize(ref _keys, index * 2);
            }
        }

        _keys[index] = key;
        // 0 is no key.
        return index + 1;
    }

    /// <inheritdoc/>
    public void DestroyKey(nint key)
    {
        int index = (int)key - 1;
        _keys[index]!.Dispose();
        _keys[index] = null;
        _free.Push(index);
    }

    /// <inheritdoc/>
    public CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction) => *_counters.Of(suite, direction);

    /// <inheritdoc/>
    public void Submit(Span<CryptoJob> jobs)
    {
        foreach (ref CryptoJob job in jobs)
        {
            _keys[(int)job.Key - 1]!.Run(ref job);
        }
    }

    /// <inheritdoc/>
    public void Drain()
    {
        // Nothing waits: Submit completes every job.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Key? key in _keys)
        {
            key?.Dispose();
        }

        _keys = [];
    }

    private sealed class Key(bool encrypt, CbcCipher? cipher, GcmCipher? gcm, HmacKey? mac, int tagBytes, CryptoCounts* counts) : IDisposable
    {
        // Safe: the job's addresses are the node's own packet; it has checked the lengths.
        public void Run(ref CryptoJob job)
        {
            bool done = Complete(ref job);
            counts->Jobs++;
            counts->Bytes += job.CipherBytes;
            counts->Failures += done ? 0 : 1;
            job.Status = done ? CryptoStatus.Completed : CryptoStatus.Failed;
        }

        public void Dispose()
        {
            cipher?.Dispose();
            gcm?.Dispose();
            mac?.Dispose();
        }

        private bool Complete(ref CryptoJob job)
        {
            if (gcm != null)
            {
                return gcm.Run(ref job);
            }

            bool done = !encrypt || Cipher(ref job);
            mac?.Run((byte*)job.Hash, job.HashBytes, (byte*)job.Tag, tagBytes);
            return done && (encrypt || Cipher(ref job));
        }

        private bool Cipher(ref CryptoJob job) =>
            cipher == null || cipher.Run((byte*)job.Iv, (byte*)job.Cipher, (byte*)job.Cipher, job.CipherBytes);
    }
}
