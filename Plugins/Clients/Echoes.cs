using RouterOS.Packets;

namespace RouterOS.Clients;

/// <summary>Echo requests through a session and the answers to them; the peer's own requests are answered.</summary>
internal sealed class Echoes(ClientClock clock, Action<byte[]> send)
{
    private const int IcmpBytes = 8;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ushort, (TaskCompletionSource<TimeSpan?> Answer, long Sent)> _waiting = [];
    private ushort _next;

    /// <summary>Sends a request; the time until its answer.</summary>
    public Task<TimeSpan?> Ask(uint source, uint destination, int payloadBytes)
    {
        byte[] packet = new byte[Ipv4Header.MinimumLength + IcmpBytes + payloadBytes];
        ushort sequence = ++_next;
        TaskCompletionSource<TimeSpan?> answer = new();
        _waiting[sequence] = (answer, clock.Time.GetTimestamp());
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Icmp, source, destination);
        Span<byte> message = packet.AsSpan(Ipv4Header.MinimumLength);
        for (int i = IcmpBytes; i < message.Length; i++)
        {
            message[i] = (byte)i;
        }

        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, sequence);
        send(packet);
        _ = clock.After(s_wait, () =>
        {
            if (_waiting.Remove(sequence, out (TaskCompletionSource<TimeSpan?> Answer, long Sent) silent))
            {
                silent.Answer.SetResult(null);
            }
        });
        return answer.Task;
    }

    /// <summary>Takes a packet.</summary>
    public void Receive(ReadOnlySpan<byte> packet)
    {
        if (!Ipv4Header.TryParse(packet, out Ipv4Header ip, out _) || ip.Protocol != IpProtocol.Icmp
            || !IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp, out _))
        {
            return;
        }

        if (icmp.Type == IcmpType.EchoReply
            && _waiting.Remove((ushort)icmp.Rest, out (TaskCompletionSource<TimeSpan?> Answer, long Sent) asked))
        {
            asked.Answer.SetResult(clock.Time.GetElapsedTime(asked.Sent));
        }
        else if (icmp.Type == IcmpType.EchoRequest)
        {
            byte[] answer = new byte[Ipv4Header.MinimumLength + ip.Payload.Length];
            Ipv4Header.Write(answer, answer.Length, IpProtocol.Icmp, ip.Destination, ip.Source);
            ip.Payload.CopyTo(answer.AsSpan(Ipv4Header.MinimumLength));
            IcmpHeader.Write(answer.AsSpan(Ipv4Header.MinimumLength), IcmpType.EchoReply, 0, icmp.Rest);
            send(answer);
        }
    }
}
