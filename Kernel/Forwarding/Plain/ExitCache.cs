using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RouterOS.Forwarding.Plain;

/// <summary>Who sends tunnels' packets to the router itself: pairs of addresses that have been judged, and what the protocol's node has found for them.</summary>
/// <remarks>Three pairs to a cache line, found without a branch that depends on which; a line of another generation is empty.</remarks>
internal sealed unsafe class ExitCache
{
    private const int Ways = 3;
    private const uint WayBits = (1 << Ways) - 1;
    private const int BucketBits = 12;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private readonly Bucket* _buckets;
    private uint _generation = 1;
    private int _next;

    public ExitCache()
    {
        // Safe: freed by the finalizer.
        _buckets = (Bucket*)NativeMemory.AlignedAlloc((nuint)sizeof(Bucket) << BucketBits, (nuint)sizeof(Bucket));
        NativeMemory.Clear(_buckets, (nuint)sizeof(Bucket) << BucketBits);
    }

    ~ExitCache() => NativeMemory.AlignedFree(_buckets);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        if (++_generation == 0)
        {
            NativeMemory.Clear(_buckets, (nuint)sizeof(Bucket) << BucketBits);
            _generation = 1;
        }
    }

    /// <summary>What is known of the packets between two addresses, in memory order, in an instance; false for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(uint instance, ulong addresses, out nint state)
    {
        Bucket* bucket = At(addresses);
        // Safe: the fourth place is the bucket's too, and does not count.
        uint hits = Vector256.Equals(Vector256.Load(bucket->Addresses), Vector256.Create(addresses)).ExtractMostSignificantBits() & WayBits;
        if (hits == 0 || bucket->Generation != _generation)
        {
            state = 0;
            return false;
        }

        int way = BitOperations.TrailingZeroCount(hits);
        state = (nint)bucket->States[way];
        return bucket->Instances[way] == instance;
    }

    /// <summary>Keeps it, in place of another pair if need be.</summary>
    public void Set(uint instance, ulong addresses, nint state)
    {
        Bucket* bucket = At(addresses);
        if (bucket->Generation != _generation)
        {
            *bucket = new Bucket { Generation = _generation };
        }

        int way = 0;
        while (way < Ways && bucket->Addresses[way] != addresses && bucket->Addresses[way] != 0)
        {
            way++;
        }

        if (way == Ways)
        {
            way = _next;
            _next = (_next + 1) % Ways;
        }

        bucket->Addresses[way] = addresses;
        bucket->States[way] = state;
        bucket->Instances[way] = instance;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bucket* At(ulong addresses) => _buckets + (int)((addresses * Golden) >> (64 - BucketBits));

    [StructLayout(LayoutKind.Sequential)]
    private struct Bucket
    {
        public fixed ulong Addresses[Ways];
        public fixed long States[Ways];
        public fixed uint Instances[Ways];
        public uint Generation;
    }
}
