using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plain;

/// <summary>The last step of the plain pass: link headers, and a call per port and batch.</summary>
internal sealed unsafe class PlainOutput
{
    private const ushort Ip4InMemory = 0x0008;

    private readonly Graph _graph;
    private readonly PortOutputNode _output;
    private readonly int _ethernetOutput;
    private readonly int _portOutput;
    private readonly nint* _staged;
    private readonly int[] _counts;
    private int _toEthernet;

    public PlainOutput(int ports, Graph graph, PortOutputNode output)
    {
        _graph = graph;
        _output = output;
        _ethernetOutput = Graph.NodeAt(graph.IndexOf(KernelNodes.EthernetOutput));
        _portOutput = Graph.NodeAt(graph.IndexOf(KernelNodes.PortOutput));
        _counts = new int[ports];
        // Safe: freed by the finalizer; holds a whole batch for each port.
        _staged = (nint*)NativeMemory.AllocZeroed((nuint)(ports + 1) * Graph.BatchPackets, (nuint)sizeof(nint));
    }

    ~PlainOutput() => NativeMemory.Free(_staged);

    /// <summary>Writes the link header of a packet whose link has a port, and puts it there until <see cref="Flush"/>: no more than a whole batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Stage(PlainPacket* packet, LinkRow* link)
    {
        var buffer = (PacketBuffer*)packet->Handle;
        byte* ip = packet->Header;
        int header = link->HeaderBytes;
        if (header != 0)
        {
            // Safe: whoever chose the link has seen that there is headroom.
            Unsafe.WriteUnaligned(ip - 14, packet->LinkHead);
            Unsafe.WriteUnaligned(ip - 6, link->Tail);
            Unsafe.WriteUnaligned(ip - 2, Ip4InMemory);
            _toEthernet++;
        }

        buffer->Offset = (int)(ip - header - PacketBuffer.MetadataBytes - (byte*)buffer);
        buffer->Length = packet->Length + header;
        buffer->EgressInterface = link->Interface;
        buffer->Port = (ushort)link->Port;
        _staged[(link->Port * Graph.BatchPackets) + _counts[link->Port]++] = packet->Handle;
    }

    /// <summary>The same for packets as far as they leave by the first one's link; returns the first of the others.</summary>
    public PlainPacket* Stage(PlainPacket* packets, PlainPacket* end, out ulong octets)
    {
        LinkRow* link = packets->Link;
        int header = link->HeaderBytes;
        uint tail = link->Tail;
        uint egress = link->Interface;
        int port = link->Port;
        ref int count = ref _counts[port];
        nint* staged = _staged + (port * Graph.BatchPackets) + count;
        nint* first = staged;
        PlainPacket* packet = packets;
        ulong sum = 0;
        do
        {
            byte* ip = packet->Header;
            if (header != 0)
            {
                // Safe: as above.
                Unsafe.WriteUnaligned(ip - 14, packet->LinkHead);
                Unsafe.WriteUnaligned(ip - 6, tail);
                Unsafe.WriteUnaligned(ip - 2, Ip4InMemory);
            }

            var buffer = (PacketBuffer*)packet->Handle;
            int length = packet->Length;
            sum += (uint)length;
            buffer->Offset = (int)(ip - (byte*)buffer) - header - PacketBuffer.MetadataBytes;
            buffer->Length = length + header;
            buffer->EgressInterface = egress;
            buffer->Port = (ushort)port;
            *staged++ = (nint)buffer;
            packet++;
        }
        while (packet < end && packet->Link == link);
        octets = sum;
        int sent = (int)(staged - first);
        count += sent;
        _toEthernet += header != 0 ? sent : 0;
        return packet;
    }

    /// <summary>Sends what is staged.</summary>
    public void Flush()
    {
        int toPorts = 0;
        for (int port = 0; port < _counts.Length; port++)
        {
            int count = _counts[port];
            if (count > 0)
            {
                _counts[port] = 0;
                toPorts += count;
                _output.Transmit(port, new ReadOnlySpan<nint>(_staged + (port * Graph.BatchPackets), count));
            }
        }

        if (toPorts > 0)
        {
            _graph.CountPassed(_portOutput, toPorts);
        }

        if (_toEthernet > 0)
        {
            _graph.CountPassed(_ethernetOutput, _toEthernet);
            _toEthernet = 0;
        }
    }
}
