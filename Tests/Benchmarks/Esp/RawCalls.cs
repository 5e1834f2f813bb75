using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Benchmarks.Esp;

/// <summary>ipsec-mb called as directly as C# can, by the fastest way in for the suite: nothing between the loop and the library.</summary>
/// <remarks>
/// AES-CBC with HMAC-SHA: cipher burst and hash burst of 128 over an array in which only what differs between packets is written; GCM: one
/// call a packet; the rest: submit_job and flush_job. Keys are those of the engine.
/// </remarks>
internal sealed unsafe class RawCalls : IDisposable
{
    private const int Burst = 128;

    private readonly IpsecMb _library;
    private CryptoJob* _jobs;
    private int _count;
    private readonly byte* _array;

    public RawCalls(CryptoJob* jobs)
    {
        _library = IpsecMb.TryCreate(out string? problem) ?? throw new NotSupportedException(problem);
        _array = (byte*)NativeMemory.AlignedAlloc((nuint)(Burst * _library.JobBytes), 64);
        NativeMemory.Clear(_array, (nuint)(Burst * _library.JobBytes));
        for (int i = 0; i < Burst; i++)
        {
            FillConstants((IpsecMbJob*)(_array + (i * _library.JobBytes)), (IpsecMbKey*)jobs->Key);
        }
    }

    /// <summary>All jobs given, of the kind of the constructor's. Returns the jobs completed.</summary>
    public int Run(CryptoJob* jobs, int count)
    {
        _jobs = jobs;
        _count = count;
        IpsecMbKey* key = (IpsecMbKey*)_jobs->Key;
        return key->Gcm != 0 ? RunGcm() : key->Burst >= 0 ? RunBursts() : RunJobs();
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_array);
        _library.Dispose();
    }

    private static void FillConstants(IpsecMbJob* slot, IpsecMbKey* key)
    {
        slot->KeyBytes = key->KeyBytes;
        slot->IvBytes = key->IvBytes;
        slot->TagBytes = key->TagBytes;
        slot->CipherMode = key->CipherMode;
        slot->Direction = key->Direction;
        slot->HashAlgorithm = key->HashAlgorithm;
        slot->ChainOrder = key->ChainOrder;
    }

    private static void FillPacket(IpsecMbJob* slot, CryptoJob* job, IpsecMbKey* key)
    {
        slot->EncryptKeys = key->EncryptKeys;
        slot->DecryptKeys = key->DecryptKeys;
        slot->Source = (byte*)job->Hash;
        slot->Destination = (byte*)job->Cipher;
        slot->CipherOffset = (ulong)(job->Cipher - job->Hash);
        slot->CipherBytes = (ulong)job->CipherBytes;
        slot->HashOffset = 0;
        slot->HashBytes = (ulong)job->HashBytes;
        slot->Iv = (byte*)job->Iv;
        slot->Tag = (byte*)job->Tag;
        slot->InnerPad = key->InnerPad;
        slot->OuterPad = key->OuterPad;
    }

    private int RunGcm()
    {
        for (int i = 0; i < _count; i++)
        {
            CryptoJob* job = _jobs + i;
            IpsecMbKey* key = (IpsecMbKey*)job->Key;
            *(ulong*)(key->Nonce + 4) = *(ulong*)job->Iv;
            ((delegate* unmanaged[SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void>)key->Gcm)(
                (byte*)key + IpsecMbKey.GcmTable, key->GcmContext, (byte*)job->Cipher, (byte*)job->Cipher, (ulong)job->CipherBytes,
                key->Nonce, (byte*)job->Hash, (ulong)job->HashBytes, (byte*)job->Tag, 16);
        }

        return _count;
    }

    private int RunBursts()
    {
        nint manager = _library.Manager;
        IpsecMbKey* kind = (IpsecMbKey*)_jobs->Key;
        IpsecMbJob* array = (IpsecMbJob*)_array;
        int done = 0;
        for (int start = 0; start < _count; start += Burst)
        {
            int count = Math.Min(Burst, _count - start);
            for (int i = 0; i < count; i++)
            {
                CryptoJob* job = _jobs + start + i;
                FillPacket((IpsecMbJob*)(_array + (i * _library.JobBytes)), job, (IpsecMbKey*)job->Key);
            }

            if (kind->Direction == IpsecMb.Encrypt)
            {
                done += (int)_library.CipherBurst(manager, array, (uint)count, kind->CipherMode, kind->Direction, kind->KeyBytes);
                _ = _library.HashBurst(manager, array, (uint)count, kind->HashAlgorithm);
            }
            else
            {
                done += (int)_library.HashBurst(manager, array, (uint)count, kind->HashAlgorithm);
                _ = _library.CipherBurst(manager, array, (uint)count, kind->CipherMode, kind->Direction, kind->KeyBytes);
            }
        }

        return done;
    }

    private int RunJobs()
    {
        nint manager = _library.Manager;
        int done = 0;
        for (int i = 0; i < _count; i++)
        {
            IpsecMbJob* slot = _library.NextJob(manager);
            IpsecMbKey* key = (IpsecMbKey*)_jobs[i].Key;
            FillConstants(slot, key);
            FillPacket(slot, _jobs + i, key);
            for (IpsecMbJob* ready = _library.SubmitJob(manager); ready != null; ready = _library.CompletedJob(manager))
            {
                done += ready->Status == IpsecMb.StatusCompleted ? 1 : 0;
            }
        }

        for (IpsecMbJob* ready = _library.FlushJob(manager); ready != null; ready = _library.FlushJob(manager))
        {
            done += ready->Status == IpsecMb.StatusCompleted ? 1 : 0;
        }

        return done;
    }
}
