using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;
using RouterOS.Packets;

namespace RouterOS.Benchmarks.L2tp;

/// <summary>An Ethernet port in memory: receives the same frames again and again, answers ARP, and keeps what is sent when asked to.</summary>
internal sealed class ReplayPort(uint address) : IPort
{
    private const ushort Arp = 0x0806;
    private const int ArpFrame = 42;

    private readonly Queue<byte[]> _answers = new();
    private int _next;

    public PortLink Link => PortLink.Ethernet;

    public ReadOnlyMemory<byte> LinkAddress { get; } = LinkOf(address);

    public int Mtu => 1600;

    public bool IsUp => true;

    public int PollDescriptor => -1;

    public Action? WakeUp { get; set; }

    /// <summary>What it receives, in turn.</summary>
    public IReadOnlyList<byte[]> Frames { get; set; } = [];

    /// <summary>Frames that the next calls of Receive may still give.</summary>
    public int Allowance { get; set; }

    /// <summary>Frames sent, ARP not counted.</summary>
    public long Sent { get; private set; }

    /// <summary>Where frames that are sent are kept; null: nowhere.</summary>
    public List<byte[]>? Kept { get; set; }

    public static byte[] LinkOf(uint address) => [2, 0, (byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address];

    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        while (count < packets.Length && _answers.TryDequeue(out byte[]? answer))
        {
            count += Give(answer, packets[count..], pools);
        }

        for (; count < packets.Length && Allowance > 0 && Give(Frames[_next], packets[count..], pools) > 0; count++)
        {
            _next = _next + 1 == Frames.Count ? 0 : _next + 1;
            Allowance--;
        }

        return count;
    }

    public int Transmit(ReadOnlySpan<nint> packets)
    {
        foreach (nint handle in packets)
        {
            ReadOnlySpan<byte> frame = PacketBuffer.At(handle).Data;
            if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Arp)
            {
                Answer(frame);
            }
            else
            {
                Sent++;
                Kept?.Add(frame.ToArray());
            }
        }

        return packets.Length;
    }

    public PortCounters ReadCounters() => default;

    public void Dispose()
    {
    }

    private static int Give(byte[] frame, Span<nint> packets, PacketPools pools)
    {
        nint handle = pools.Rent(frame.Length);
        if (handle == 0)
        {
            return 0;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = frame.Length;
        frame.CopyTo(packet.Data);
        packets[0] = handle;
        return 1;
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(request[20..]) != 1)
        {
            return;
        }

        uint target = BinaryPrimitives.ReadUInt32BigEndian(request[38..]);
        byte[] answer = new byte[ArpFrame];
        EthernetHeader.Write(answer, LinkAddress.Span, LinkOf(target), EtherType.Arp);
        ArpPacket.Write(
            answer.AsSpan(EthernetHeader.Length), ArpOperation.Reply, LinkOf(target), target, LinkAddress.Span,
            BinaryPrimitives.ReadUInt32BigEndian(request[28..]));
        _answers.Enqueue(answer);
    }
}
