using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Benchmarks.Esp;

/// <summary>ipsec-mb called as directly as C# can: nothing between the loop and the library's function pointers.</summary>
internal sealed unsafe class RawCalls : IDisposable
{
    private readonly IpsecMb _library;
    private readonly CryptoJob* _jobs;
    private readonly int _count;

    public RawCalls(CryptoJob* jobs, int count)
    {
        _library = IpsecMb.TryCreate(out string? problem) ?? throw new NotSupportedException(problem);
        _jobs = jobs;
        _count = count;
    }

    /// <summary>All jobs through submit_job and flush_job; keys are those of the engine. Returns the jobs completed.</summary>
    public int Run()
    {
        nint manager = _library.Manager;
        int done = 0;
        for (int i = 0; i < _count; i++)
        {
            IpsecMbJob* slot = _library.NextJob(manager);
            IpsecMbKey* key = (IpsecMbKey*)_jobs[i].Key;
            slot->EncryptKeys = key->EncryptKeys;
            slot->DecryptKeys = key->DecryptKeys;
            slot->KeyBytes = key->KeyBytes;
            slot->Source = (byte*)_jobs[i].Hash;
            slot->Destination = (byte*)_jobs[i].Cipher;
            slot->CipherOffset = (ulong)(_jobs[i].Cipher - _jobs[i].Hash);
            slot->CipherBytes = (ulong)_jobs[i].CipherBytes;
            slot->HashOffset = 0;
            slot->HashBytes = (ulong)_jobs[i].HashBytes;
            slot->Iv = (byte*)_jobs[i].Iv;
            slot->IvBytes = key->IvBytes;
            slot->Tag = (byte*)_jobs[i].Tag;
            slot->TagBytes = key->TagBytes;
            slot->InnerPad = key->InnerPad;
            slot->OuterPad = key->OuterPad;
            slot->CipherMode = key->CipherMode;
            slot->Direction = key->Direction;
            slot->HashAlgorithm = key->HashAlgorithm;
            slot->ChainOrder = key->ChainOrder;
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

    public void Dispose() => _library.Dispose();
}
