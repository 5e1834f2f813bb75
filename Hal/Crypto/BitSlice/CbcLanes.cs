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
    private readonly ulong** _keys;
    private readonly ulong** _loaded;
    private readonly int* _left;
    private readonly ulong* _chain;
    private readonly ulong* _sealed;
    private readonly ulong* _opened;
    private readonly byte* _scratch;
    private readonly ulong* _noKey;
    private readonly byte* _planes;
    private int _loadedPasses;

    public CbcLanes(DesKernel kernel)
    {
        _kernel = kernel;
        _lanes = kernel.Lanes;
        _data = (byte**)Zeroed(_lanes * sizeof(byte*));
        _keys = (ulong**)Zeroed(_lanes * sizeof(byte*));
        _loaded = (ulong**)Zeroed(_lanes * sizeof(byte*));
        _left = (int*)Zeroed(_lanes * sizeof(int));
        _chain = (ulong*)Zeroed(_lanes * sizeof(ulong));
        _sealed = (ulong*)Zeroed(LaneColumns.Most * _lanes * sizeof(ulong));
        _opened = (ulong*)Zeroed(LaneColumns.Most * _lanes * sizeof(ulong));
        _scratch = Zeroed(ScratchBlocks * sizeof(ulong));
        _noKey = (ulong*)Zeroed(3 * sizeof(ulong));
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
    public void Forget(ulong* key)
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
        NativeMemory.AlignedFree(_chain);
        NativeMemory.AlignedFree(_sealed);
        NativeMemory.AlignedFree(_opened);
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
        ulong* lastKey = strip[count - 1].Key;
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

    // Safe, here and below: no lane has less than the run left, and idle lanes point to the scratch, which is as long as a run can be.
    private void Encrypt(int run, int passes)
    {
        for (int at = 0; at < run; at += LaneColumns.Most)
        {
            int columns = Math.Min(LaneColumns.Most, run - at);
            LaneColumns.Gather(_data, at, columns, _sealed, _lanes);
            ulong* before = _chain;
            for (int i = 0; i < columns; i++)
            {
                ulong* column = _sealed + (i * _lanes);
                LaneColumns.Xor(column, column, before, _lanes);
                _kernel.Crypt(column, _planes, passes, false);
                before = column;
            }

            LaneColumns.Copy(_chain, before, _lanes);
            LaneColumns.Scatter(_data, at, columns, _sealed, _lanes);
        }
    }

    private void Decrypt(int run, int passes)
    {
        for (int at = 0; at < run; at += LaneColumns.Most)
        {
            int columns = Math.Min(LaneColumns.Most, run - at);
            LaneColumns.Gather(_data, at, columns, _sealed, _lanes);
            ulong* before = _chain;
            for (int i = 0; i < columns; i++)
            {
                ulong* column = _opened + (i * _lanes);
                LaneColumns.Copy(column, _sealed + (i * _lanes), _lanes);
                _kernel.Crypt(column, _planes, passes, true);
                LaneColumns.Xor(column, column, before, _lanes);
                before = _sealed + (i * _lanes);
            }

            LaneColumns.Copy(_chain, before, _lanes);
            LaneColumns.Scatter(_data, at, columns, _opened, _lanes);
        }
    }
}
