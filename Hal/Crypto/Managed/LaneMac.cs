using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.Managed;

/// <summary>HMAC with one message in every lane of the vector unit.</summary>
/// <remarks>
/// Messages are put into order of length and taken in groups of one per lane. A group runs as many blocks as its longest message has;
/// lanes whose message has ended keep their state meanwhile.
/// </remarks>
internal sealed unsafe class LaneMac<TOps, TVector> : ILaneMac
    where TOps : ILaneOps<TVector>
    where TVector : unmanaged
{
    private const int BlockBytes = 64;
    private const int MaxStateWords = 8;
    private const int MaxScheduleWords = 80;
    private const int LengthBytes = 8;

    // Tails: up to 63 bytes of the message, a stop bit and the length, in one block or two.
    private const int TailBytes = 2 * BlockBytes;

    private readonly LengthOrder _order = new();
    private readonly nint _memory;
    private readonly TVector* _words;
    private readonly TVector* _state;
    private readonly TVector* _outer;
    private readonly TVector* _saved;
    private readonly uint* _limits;
    private readonly byte* _tails;
    private int[] _lengths = [];

    public LaneMac()
    {
        // Safe: the places below follow one another inside this block, each a multiple of 64 bytes. It holds hash states of keys.
        _memory = LockedMemory.Allocate(MemoryBytes);
        _words = (TVector*)_memory;
        _state = _words + MaxScheduleWords;
        _outer = _state + MaxStateWords;
        _saved = _outer + MaxStateWords;
        _limits = (uint*)(_saved + MaxStateWords);
        _tails = (byte*)_limits + BlockBytes;
    }

    /// <inheritdoc/>
    public int Lanes => TOps.Lanes;

    private static int MemoryBytes =>
        ((MaxScheduleWords + (3 * MaxStateWords)) * Math.Max(BlockBytes, sizeof(TVector))) + BlockBytes + (TOps.Lanes * TailBytes);

    /// <inheritdoc/>
    public void Compute(MacAlgorithm mac, LaneMessage* jobs, int count)
    {
        if (_lengths.Length < count)
        {
            _lengths = new int[count];
        }

        for (int i = 0; i < count; i++)
        {
            _lengths[i] = Blocks(jobs[i].Bytes);
        }

        ReadOnlySpan<ushort> order = _order.Sort(_lengths.AsSpan(0, count));
        LaneMessage** group = stackalloc LaneMessage*[TOps.Lanes];
        for (int start = 0; start < count; start += TOps.Lanes)
        {
            int size = Math.Min(TOps.Lanes, count - start);
            for (int lane = 0; lane < size; lane++)
            {
                group[lane] = jobs + order[start + lane];
            }

            ComputeGroup(mac, group, size);
        }
    }

    /// <inheritdoc/>
    public void ComputeGroup(MacAlgorithm mac, LaneMessage** jobs, int count)
    {
        switch (mac)
        {
            case MacAlgorithm.HmacMd5:
                Run<Md5Lanes>(jobs, count);
                break;
            case MacAlgorithm.HmacSha1:
                Run<Sha1Lanes>(jobs, count);
                break;
            case MacAlgorithm.HmacSha256:
                Run<Sha256Lanes>(jobs, count);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => LockedMemory.Free(_memory, MemoryBytes);

    // Blocks of the message with stop bit and length.
    private static int Blocks(int bytes) => (bytes + LengthBytes + BlockBytes) / BlockBytes;

    // Safe: reads the messages' own bytes and tails, both in whole blocks; everything else lies in the block of memory above.
    [SkipLocalsInit]
    private void Run<THash>(LaneMessage** jobs, int count)
        where THash : ILaneHash
    {
        byte** data = stackalloc byte*[TOps.Lanes];
        byte** tails = stackalloc byte*[TOps.Lanes];
        uint fullLeast = uint.MaxValue;
        uint least = uint.MaxValue;
        uint most = 0;
        for (int lane = 0; lane < TOps.Lanes; lane++)
        {
            // Spare lanes repeat the first message, and nobody reads what becomes of them.
            LaneMessage* job = jobs[lane < count ? lane : 0];
            LoadStates<THash>(job->States, lane);
            uint full = (uint)job->Bytes / BlockBytes;
            uint blocks = (uint)Blocks(job->Bytes);
            _limits[lane] = blocks;
            fullLeast = Math.Min(fullLeast, full);
            least = Math.Min(least, blocks);
            most = Math.Max(most, blocks);
            data[lane] = job->Data;
            byte* tail = _tails + (lane * TailBytes);
            if (lane < count)
            {
                Tail<THash>(job, tail);
            }
            else
            {
                tail = _tails;
            }

            // So that the block's own number finds it.
            tails[lane] = tail - (full * BlockBytes);
        }

        uint step = 0;
        for (; step < fullLeast; step++)
        {
            Load<THash>(data, (nint)step * BlockBytes);
            THash.Compress<TOps, TVector>(_state, _words);
        }

        TVector limits = *(TVector*)_limits;
        byte** now = stackalloc byte*[TOps.Lanes];
        for (; step < most; step++)
        {
            for (int lane = 0; lane < TOps.Lanes; lane++)
            {
                int bytes = jobs[lane < count ? lane : 0]->Bytes;
                uint block = Math.Min(step, _limits[lane] - 1);
                now[lane] = (block < (uint)bytes / BlockBytes ? data[lane] : tails[lane]) + (block * BlockBytes);
            }

            Load<THash>(now, 0);
            if (step < least)
            {
                THash.Compress<TOps, TVector>(_state, _words);
                continue;
            }

            for (int word = 0; word < THash.StateWords; word++)
            {
                _saved[word] = _state[word];
            }

            THash.Compress<TOps, TVector>(_state, _words);
            for (int word = 0; word < THash.StateWords; word++)
            {
                _state[word] = TOps.Advance(limits, step, _state[word], _saved[word]);
            }
        }

        Outer<THash>();
        Store(jobs, count);
    }

    private void LoadStates<THash>(byte* states, int lane)
        where THash : ILaneHash
    {
        uint* inner = (uint*)states;
        uint* outer = (uint*)(states + HmacStates.OuterOffset);
        uint* toInner = (uint*)_state + lane;
        uint* toOuter = (uint*)_outer + lane;
        for (int word = 0; word < THash.StateWords; word++)
        {
            toInner[word * TOps.Lanes] = inner[word];
            toOuter[word * TOps.Lanes] = outer[word];
        }
    }

    private void Load<THash>(byte** messages, nint offset)
        where THash : ILaneHash
    {
        TOps.Load(messages, offset, _words);
        if (THash.IsBigEndian)
        {
            for (int word = 0; word < 16; word++)
            {
                _words[word] = TOps.ByteSwap(_words[word]);
            }
        }
    }

    // RFC 1321 section 3.1, FIPS 180-4 section 5.1.1; the inner pad's block counts.
    private static void Tail<THash>(LaneMessage* job, byte* tail)
        where THash : ILaneHash
    {
        int rest = job->Bytes % BlockBytes;
        byte* source = job->Data + job->Bytes - rest;
        int end = rest + 1 + LengthBytes > BlockBytes ? TailBytes : BlockBytes;
        for (int i = 0; i < end; i += 8)
        {
            *(ulong*)(tail + i) = 0;
        }

        int done = 0;
        for (; done + 8 <= rest; done += 8)
        {
            *(ulong*)(tail + done) = *(ulong*)(source + done);
        }

        for (; done < rest; done++)
        {
            tail[done] = source[done];
        }

        tail[rest] = 0x80;
        ulong bits = ((ulong)job->Bytes + BlockBytes) * 8;
        *(ulong*)(tail + end - LengthBytes) = THash.IsBigEndian ? BinaryPrimitives.ReverseEndianness(bits) : bits;
    }

    // The second hash: the outer state over the digest of the first.
    private void Outer<THash>()
        where THash : ILaneHash
    {
        TVector zero = TOps.Broadcast(0);
        for (int word = 0; word < 16; word++)
        {
            _words[word] = word < THash.StateWords ? _state[word] : zero;
        }

        uint bits = (uint)(BlockBytes + (4 * THash.StateWords)) * 8;
        _words[THash.StateWords] = TOps.Broadcast(THash.IsBigEndian ? 0x80000000 : 0x80);
        _words[THash.IsBigEndian ? 15 : 14] = TOps.Broadcast(bits);
        THash.Compress<TOps, TVector>(_outer, _words);
        for (int word = 0; word < THash.StateWords; word++)
        {
            _outer[word] = THash.IsBigEndian ? TOps.ByteSwap(_outer[word]) : _outer[word];
        }
    }

    private void Store(LaneMessage** jobs, int count)
    {
        for (int lane = 0; lane < count; lane++)
        {
            uint* digest = (uint*)_outer + lane;
            uint* tag = (uint*)jobs[lane]->Tag;
            for (int word = 0; word < jobs[lane]->TagBytes / 4; word++)
            {
                tag[word] = digest[word * TOps.Lanes];
            }
        }
    }
}
