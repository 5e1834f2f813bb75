using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Bulk DES-CBC and 3DES-CBC in managed code: many packets of any keys and lengths side by side in the lanes of the vector unit.</summary>
/// <remarks>
/// Owned by one worker's thread. Jobs wait until <see cref="Drain"/> or until <see cref="MaxJobs"/> are there: the more, the better the
/// lanes fill. A lane takes a packet to encrypt, and a packet or part of one to decrypt.
/// </remarks>
public sealed unsafe class BitSliceEngine : ICryptoEngine, ICryptoCounters
{
    /// <summary>Jobs that are ciphered together at most.</summary>
    public const int MaxJobs = 1024;

    // Blocks of the shortest parts that packets are cut into for decryption when there are more than enough to fill the lanes.
    private const int PartBlocks = 32;
    private const int Classes = 4;

    private readonly DesKernel _kernel;
    private readonly IBatchMac _mac;
    private readonly CbcLanes _lanes;
    private readonly StripList _strips;
    private readonly CryptoJob** _pending;
    private readonly int[] _counts = new int[Classes];
    private readonly LaneMessage* _messages;
    private readonly ICryptoEngine? _thin;
    private readonly FillRule _rule;
    private readonly SuiteCounters _counters = new();

    /// <summary>Takes ownership of the kernel, the hashes, and the engine for thin batches if there is one.</summary>
    internal BitSliceEngine(DesKernel kernel, IBatchMac mac, ICryptoEngine? thin)
    {
        _kernel = kernel;
        _mac = mac;
        _thin = thin;
        _rule = new FillRule(kernel, thin is IpsecMbEngine);
        _lanes = new CbcLanes(kernel);
        // Cutting packets adds at most two strips for each lane and one for each packet.
        _strips = new StripList((2 * MaxJobs) + (2 * kernel.Lanes));
        _pending = (CryptoJob**)NativeMemory.Alloc((nuint)(Classes * MaxJobs * sizeof(CryptoJob*)));
        _messages = (LaneMessage*)NativeMemory.Alloc((nuint)(MaxJobs * sizeof(LaneMessage)));
    }

    /// <inheritdoc/>
    public string Name =>
        $"bit-slice {_kernel.Name}, hashes of {_mac.Name}" + (_thin is null ? string.Empty : $", thin batches to {_thin.Name}");

    /// <summary>Makes the engine with the best code that the processor runs.</summary>
    /// <remarks>
    /// Batches that leave most lanes empty go to libcrypto. Byte slices are faster than ipsec-mb with a single packet; only bit planes of
    /// 512 lanes leave it a place.
    /// </remarks>
    public static BitSliceEngine Create()
    {
        DesKernel kernel = DesKernels.Best();
        ICryptoEngine? thin = kernel is BitSlicedDes<Plane512> ? IpsecMbEngine.TryCreate(out _) : null;
        return new(
            kernel, IpsecMbBatchMac.TryCreate() is { } mac ? mac : new LaneBatchMac(), thin ?? new LibcryptoEngine());
    }

    /// <inheritdoc/>
    public bool Supports(CryptoSuite suite, CryptoDirection direction) =>
        SuiteRules.IsComplete(suite) && suite.Cipher is CipherAlgorithm.DesCbc or CipherAlgorithm.TripleDesCbc;

    /// <inheritdoc/>
    public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        SuiteRules.CheckKeys(suite, cipherKey, macKey);
        if (!Supports(suite, direction))
        {
            throw new ArgumentException($"The bit-slice engine does not do {SuiteRules.Name(suite)}.", nameof(suite));
        }

        // Safe: a fresh block of the key's size.
        var key = (BitSliceKey*)LockedMemory.Allocate(sizeof(BitSliceKey));
        bool decrypt = direction == CryptoDirection.Decrypt;
        key->Passes = cipherKey.Length / 8;
        key->Decrypts = decrypt ? 1 : 0;
        key->Mac = suite.Mac;
        for (int pass = 0; pass < key->Passes; pass++)
        {
            // Encrypt-decrypt-encrypt with keys 1, 2, 3; its inverse is decrypt-encrypt-decrypt with 3, 2, 1.
            key->Packed[pass] = _kernel.PackKey(cipherKey.Slice(8 * (decrypt ? key->Passes - 1 - pass : pass), 8));
        }

        key->TagBytes = suite.TagBytes;
        key->Counts = _counters.Of(suite, direction);
        HmacStates.Derive(suite.Mac, macKey, key->MacStates);
        key->ThinKey = _thin?.CreateKey(suite, direction, cipherKey, macKey) ?? 0;
        return (nint)key;
    }

    /// <inheritdoc/>
    public void DestroyKey(nint key)
    {
        var destroyed = (BitSliceKey*)key;
        _lanes.Forget(destroyed->Packed);
        _thin?.DestroyKey(destroyed->ThinKey);
        LockedMemory.Free(key, sizeof(BitSliceKey));
    }

    /// <inheritdoc/>
    public void Submit(Span<CryptoJob> jobs)
    {
        // Safe: the contract says that the span is over native memory and stays there until the jobs have completed.
        CryptoJob* next = (CryptoJob*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(jobs));
        CryptoJob* end = next + jobs.Length;
        for (; next < end; next++)
        {
            var key = (BitSliceKey*)next->Key;
            key->Counts->Jobs++;
            if ((next->CipherBytes & 7) != 0 || next->CipherBytes < 0)
            {
                next->Status = CryptoStatus.Failed;
                key->Counts->Failures++;
                continue;
            }

            key->Counts->Bytes += next->CipherBytes;
            int kind = (key->Decrypts << 1) | (key->Passes >> 1);
            _pending[(kind * MaxJobs) + _counts[kind]++] = next;
            if (_counts[kind] == MaxJobs)
            {
                Complete(kind);
            }
        }
    }

    /// <inheritdoc/>
    public void Drain()
    {
        for (int kind = 0; kind < Classes; kind++)
        {
            if (_counts[kind] > 0)
            {
                Complete(kind);
            }
        }
    }

    /// <inheritdoc/>
    public CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction) => *_counters.Of(suite, direction);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lanes.Dispose();
        _strips.Dispose();
        _kernel.Dispose();
        _mac.Dispose();
        _thin?.Dispose();
        NativeMemory.Free(_pending);
        NativeMemory.Free(_messages);
    }

    private void Complete(int kind)
    {
        CryptoJob** jobs = _pending + (kind * MaxJobs);
        int count = _counts[kind];
        _counts[kind] = 0;
        bool decrypt = kind >= 2;
        long blocks = 0;
        int longest = 0;
        for (int i = 0; i < count; i++)
        {
            int own = jobs[i]->CipherBytes / 8;
            blocks += own;
            longest = Math.Max(longest, own);
        }

        if (_thin != null && _rule.IsThin(blocks, longest, decrypt))
        {
            PassOn(jobs, count);
            return;
        }

        if (decrypt)
        {
            Authenticate(jobs, count);
            CutPackets(jobs, count, blocks);
        }
        else
        {
            TakePackets(jobs, count);
        }

        _lanes.Run(_strips.Sort(), _strips.Count, (kind & 1) == 0 ? 1 : 3, decrypt);
        if (!decrypt)
        {
            Authenticate(jobs, count);
        }

        for (int i = 0; i < count; i++)
        {
            jobs[i]->Status = CryptoStatus.Completed;
        }
    }

    private void PassOn(CryptoJob** jobs, int count)
    {
        for (int i = 0; i < count; i++)
        {
            // The messages to hash are free meanwhile: they remember the key.
            _messages[i].States = (byte*)jobs[i]->Key;
            jobs[i]->Key = ((BitSliceKey*)jobs[i]->Key)->ThinKey;
            _thin!.Submit(new Span<CryptoJob>(jobs[i], 1));
        }

        _thin!.Drain();
        for (int i = 0; i < count; i++)
        {
            jobs[i]->Key = (nint)_messages[i].States;
            ((BitSliceKey*)jobs[i]->Key)->Counts->Failures += jobs[i]->Status == CryptoStatus.Completed ? 0 : 1;
        }
    }

    private void TakePackets(CryptoJob** jobs, int count)
    {
        _strips.Clear();
        for (int i = 0; i < count; i++)
        {
            CryptoJob* job = jobs[i];
            if (job->CipherBytes > 0)
            {
                _strips.Add((byte*)job->Cipher, job->CipherBytes / 8, ((BitSliceKey*)job->Key)->Packed, *(ulong*)job->Iv);
            }
        }
    }

    // Decryption needs only the ciphertext, so a packet may be cut: few packets fill all lanes, and long ones do not outlast the rest.
    private void CutPackets(CryptoJob** jobs, int count, long total)
    {
        long longest = Math.Max(PartBlocks, total / _kernel.Lanes / 2);
        if (count < _kernel.Lanes)
        {
            // Every packet ends with a part that may be short: with this length all parts still find a lane.
            int lanes = _kernel.Lanes - count;
            longest = Math.Min(longest, Math.Max(1, (total + lanes - 1) / lanes));
        }

        _strips.Clear();
        for (int i = 0; i < count; i++)
        {
            CryptoJob* job = jobs[i];
            int left = job->CipherBytes / 8;
            int part = (int)longest;
            if (left > part)
            {
                int parts = (left + part - 1) / part;
                part = (left + parts - 1) / parts;
            }

            byte* data = (byte*)job->Cipher;
            ulong* key = ((BitSliceKey*)job->Key)->Packed;
            ulong chain = left > 0 ? *(ulong*)job->Iv : 0;
            for (; left > 0; left -= part)
            {
                int blocks = Math.Min(left, part);
                _strips.Add(data, blocks, key, chain);
                data += blocks * 8;
                chain = ((ulong*)data)[-1];
            }
        }
    }

    private void Authenticate(CryptoJob** jobs, int count)
    {
        for (MacAlgorithm mac = MacAlgorithm.HmacMd5; mac <= MacAlgorithm.HmacSha256; mac++)
        {
            int found = 0;
            for (int i = 0; i < count; i++)
            {
                var key = (BitSliceKey*)jobs[i]->Key;
                if (key->Mac == mac)
                {
                    LaneMessage* message = _messages + found++;
                    message->States = key->MacStates;
                    message->Data = (byte*)jobs[i]->Hash;
                    message->Tag = (byte*)jobs[i]->Tag;
                    message->Bytes = jobs[i]->HashBytes;
                    message->TagBytes = key->TagBytes;
                }
            }

            if (found > 0)
            {
                _mac.Compute(mac, _messages, found);
            }
        }
    }
}
