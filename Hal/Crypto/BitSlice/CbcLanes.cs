using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Runs strips through the lanes of a kernel in CBC mode; a lane that ends takes the next strip when enough others have ended too.</summary>
internal sealed unsafe class CbcLanes : IDisposable
{
    // Blocks that idle lanes run through, and so the most that all lanes do without a look at their lengths.
    private const int ScratchBlocks = 256;

    private readonly DesKernel _kernel;
    private readonly int _lanes;
    private readonly byte** _data;
    private readonly byte** _keys;
    private readonly byte** _loaded;
    private readonly int* _left;
    private readonly ulong* _blocks;
    private readonly ulong* _chain;
    private readonly byte* _scratch;
    private readonly byte* _noKey;
    private readonly byte* _planes;
    private int _loadedPasses;

    public CbcLanes(DesKernel kernel)
    {
        _kernel = kernel;
        _lanes = kernel.Lanes;
        _data = (byte**)Zeroed(_lanes * sizeof(byte*));
        _keys = (byte**)Zeroed(_lanes * sizeof(byte*));
        _loaded = (byte**)Zeroed(_lanes * sizeof(byte*));
        _left = (int*)Zeroed(_lanes * sizeof(int));
        _blocks = (ulong*)Zeroed(_lanes * sizeof(ulong));
        _chain = (ulong*)Zeroed(_lanes * sizeof(ulong));
        _scratch = Zeroed(ScratchBlocks * sizeof(ulong));
        _noKey = Zeroed(3 * kernel.KeyBytes);
        _planes = (byte*)LockedMemory.Allocate(kernel.PlaneBytes);
        for (int lane = 0; lane < _lanes; lane++)
        {
            _keys[lane] = _noKey;
            _data[lane] = _scratch;
        }
    }

    /// <summary>Ciphers every strip; they are sorted, longest first.</summary>
    [SkipLocalsInit]
    public void Run(Strip* strips, int count, int passes, bool decrypt)
    {
        Strip* end = strips + count;
        int active = 0;
        while (true)
        {
            int free = _lanes - active;
            if (strips < end && (active == 0 || (long)free * strips->Blocks >= _kernel.KeyChangeBlocks))
            {
                int taken = (int)Math.Min(free, end - strips);
                Assign(strips, taken);
                strips += taken;
                active += taken;
                LoadKeys(passes);
            }

            if (active == 0)
            {
                return;
            }

            int run = ShortestRun();
            if (decrypt)
            {
                Decrypt(run, passes);
            }
            else
            {
                Encrypt(run, passes);
            }

            active -= Advance(run);
        }
    }

    /// <summary>Drops every trace of a key that is about to be freed.</summary>
    public void Forget(byte* key)
    {
        for (int lane = 0; lane < _lanes; lane++)
        {
            if (_keys[lane] == key)
            {
                _keys[lane] = _noKey;
            }

            if (_loaded[lane] == key)
            {
                _loadedPasses = 0;
            }
        }

        if (_loadedPasses == 0)
        {
            NativeMemory.Clear(_planes, (nuint)_kernel.PlaneBytes);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(_keys);
        NativeMemory.AlignedFree(_loaded);
        NativeMemory.AlignedFree(_left);
        NativeMemory.AlignedFree(_blocks);
        NativeMemory.AlignedFree(_chain);
        NativeMemory.AlignedFree(_scratch);
        NativeMemory.AlignedFree(_noKey);
        LockedMemory.Free((nint)_planes, _kernel.PlaneBytes);
    }

    private static byte* Zeroed(int bytes)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        NativeMemory.Clear(memory, (nuint)bytes);
        return memory;
    }

    private void Assign(Strip* strip, int count)
    {
        byte* lastKey = strip[count - 1].Key;
        for (int lane = 0; lane < _lanes; lane++)
        {
            if (_left[lane] != 0)
            {
                continue;
            }

            if (count == 0)
            {
                // Idle lanes follow the others, so that one key for all stays recognisable.
                _keys[lane] = lastKey;
                continue;
            }

            _data[lane] = strip->Data;
            _keys[lane] = strip->Key;
            _left[lane] = strip->Blocks;
            _blocks[lane] = strip->Chain;
            _chain[lane] = strip->Chain;
            strip++;
            count--;
        }
    }

    private void LoadKeys(int passes)
    {
        Span<nint> keys = new(_keys, _lanes);
        Span<nint> loaded = new(_loaded, _lanes);
        if (passes == _loadedPasses && keys.SequenceEqual(loaded))
        {
            return;
        }

        _kernel.LoadKeys(_keys, passes, _planes);
        keys.CopyTo(loaded);
        _loadedPasses = passes;
    }

    private int ShortestRun()
    {
        uint shortest = ScratchBlocks;
        for (int lane = 0; lane < _lanes; lane++)
        {
            // An idle lane's 0 becomes the largest number.
            shortest = Math.Min(shortest, (uint)_left[lane] - 1);
        }

        return shortest == ScratchBlocks ? ScratchBlocks : (int)shortest + 1;
    }

    private int Advance(int run)
    {
        int ended = 0;
        for (int lane = 0; lane < _lanes; lane++)
        {
            if (_left[lane] == 0)
            {
                continue;
            }

            _left[lane] -= run;
            _data[lane] += run * sizeof(ulong);
            if (_left[lane] == 0)
            {
                _data[lane] = _scratch;
                ended++;
            }
        }

        return ended;
    }

    // Safe: no lane has less than the run left, and idle lanes point to the scratch, which is as long as a run can be.
    private void Encrypt(int run, int passes)
    {
        byte** data = _data;
        ulong* blocks = _blocks;
        for (nint at = 0; at < run * sizeof(ulong); at += sizeof(ulong))
        {
            for (nint lane = 0; lane < _lanes; lane += 4)
            {
                blocks[lane] ^= *(ulong*)(data[lane] + at);
                blocks[lane + 1] ^= *(ulong*)(data[lane + 1] + at);
                blocks[lane + 2] ^= *(ulong*)(data[lane + 2] + at);
                blocks[lane + 3] ^= *(ulong*)(data[lane + 3] + at);
            }

            _kernel.Crypt(blocks, _planes, passes, false);
            for (nint lane = 0; lane < _lanes; lane += 4)
            {
                *(ulong*)(data[lane] + at) = blocks[lane];
                *(ulong*)(data[lane + 1] + at) = blocks[lane + 1];
                *(ulong*)(data[lane + 2] + at) = blocks[lane + 2];
                *(ulong*)(data[lane + 3] + at) = blocks[lane + 3];
            }
        }
    }

    private void Decrypt(int run, int passes)
    {
        byte** data = _data;
        ulong* blocks = _blocks;
        ulong* chain = _chain;
        for (nint at = 0; at < run * sizeof(ulong); at += sizeof(ulong))
        {
            for (nint lane = 0; lane < _lanes; lane += 4)
            {
                blocks[lane] = *(ulong*)(data[lane] + at);
                blocks[lane + 1] = *(ulong*)(data[lane + 1] + at);
                blocks[lane + 2] = *(ulong*)(data[lane + 2] + at);
                blocks[lane + 3] = *(ulong*)(data[lane + 3] + at);
            }

            _kernel.Crypt(blocks, _planes, passes, true);
            for (nint lane = 0; lane < _lanes; lane++)
            {
                ulong* block = (ulong*)(data[lane] + at);
                ulong sealedBlock = *block;
                *block = blocks[lane] ^ chain[lane];
                chain[lane] = sealedBlock;
            }
        }
    }
}
