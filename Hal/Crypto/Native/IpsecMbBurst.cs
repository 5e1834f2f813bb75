using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>Jobs of one kind (cipher, key size, hash, direction) that run together through the library's synchronous burst calls.</summary>
/// <remarks>
/// The fastest way into the library for AES-CBC and HMAC-SHA: the jobs are an array of ours, in which only what differs between packets
/// is written, and nothing is flushed job by job.
/// </remarks>
internal sealed unsafe class IpsecMbBurst : IDisposable
{
    /// <summary>The most jobs of one call: the library's own limit.</summary>
    public const int Capacity = 128;

    private readonly IpsecMb _library;
    private readonly byte* _jobs;
    // The jobs that fill the array, and the keys that its places were filled with last.
    private readonly CryptoJob** _given;
    private readonly IpsecMbKey** _keys;
    private readonly int _jobBytes;
    private readonly int _cipher;
    private readonly int _hash;
    private readonly int _direction;
    private readonly ulong _keyBytes;
    private readonly CryptoCounts* _counts;
    private long _bytes;
    private int _count;

    /// <summary>Makes the array; <paramref name="kind"/> is any key of the kind.</summary>
    public IpsecMbBurst(IpsecMb library, IpsecMbKey* kind)
    {
        _library = library;
        _cipher = kind->CipherMode;
        _hash = kind->HashAlgorithm;
        _direction = kind->Direction;
        _keyBytes = kind->KeyBytes;
        _counts = kind->Counts;
        _jobBytes = library.JobBytes;
        // Safe: Capacity jobs of the size that this version of the library has.
        _jobs = (byte*)NativeMemory.AlignedAlloc((nuint)(Capacity * _jobBytes), 64);
        NativeMemory.Clear(_jobs, (nuint)(Capacity * _jobBytes));
        _given = (CryptoJob**)NativeMemory.AllocZeroed(2 * Capacity, (nuint)sizeof(nint));
        _keys = (IpsecMbKey**)(_given + Capacity);
        for (int i = 0; i < Capacity; i++)
        {
            IpsecMbJob* slot = (IpsecMbJob*)(_jobs + (i * _jobBytes));
            slot->KeyBytes = kind->KeyBytes;
            slot->IvBytes = kind->IvBytes;
            slot->TagBytes = kind->TagBytes;
            slot->CipherMode = kind->CipherMode;
            slot->HashAlgorithm = kind->HashAlgorithm;
            slot->Direction = kind->Direction;
            slot->ChainOrder = kind->ChainOrder;
        }
    }

    /// <summary>True when the library has burst calls for keys of this kind: AES-CBC or NULL, with HMAC-SHA or without a hash.</summary>
    public static bool Does(CryptoSuite suite) =>
        suite.Cipher is CipherAlgorithm.AesCbc or CipherAlgorithm.Null && suite.Mac != MacAlgorithm.HmacMd5;

    /// <summary>Takes one job; runs all of them when the array is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(CryptoJob* job, IpsecMbKey* key)
    {
        int place = _count;
        IpsecMbJob* slot = (IpsecMbJob*)(_jobs + (place * _jobBytes));
        if (_keys[place] != key)
        {
            // What it says depends on nothing but the kind and where the key lies.
            _keys[place] = key;
            slot->EncryptKeys = key->EncryptKeys;
            slot->DecryptKeys = key->DecryptKeys;
            slot->InnerPad = key->InnerPad;
            slot->OuterPad = key->OuterPad;
        }

        slot->Source = (byte*)job->Hash;
        slot->Destination = (byte*)job->Cipher;
        slot->CipherOffset = (ulong)(job->Cipher - job->Hash);
        slot->CipherBytes = (ulong)job->CipherBytes;
        slot->HashBytes = (ulong)job->HashBytes;
        slot->Iv = (byte*)job->Iv;
        slot->Tag = (byte*)job->Tag;
        _given[place] = job;
        _bytes += job->CipherBytes;
        _count = place + 1;
        if (place + 1 == Capacity)
        {
            Run();
        }
    }

    /// <summary>Completes every job taken so far.</summary>
    public void Run()
    {
        if (_count == 0)
        {
            return;
        }

        int count = _count;
        _count = 0;
        bool done = _direction == IpsecMb.Encrypt ? Cipher(count) && Hash(count) : Hash(count) && Cipher(count);
        _counts->Jobs += count;
        _counts->Bytes += _bytes;
        _counts->Failures += done ? 0 : count;
        _bytes = 0;
        CryptoStatus status = done ? CryptoStatus.Completed : CryptoStatus.Failed;
        for (int i = 0; i < count; i++)
        {
            _given[i]->Status = status;
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_jobs);
        NativeMemory.Free(_given);
    }

    private bool Cipher(int count) =>
        _cipher == IpsecMb.CipherNull
        || _library.CipherBurst(_library.Manager, (IpsecMbJob*)_jobs, (uint)count, _cipher, _direction, _keyBytes) == count;

    private bool Hash(int count) =>
        _hash == IpsecMb.HashNull || _library.HashBurst(_library.Manager, (IpsecMbJob*)_jobs, (uint)count, _hash) == count;
}
