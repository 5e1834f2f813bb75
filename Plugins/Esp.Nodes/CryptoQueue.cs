using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Esp.Nodes;

/// <summary>Jobs of one batch for one engine, in native memory, with room for the tags of packets being opened.</summary>
/// <remarks>Owned by one node on the worker's thread. Empty between batches.</remarks>
internal sealed unsafe class CryptoQueue
{
    /// <summary>Jobs that fit.</summary>
    public const int Capacity = 256;

    private const int TagRoom = 16;

    private readonly CryptoJob* _jobs;
    private readonly byte* _tags;

    public CryptoQueue(ICryptoEngine engine)
    {
        Engine = engine;
        // Safe: kept for the life of the process, like the node that owns it.
        _jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(CryptoJob)), 64);
        _tags = (byte*)NativeMemory.AlignedAlloc(Capacity * TagRoom, 64);
        NativeMemory.Clear(_jobs, (nuint)(Capacity * sizeof(CryptoJob)));
    }

    /// <summary>The engine that does the jobs.</summary>
    public ICryptoEngine Engine { get; }

    /// <summary>Jobs waiting.</summary>
    public int Count { get; private set; }

    /// <summary>The job at a place below <see cref="Count"/>.</summary>
    public ref CryptoJob this[int index] => ref _jobs[index];

    /// <summary>A new job, to be filled whole; the caller has seen that there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CryptoJob Add() => ref _jobs[Count++];

    /// <summary>Place for the tag of the job at <paramref name="index"/>: 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* TagOf(int index) => _tags + (index * TagRoom);

    /// <summary>Has the engine complete every job.</summary>
    public void Run()
    {
        Engine.Submit(new Span<CryptoJob>(_jobs, Count));
        Engine.Drain();
    }

    /// <summary>Forgets the jobs.</summary>
    public void Clear() => Count = 0;
}
