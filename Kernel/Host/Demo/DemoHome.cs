using System.Buffers.Binary;
using System.Net;
using RouterOS.Packets;
using RouterOS.Sdk.Clients;
using RouterOS.Simulation;

namespace RouterOS.Host.Demo;

/// <summary>Somebody's home at the far end of a memory wire: VPN clients that all have the same address, and the NAT before them.</summary>
internal sealed class DemoHome
{
    private const ushort FirstPort = 20000;

    private readonly MemoryPort _port;
    private readonly uint _outside;
    private readonly uint _server;
    private readonly List<ISimulatedClient> _clients = [];
    private readonly List<(int Client, ClientPort Port)> _mappings = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _isResolved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _link = [];

    /// <summary>Plugs a home that has this address outside into a port.</summary>
    public DemoHome(MemoryPort port, IPAddress outside, IPAddress server)
    {
        _port = port;
        _outside = Number(outside);
        _server = Number(server);
        port.WakeUp = () => ThreadPool.UnsafeQueueUserWorkItem(static home => home.Drain(), this, preferLocal: false);
        Drain();
    }

    /// <summary>Puts a client into the home.</summary>
    public ISimulatedClient Add(ISimulatedClients clients, ClientOptions options, TimeProvider time)
    {
        int index = _clients.Count;
        ISimulatedClient client = clients.Create(options, (port, payload) => Send(index, port, payload), time);
        _clients.Add(client);
        return client;
    }

    /// <summary>Finds the server on the wire; false when it does not answer.</summary>
    public async Task<bool> Resolve(TimeProvider time, CancellationToken stop)
    {
        byte[] question = new byte[EthernetHeader.Length + ArpPacket.Length];
        EthernetHeader.Write(question, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], _port.LinkAddress.Span, EtherType.Arp);
        ArpPacket.Write(question.AsSpan(EthernetHeader.Length), ArpOperation.Request, _port.LinkAddress.Span, _outside, new byte[6], _server);
        for (int attempt = 0; attempt < 50 && !_isResolved.Task.IsCompleted; attempt++)
        {
            _port.Send(question);
            await Task.WhenAny(_isResolved.Task, Task.Delay(TimeSpan.FromMilliseconds(100), time, stop));
        }

        return _isResolved.Task.IsCompleted;
    }

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private void Send(int client, ClientPort port, byte[] payload)
    {
        byte[] frame = new byte[EthernetHeader.Length + Ipv4Header.MinimumLength + UdpHeader.Length + payload.Length];
        EthernetHeader.Write(frame, _link, _port.LinkAddress.Span, EtherType.Ipv4);
        Span<byte> packet = frame.AsSpan(EthernetHeader.Length);
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Udp, _outside, _server);
        Span<byte> datagram = packet[Ipv4Header.MinimumLength..];
        payload.CopyTo(datagram[UdpHeader.Length..]);
        lock (_gate)
        {
            int mapping = _mappings.IndexOf((client, port));
            if (mapping < 0)
            {
                mapping = _mappings.Count;
                _mappings.Add((client, port));
            }

            UdpHeader.Write(datagram, (ushort)(FirstPort + mapping), (ushort)port, _outside, _server);
        }

        _port.Send(frame);
    }

    private void Drain()
    {
        while (Take() is { } frame)
        {
            if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _))
            {
                continue;
            }

            if (ethernet.Type == EtherType.Arp)
            {
                TakeArp(ethernet.Payload);
            }
            else if (ethernet.Type == EtherType.Ipv4 && Ipv4Header.TryParse(ethernet.Payload, out Ipv4Header ip, out _)
                && ip.Destination == _outside && ip.Protocol == IpProtocol.Udp && UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _))
            {
                TakeDatagram(udp);
            }
        }
    }

    private byte[]? Take()
    {
        lock (_gate)
        {
            return _port.Take();
        }
    }

    private void TakeArp(ReadOnlySpan<byte> payload)
    {
        if (!ArpPacket.TryParse(payload, out ArpPacket arp, out _))
        {
            return;
        }

        if (arp.Operation == ArpOperation.Reply && arp.Sender == _server)
        {
            _link = arp.SenderLinkAddress.ToArray();
            _isResolved.TrySetResult();
        }
        else if (arp.Operation == ArpOperation.Request && arp.Target == _outside)
        {
            Span<byte> frame = stackalloc byte[EthernetHeader.Length + ArpPacket.Length];
            EthernetHeader.Write(frame, arp.SenderLinkAddress, _port.LinkAddress.Span, EtherType.Arp);
            ArpPacket.Write(
                frame[EthernetHeader.Length..], ArpOperation.Reply, _port.LinkAddress.Span, _outside, arp.SenderLinkAddress, arp.Sender);
            _port.Send(frame);
        }
    }

    private void TakeDatagram(in UdpHeader udp)
    {
        int mapping = udp.DestinationPort - FirstPort;
        (int Client, ClientPort Port) found;
        lock (_gate)
        {
            if (mapping < 0 || mapping >= _mappings.Count)
            {
                return;
            }

            found = _mappings[mapping];
        }

        _clients[found.Client].Receive(found.Port, udp.Payload);
    }
}
