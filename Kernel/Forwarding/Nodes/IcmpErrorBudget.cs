using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>How many ICMP errors of a family a worker sends: to all receivers together, and to each (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 (f)).</summary>
internal sealed class IcmpErrorBudget(WorkerServices worker)
{
    private const int PerSecond = 1000;
    private const int Burst = 200;
    private const int ReceiverPerSecond = 100;
    private const int ReceiverBurst = 50;
    private const int Buckets = 256;

    private readonly (UInt128 Receiver, TokenBucket Tokens)[] _receivers = new (UInt128, TokenBucket)[Buckets];
    private TokenBucket _all;

    /// <summary>Takes one error to an address out of the budget, if there is one.</summary>
    public bool Take(UInt128 receiver)
    {
        ref (UInt128 Receiver, TokenBucket Tokens) bucket = ref _receivers[(byte)receiver.GetHashCode()];
        if (bucket.Receiver != receiver)
        {
            bucket = (receiver, default);
        }

        return bucket.Tokens.Take(worker.NowNanoseconds, ReceiverPerSecond, ReceiverBurst)
            && _all.Take(worker.NowNanoseconds, PerSecond / worker.Workers, Burst);
    }

    /// <summary>What an error quotes of a packet.</summary>
    /// <param name="packet">The packet; of a super-packet only the first packet is left.</param>
    /// <param name="limit">Bytes that fit into the error.</param>
    public static ReadOnlySpan<byte> Quote(ref PacketBuffer packet, int limit)
    {
        if (packet.IsSuper)
        {
            // The sender knows the packets that it stands for; all of them are dropped and counted.
            ushort count = packet.SegmentCount;
            SuperPacket.KeepFirst(ref packet);
            packet.SegmentCount = count;
        }

        return packet.Data[..Math.Min(packet.Length, limit)];
    }
}
