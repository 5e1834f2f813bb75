using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes by libIPSec_MB: SHA through hash bursts, MD5, which bursts leave out, through jobs without a cipher.</summary>
/// <remarks>Owned by one worker's thread; it has a manager of its own.</remarks>
internal sealed unsafe class IpsecMbBatchMac : IBatchMac
{
    private const int SubmitHashBurst = 1008;
    private const int BurstJobs = 128;
    private const int PadBytes = 64;

    // sizeof(IMB_JOB) is 200 in 1.3, 240 in 1.4 and 1.5, 216 in 2.x.
    private const int LargestStride = 240;

    private readonly IpsecMb _library;
    private readonly delegate* unmanaged<nint, byte*, int, int, int> _hashBurst;
    private readonly int _stride;
    private readonly byte* _jobs;

    private IpsecMbBatchMac(IpsecMb library)
    {
        _library = library;
        // Safe: the place of the burst call has not moved in any version that IpsecMb accepts.
        _hashBurst = *(delegate* unmanaged<nint, byte*, int, int, int>*)(library.Manager + SubmitHashBurst);
        _stride = library.Version.StartsWith("1.3.", StringComparison.Ordinal) ? 200 : library.Version[0] == '1' ? LargestStride : 216;
        _jobs = (byte*)NativeMemory.AlignedAlloc(BurstJobs * LargestStride, 64);
        NativeMemory.Clear(_jobs, BurstJobs * LargestStride);
    }

    /// <inheritdoc/>
    public string Name => $"ipsec-mb {_library.Version}";

    /// <summary>Opens the library, or returns null where it cannot be used.</summary>
    public static IpsecMbBatchMac? TryCreate() =>
        IpsecMb.TryCreate(out _) is { } library ? new IpsecMbBatchMac(library) : null;

    /// <inheritdoc/>
    public nint CreateKey(MacAlgorithm mac, ReadOnlySpan<byte> key)
    {
        delegate* unmanaged<byte*, byte*, void> block = mac switch
        {
            MacAlgorithm.HmacMd5 => _library.Md5Block,
            MacAlgorithm.HmacSha1 => _library.Sha1Block,
            _ => _library.Sha256Block,
        };
        // Safe: two states of at most 64 bytes in a block of that size; the pad stays on this stack while the library reads it.
        byte* states = (byte*)LockedMemory.Allocate(2 * PadBytes);
        byte* pad = stackalloc byte[PadBytes];
        Span<byte> bytes = new(pad, PadBytes);
        HmacPad.Fill(bytes, key, HmacPad.Inner);
        block(pad, states);
        HmacPad.Fill(bytes, key, HmacPad.Outer);
        block(pad, states + PadBytes);
        CryptographicOperations.ZeroMemory(bytes);
        return (nint)states;
    }

    /// <inheritdoc/>
    public void DestroyKey(MacAlgorithm mac, nint key) => LockedMemory.Free(key, 2 * PadBytes);

    /// <inheritdoc/>
    public void Compute(MacAlgorithm mac, MacJob* jobs, int count)
    {
        if (mac == MacAlgorithm.HmacMd5)
        {
            Jobs(jobs, count);
            return;
        }

        int algorithm = mac == MacAlgorithm.HmacSha1 ? IpsecMb.HashHmacSha1 : IpsecMb.HashHmacSha256;
        ulong tagBytes = mac == MacAlgorithm.HmacSha1 ? 12u : 16u;
        for (int done = 0; done < count; done += BurstJobs)
        {
            int burst = Math.Min(BurstJobs, count - done);
            for (int i = 0; i < burst; i++)
            {
                Fill((IpsecMbJob*)(_jobs + (i * _stride)), jobs + done + i, algorithm, tagBytes);
            }

            _ = _hashBurst(_library.Manager, _jobs, burst, algorithm);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_jobs);
        _library.Dispose();
    }

    private static void Fill(IpsecMbJob* slot, MacJob* job, int algorithm, ulong tagBytes)
    {
        slot->Source = (byte*)job->Data;
        slot->HashOffset = 0;
        slot->HashBytes = (ulong)job->Bytes;
        slot->Tag = (byte*)job->Tag;
        slot->TagBytes = tagBytes;
        slot->InnerPad = (void*)job->Key;
        slot->OuterPad = (void*)(job->Key + PadBytes);
        slot->HashAlgorithm = algorithm;
    }

    private void Jobs(MacJob* jobs, int count)
    {
        nint manager = _library.Manager;
        for (int i = 0; i < count; i++)
        {
            IpsecMbJob* slot = _library.NextJob(manager);
            Fill(slot, jobs + i, IpsecMb.HashHmacMd5, 12);
            slot->CipherMode = IpsecMb.CipherNull;
            slot->CipherBytes = 0;
            slot->Direction = IpsecMb.Encrypt;
            slot->ChainOrder = IpsecMb.HashThenCipher;
            _ = _library.SubmitJob(manager);
            while (_library.CompletedJob(manager) != null)
            {
            }
        }

        while (_library.FlushJob(manager) != null)
        {
        }
    }
}
