using RouterOS.Packets;
using RouterOS.Simulation;

namespace RouterOS.Host.Demo;

/// <summary>A host at the far end of a memory wire that answers ARP and ping: somebody behind the router to talk to.</summary>
internal sealed class DemoHost
{
    private const int LongestFrame = 2048;

    private readonly MemoryPort _port;
    private readonly uint _address;
    private readonly byte[] _answer = new byte[LongestFrame];
    private readonly Lock _gate = new();

    /// <summary>Plugs a host with this IPv4 address into a port.</summary>
    public DemoHost(MemoryPort port, uint address)
    {
        _port = port;
        _address = address;
        port.WakeUp = () => ThreadPool.UnsafeQueueUserWorkItem(static host => host.Drain(), this, preferLocal: false);
        Drain();
    }

    private void Drain()
    {
        lock (_gate)
        {
            while (_port.Take() is { } frame)
            {
                if (Answer(frame) is > 0 and var length)
                {
                    _port.Send(_answer.AsSpan(0, length));
                }
            }
        }
    }

    private int Answer(ReadOnlySpan<byte> frame)
    {
        if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _))
        {
            return 0;
        }

        EthernetHeader.Write(_answer, ethernet.Source, _port.LinkAddress.Span, ethernet.Type);
        return ethernet.Type switch
        {
            EtherType.Arp => AnswerArp(ethernet.Payload),
            EtherType.Ipv4 => AnswerEcho(ethernet.Payload),
            _ => 0,
        };
    }

    private int AnswerArp(ReadOnlySpan<byte> payload) =>
        ArpPacket.TryParse(payload, out ArpPacket arp, out _) && arp.Operation == ArpOperation.Request && arp.Target == _address
            ? EthernetHeader.Length + ArpPacket.Write(
                _answer.AsSpan(EthernetHeader.Length), ArpOperation.Reply, _port.LinkAddress.Span, _address, arp.SenderLinkAddress, arp.Sender)
            : 0;

    private int AnswerEcho(ReadOnlySpan<byte> payload)
    {
        if (!Ipv4Header.TryParse(payload, out Ipv4Header ip, out _) || ip.Destination != _address || ip.Protocol != IpProtocol.Icmp
            || ip.TotalLength + EthernetHeader.Length > LongestFrame
            || !IcmpHeader.TryParse(ip.Payload, out IcmpHeader echo, out _) || echo.Type != IcmpType.EchoRequest)
        {
            return 0;
        }

        Span<byte> packet = _answer.AsSpan(EthernetHeader.Length);
        int total = Ipv4Header.MinimumLength + ip.Payload.Length;
        Ipv4Header.Write(packet, total, IpProtocol.Icmp, _address, ip.Source);
        Span<byte> message = packet[Ipv4Header.MinimumLength..total];
        ip.Payload.CopyTo(message);
        IcmpHeader.Write(message, IcmpType.EchoReply, 0, echo.Rest);
        return EthernetHeader.Length + total;
    }
}
