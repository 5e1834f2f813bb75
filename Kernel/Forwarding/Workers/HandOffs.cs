using RouterOS.Forwarding.Graphs;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Workers;

/// <summary>One worker's side of the rings to and from the other workers: gathers what goes, and takes what comes.</summary>
internal sealed class HandOffs(int number, HandOffRing?[,] rings, IReadOnlyList<Worker> workers, DropCounters drops)
{
    // What is gathered goes at the end of a round at the latest; earlier, so that the other worker starts while this one goes on.
    private const int Batch = 64;

    private readonly nint[][] _staged = [.. workers.Select(_ => new nint[Batch])];
    private readonly int[] _counts = new int[workers.Count];

    /// <summary>True when packets from other workers wait.</summary>
    public bool HasWaiting
    {
        get
        {
            for (int from = 0; from < workers.Count; from++)
            {
                if (rings[from, number] is { HasWaiting: true })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Puts a packet on its way to a node of another worker.</summary>
    public void Send(int worker, int node, nint packet)
    {
        PacketBuffer.At(packet).Link = node;
        _staged[worker][_counts[worker]++] = packet;
        if (_counts[worker] == Batch)
        {
            Publish(worker);
        }
    }

    /// <summary>Shows what has been gathered to the other workers.</summary>
    public void Publish()
    {
        for (int worker = 0; worker < _counts.Length; worker++)
        {
            if (_counts[worker] > 0)
            {
                Publish(worker);
            }
        }
    }

    /// <summary>Puts what has come before its nodes, at most a batch from each worker; <paramref name="more"/> is set when more waits.</summary>
    public bool Receive(Graph graph, Span<nint> into, ref bool more)
    {
        bool any = false;
        for (int from = 0; from < workers.Count; from++)
        {
            if (rings[from, number] is not { } ring)
            {
                continue;
            }

            int count = ring.Read(into);
            for (int i = 0; i < count; i++)
            {
                ref PacketBuffer packet = ref PacketBuffer.At(into[i]);
                int node = (int)packet.Link;
                packet.Link = 0;
                graph.Enqueue(node, into[i]);
            }

            any |= count > 0;
            more |= count == into.Length;
        }

        return any;
    }

    private void Publish(int worker)
    {
        ReadOnlySpan<nint> packets = _staged[worker].AsSpan(0, _counts[worker]);
        _counts[worker] = 0;
        int written = rings[number, worker]!.Write(packets);
        workers[worker].Wake();
        for (int i = written; i < packets.Length; i++)
        {
            drops.Add((int)WorkerDrop.HandoffFull, PacketBuffer.At(packets[i]).SegmentCount);
            workers[number].Graph.Drop(packets[i]);
        }
    }
}
