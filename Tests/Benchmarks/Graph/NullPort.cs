using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using RouterOS.Abstractions.Ports;
using RouterOS.Packets;

namespace RouterOS.Benchmarks.Graph;

/// <summary>An Ethernet port in memory: receives given frames in turn, and answers ARP requests.</summary>
internal sealed unsafe class NullPort : IPort
{
    public static readonly byte[] Address = [2, 0, 0, 0, 0, 0xaa];

    private const ushort Arp = 0x0806;

    private readonly Queue<byte[]> _answers = new();
    private byte* _frames;
    private int _count;
    private int _next;

    public PortLink Link => PortLink.Ethernet;

    public ReadOnlyMemory<byte> LinkAddress { get; } = Address;

    public int Mtu => 1500;

    public bool IsUp => true;

    public int PollDescriptor => -1;

    public Action? WakeUp { get; set; }

    /// <summary>Frames that the next call of Receive may still give.</summary>
    public int Allowance { get; set; }

    /// <summary>Frames sent, ARP not counted.</summary>
    public long Sent { get; private set; }

    public void Load(byte* frames, int count)
    {
        _frames = frames;
        _count = count;
        _next = 0;
    }

    public static byte[] AddressOf(uint neighbour) => [2, 0, 0, 0, 1, (byte)neighbour];

    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        if (_answers.TryDequeue(out byte[]? answer))
        {
            nint handle = pools.Rent(answer.Length);
            PacketBuffer.At(handle).Length = answer.Length;
            answer.CopyTo(PacketBuffer.At(handle).Data);
            packets[count++] = handle;
        }

        Span<nint> burst = packets.Slice(count, Math.Min(packets.Length - count, Allowance));
        burst = burst[..pools.Rent(Frames.Bytes, burst)];
        int next = _next;
        foreach (nint handle in burst)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Length = Frames.Bytes;
            Vector512.Load(_frames + ((nint)next * Frames.Bytes)).Store(packet.Start);
            next = next + 1 == _count ? 0 : next + 1;
        }

        _next = next;
        Allowance -= burst.Length;
        return count + burst.Length;
    }

    public int Transmit(ReadOnlySpan<nint> packets)
    {
        Sent += packets.Length;
        ref PacketBuffer first = ref PacketBuffer.At(packets[0]);
        if (BinaryPrimitives.ReadUInt16BigEndian(first.Data[12..]) == Arp)
        {
            foreach (nint handle in packets)
            {
                Answer(PacketBuffer.At(handle).Data);
            }

            Sent -= packets.Length;
        }

        return packets.Length;
    }

    public PortCounters ReadCounters() => default;

    public void Dispose()
    {
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(request[20..]) != 1)
        {
            return;
        }

        byte[] answer = request[..42].ToArray();
        uint target = BinaryPrimitives.ReadUInt32BigEndian(request[38..]);
        Address.CopyTo(answer, 0);
        AddressOf(target).CopyTo(answer, 6);
        answer[21] = 2;
        AddressOf(target).CopyTo(answer, 22);
        request.Slice(38, 4).CopyTo(answer.AsSpan(28));
        Address.CopyTo(answer, 32);
        request.Slice(28, 4).CopyTo(answer.AsSpan(38));
        _answers.Enqueue(answer);
    }
}
