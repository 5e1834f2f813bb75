using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>The packets of a batch of AH or transport mode that one engine does, in native memory: given to it together, done before the batch ends.</summary>
/// <remarks>Owned by one node on the worker's thread.</remarks>
internal sealed unsafe class EngineBatch
{
    /// <summary>Packets that fit.</summary>
    public const int Capacity = 256;

    // More than the longest tag.
    private const int TagRoom = 32;

    /// <summary>The jobs.</summary>
    public readonly CryptoJob* Jobs;

    /// <summary>What the node must know of each packet later.</summary>
    public readonly AhContext* Contexts;

    private readonly ICryptoEngine _engine;
    private readonly byte* _tags;

    public EngineBatch(ICryptoEngine engine)
    {
        _engine = engine;
        // Safe: kept for the life of the process, like the node that owns it.
        Jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(CryptoJob)), 64);
        Contexts = (AhContext*)NativeMemory.AlignedAlloc((nuint)(Capacity * sizeof(AhContext)), 64);
        _tags = (byte*)NativeMemory.AlignedAlloc(Capacity * TagRoom, 64);
        NativeMemory.Clear(Jobs, (nuint)(Capacity * sizeof(CryptoJob)));
        NativeMemory.Clear(Contexts, (nuint)(Capacity * sizeof(AhContext)));
        NativeMemory.Clear(_tags, Capacity * TagRoom);
    }

    /// <summary>Packets inside.</summary>
    public int Count { get; private set; }

    /// <summary>The batch for the engine of an SA, out of a node's own, made when it is the first one of that engine.</summary>
    public static EngineBatch For(List<EngineBatch> batches, SecurityAssociation sa)
    {
        foreach (EngineBatch batch in batches)
        {
            if (ReferenceEquals(batch._engine, sa.Queue.Engine))
            {
                return batch;
            }
        }

        EngineBatch made = new(sa.Queue.Engine);
        batches.Add(made);
        return made;
    }

    /// <summary>Adds a packet, of which everything that counts lies between two places; there must be room.</summary>
    /// <returns>Its context, to be filled.</returns>
    public AhContext* Add(nint packet, SaRecord* sa, byte* start, int bytes, int index)
    {
        CryptoJob* job = Jobs + Count;
        job->Packet = packet;
        job->Key = sa->CryptoKey;
        job->Cipher = (nint)start;
        job->CipherBytes = bytes;
        job->Hash = (nint)start;
        job->HashBytes = bytes;
        job->Iv = 0;
        job->Tag = (nint)TagOf(Count);
        job->Cookie = index;
        job->Status = CryptoStatus.Pending;
        AhContext* context = Contexts + Count++;
        context->Sa = sa;
        return context;
    }

    /// <summary>Adds a packet to be enciphered and authenticated; there must be room.</summary>
    public void AddSealed(nint packet, SaRecord* sa, byte* text, int textBytes, byte* hash, int hashBytes, byte* iv)
    {
        CryptoJob* job = Jobs + Count;
        Add(packet, sa, text, textBytes, 0);
        job->Hash = (nint)hash;
        job->HashBytes = hashBytes;
        job->Iv = (nint)iv;
    }

    /// <summary>Has the upper half of a number authenticated behind the bytes of the packet added last, where there must be room.</summary>
    public void Extend(ulong sequence)
    {
        CryptoJob* job = Jobs + Count - 1;
        ExtendedJob.WriteHalf((byte*)job->Hash + job->HashBytes, sequence);
        job->HashBytes += ExtendedJob.HalfBytes;
    }

    /// <summary>The check value that the engine has computed.</summary>
    public byte* TagOf(int place) => _tags + (place * TagRoom);

    /// <summary>Has the engine do all of it.</summary>
    public void Run()
    {
        _engine.Submit(new Span<CryptoJob>(Jobs, Count));
        _engine.Drain();
    }

    /// <summary>
    /// Sends the packets that the engine has done to be routed as the router's own, or, ESP of a bundle, into AH, in order; the others are
    /// counted and freed.
    /// </summary>
    public void Send(EspTables tables, WorkerServices worker)
    {
        int localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
        int localOut6 = worker.NodeIndex(KernelNodes.Ip6LocalOut);
        int ah = worker.NodeIndex(AhEncryptNode.BundleName);
        for (int i = 0; i < Count; i++)
        {
            if (Jobs[i].Status == CryptoStatus.Completed)
            {
                bool isVersion6 = InnerPacket.IsVersion6(PacketBuffer.At(Jobs[i].Packet).Data);
                worker.Enqueue(Contexts[i].Sa->Bundle != 0 ? ah : isVersion6 ? localOut6 : localOut, Jobs[i].Packet);
            }
            else
            {
                tables.Drops.Add((int)EspDrop.CryptoFailed, 1);
                worker.Free(Jobs[i].Packet);
            }
        }

        Reset();
    }

    /// <summary>All packets have left.</summary>
    public void Reset() => Count = 0;
}
