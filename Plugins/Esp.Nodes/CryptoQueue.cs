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
    public const int Capacity = 512;

    /// <summary>Jobs from which a submission fills every engine.</summary>
    public const int Fill = 256;

    /// <summary>Room for a tag.</summary>
    public const int TagRoom = 16;

    /// <summary>The jobs.</summary>
    public readonly CryptoJob* Jobs;

    /// <summary>What the decrypting node must know of each job later.</summary>
    public readonly DecryptContext* Contexts;

    /// <summary>A place of <see cref="TagRoom"/> bytes for each job.</summary>
    public readonly byte* Tags;

    /// <summary>Jobs in the queue, from the first one on that has left.</summary>
    public int Count;

    /// <summary>Jobs of these that the engine has.</summary>
    public int Submitted;

    /// <summary>Jobs of these whose packets have left.</summary>
    public int Taken;

    public CryptoQueue(ICryptoEngine engine)
    {
        Engine = engine;
        // Safe: kept for the life of the process, like the node that owns it.
        Jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(CryptoJob)), 64);
        Contexts = (DecryptContext*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(DecryptContext)), 64);
        Tags = (byte*)NativeMemory.AlignedAlloc(Capacity * TagRoom, 64);
        NativeMemory.Clear(Jobs, (nuint)(Capacity * sizeof(CryptoJob)));
        NativeMemory.Clear(Tags, Capacity * TagRoom);
    }

    /// <summary>The engine that does the jobs.</summary>
    public ICryptoEngine Engine { get; }

    /// <summary>Packets inside.</summary>
    public int Waiting => Count - Taken;

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

    /// <summary>All packets have left: the places are free again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reset()
    {
        Count = 0;
        Submitted = 0;
        Taken = 0;
    }
}
