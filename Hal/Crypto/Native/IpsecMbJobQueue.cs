using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>Jobs that the library takes one by one and finishes when its lanes are full, or in <see cref="Drain"/>.</summary>
/// <remarks>For what has no burst call: DES, 3DES, HMAC-MD5. The manager must not be used for bursts too: they flush shared lanes.</remarks>
internal sealed unsafe class IpsecMbJobQueue(IpsecMb library) : IDisposable
{
    private int _pending;

    public void Submit(CryptoJob* job)
    {
        nint manager = library.Manager;
        // The library always has an empty job: when its queue is full, submitting finishes the oldest ones.
        Fill(library.NextJob(manager), job);
        _pending++;
        IpsecMbJob* done = library.SubmitJob(manager);
        while (done != null)
        {
            Finish(done);
            done = library.CompletedJob(manager);
        }
    }

    public void Drain()
    {
        IpsecMbJob* done;
        while (_pending > 0 && (done = library.FlushJob(library.Manager)) != null)
        {
            Finish(done);
        }

        // A library that loses jobs leaves them pending, which a node treats as failed.
        _pending = 0;
    }

    public void Dispose()
    {
        Drain();
        library.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(IpsecMbJob* slot, CryptoJob* job)
    {
        IpsecMbKey* key = (IpsecMbKey*)job->Key;
        slot->EncryptKeys = key->EncryptKeys;
        slot->DecryptKeys = key->DecryptKeys;
        slot->KeyBytes = key->KeyBytes;
        slot->Source = (byte*)job->Hash;
        slot->Destination = (byte*)job->Cipher;
        slot->CipherOffset = (ulong)(job->Cipher - job->Hash);
        slot->CipherBytes = (ulong)job->CipherBytes;
        slot->HashOffset = 0;
        slot->HashBytes = (ulong)job->HashBytes;
        slot->Iv = (byte*)job->Iv;
        slot->IvBytes = key->IvBytes;
        slot->Tag = (byte*)job->Tag;
        slot->TagBytes = key->TagBytes;
        slot->InnerPad = key->InnerPad;
        slot->OuterPad = key->OuterPad;
        slot->CipherMode = key->CipherMode;
        slot->Direction = key->Direction;
        slot->HashAlgorithm = key->HashAlgorithm;
        slot->ChainOrder = key->ChainOrder;
        slot->UserData = job;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(IpsecMbJob* slot)
    {
        CryptoJob* job = (CryptoJob*)slot->UserData;
        CryptoCounts* counts = ((IpsecMbKey*)job->Key)->Counts;
        counts->Jobs++;
        counts->Bytes += job->CipherBytes;
        job->Status = CryptoStatus.Completed;
        if (slot->Status != IpsecMb.StatusCompleted)
        {
            job->Status = CryptoStatus.Failed;
            counts->Failures++;
        }

        _pending--;
    }
}
