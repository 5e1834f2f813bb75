using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Esp.Nodes;

/// <summary>Jobs for one engine and direction in the order of their packets, in native memory; results leave in that order, too.</summary>
/// <remarks>
/// Owned by one node on the worker's thread. The engine may complete a job at once, later, or only in <see cref="Drain"/>; a job that
/// is complete waits for those before it.
/// </remarks>
internal sealed unsafe class CryptoQueue
{
    /// <summary>Jobs that fit.</summary>
    public const int Capacity = 2 * ICryptoEngine.UsualFill;

    /// <summary>Bytes of the longest tag: the one that counts ends as far behind the start of its place, whatever its length.</summary>
    public const int TagRoom = 16;

    /// <summary>Bytes of a place for a tag: engines write whole tags, also of SAs that cut them to 12.</summary>
    public const int TagStep = TagRoom + 4;

    /// <summary>The jobs.</summary>
    public readonly CryptoJob* Jobs;

    /// <summary>The SA of each job.</summary>
    public readonly SaRecord** Sas;

    /// <summary>A place of <see cref="TagStep"/> bytes for each job.</summary>
    public readonly byte* Tags;

    /// <summary>More of each job of an SA with extended sequence numbers.</summary>
    public readonly ExtendedJob* Extended;

    /// <summary>Jobs that are submitted at a time.</summary>
    public readonly int Fill;

    /// <summary>Jobs in the queue, from the first one on that has left.</summary>
    public int Count;

    /// <summary>Jobs of these that the engine has.</summary>
    public int Submitted;

    /// <summary>Jobs of these whose packets have left.</summary>
    public int Taken;

    public CryptoQueue(ICryptoEngine engine, int fill)
    {
        Engine = engine;
        Fill = fill;
        // Safe: kept for the life of the process, like the node that owns it.
        Jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(CryptoJob)), 64);
        Sas = (SaRecord**)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(nint)), 64);
        Tags = (byte*)NativeMemory.AlignedAlloc(Capacity * TagStep, 64);
        Extended = (ExtendedJob*)NativeMemory.AllocZeroed((nuint)Capacity, (nuint)sizeof(ExtendedJob));
        NativeMemory.Clear(Jobs, (nuint)(Capacity * sizeof(CryptoJob)));
        NativeMemory.Clear(Tags, Capacity * TagStep);
    }

    /// <summary>The engine that does the jobs.</summary>
    public ICryptoEngine Engine { get; }

    /// <summary>Where the tag that counts ends, of a job's place.</summary>
    public byte* TagEnd(int place) => Tags + (place * TagStep) + TagRoom;

    /// <summary>Packets inside.</summary>
    public int Waiting => Count - Taken;

    /// <summary>True when the engine completes its jobs as it gets them: packets leave while their bytes are at hand.</summary>
    public bool IsImmediate => Fill < ICryptoEngine.UsualFill;

    /// <summary>Jobs to be added before the next submission is due, or the places run out.</summary>
    public int UntilFull => Math.Min(Fill - (Count - Submitted), Capacity - Count);

    /// <summary>Gives the engine what it does not have yet.</summary>
    public void Submit()
    {
        int first = Submitted;
        if (first < Count)
        {
            Submitted = Count;
            Engine.Submit(new Span<CryptoJob>(Jobs + first, Count - first));
        }
    }

    /// <summary>Has the engine complete every job.</summary>
    public void Drain()
    {
        Submit();
        Engine.Drain();
    }

    /// <summary>Packets before the given place have left; when all have, the places are free again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TakenUntil(int place)
    {
        Taken = place;
        if (place == Count)
        {
            Count = 0;
            Submitted = 0;
            Taken = 0;
        }
    }
}
