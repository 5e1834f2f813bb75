using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes by libIPSec_MB's hash bursts. Those leave MD5 out: managed lanes do it, in half to three quarters of the time of jobs without a cipher.</summary>
/// <remarks>Owned by one worker's thread; it has a manager of its own.</remarks>
internal sealed unsafe class IpsecMbBatchMac : IBatchMac
{
    private const int SubmitHashBurst = 1008;
    private const int BurstJobs = 128;

    // sizeof(IMB_JOB) is 200 in 1.3, 240 in 1.4 and 1.5, 216 in 2.x.
    private const int LargestStride = 240;

    private readonly IpsecMb _library;
    private readonly delegate* unmanaged<nint, byte*, int, int, int> _hashBurst;
    private readonly int _stride;
    private readonly byte* _jobs;
    private readonly ILaneMac _md5 = LaneMacs.Create();

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
    public void Compute(MacAlgorithm mac, LaneMessage* messages, int count)
    {
        if (mac == MacAlgorithm.HmacMd5)
        {
            _md5.Compute(mac, messages, count);
            return;
        }

        int algorithm = mac == MacAlgorithm.HmacSha1 ? IpsecMb.HashHmacSha1 : IpsecMb.HashHmacSha256;
        for (int done = 0; done < count; done += BurstJobs)
        {
            int burst = Math.Min(BurstJobs, count - done);
            for (int i = 0; i < burst; i++)
            {
                Fill((IpsecMbJob*)(_jobs + (i * _stride)), messages + done + i, algorithm);
            }

            _ = _hashBurst(_library.Manager, _jobs, burst, algorithm);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_jobs);
        _md5.Dispose();
        _library.Dispose();
    }

    private static void Fill(IpsecMbJob* slot, LaneMessage* message, int algorithm)
    {
        slot->Source = message->Data;
        slot->HashOffset = 0;
        slot->HashBytes = (ulong)message->Bytes;
        slot->Tag = message->Tag;
        slot->TagBytes = (ulong)message->TagBytes;
        slot->InnerPad = message->States;
        slot->OuterPad = message->States + HmacStates.OuterOffset;
        slot->HashAlgorithm = algorithm;
    }
}
