using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Gives frames to their ports, one call per port and batch.</summary>
/// <remarks>In: frames with <c>Port</c> (for a link without header: with <c>EgressInterface</c>). Out: nothing.</remarks>
internal sealed class PortOutputNode(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    : GraphNode(KernelNodes.PortOutput)
{
    private readonly IPort[] _ports = [.. tables.Ports.Select(port => port.Port)];
    private readonly int[] _queues = [.. tables.Ports.Select((port, number) => PortQueues.QueueOf(port.Port, number, worker))];
    private readonly nint[][] _staged = [.. tables.Ports.Select(_ => new nint[Graphs.Graph.BatchPackets])];
    private readonly int[] _counts = new int[tables.Ports.Count];

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            int port = tables.InterfaceAt(packet.EgressInterface)?.Port ?? -1;
            if (port < 0)
            {
                drops.Add((int)PortDrop.NoInterface, packet.SegmentCount);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            _staged[port][_counts[port]++] = packets[i];
            edges[i] = GraphEdge.Consumed;
        }

        for (int port = 0; port < _ports.Length; port++)
        {
            if (_counts[port] > 0)
            {
                Transmit(port);
            }
        }
    }

    private void Transmit(int port)
    {
        int count = _counts[port];
        _counts[port] = 0;
        Transmit(port, _staged[port].AsSpan(0, count));
    }

    /// <summary>Gives frames to a port, or to the worker that sends by it, and frees them.</summary>
    internal void Transmit(int port, ReadOnlySpan<nint> frames)
    {
        if (_queues[port] < 0)
        {
            HandOver(port, frames);
            return;
        }

        int taken = _ports[port].Transmit(_queues[port], frames);
        worker.Pools.Return(frames[..taken]);

        for (int i = taken; i < frames.Length; i++)
        {
            ref PacketBuffer refused = ref At(frames[i]);
            drops.Add((int)PortDrop.TransmitRefused, refused.SegmentCount);
            if (tables.InterfaceAt(refused.EgressInterface) is { } egress)
            {
                egress.OutputDrops += refused.SegmentCount;
            }

            worker.Free(frames[i]);
        }
    }

    private void HandOver(int port, ReadOnlySpan<nint> frames)
    {
        int owner = PortQueues.TransmitterOf(_ports[port], port, worker);
        int self = worker.NodeIndex(Name);
        foreach (nint frame in frames)
        {
            worker.HandOff(owner, self, frame);
        }
    }
}
