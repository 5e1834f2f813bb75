using System.Buffers.Binary;
using System.Net;
using RouterOS.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>An end host that speaks ARP, IPv4 and ICMP echo on a wire of its own, and counts what it hears.</summary>
internal sealed class SimulatedHost
{
    private const int EthernetBytes = 14;
    private const int Ipv4Bytes = 20;
    private const int IcmpBytes = 8;
    private const ushort Ipv4Type = 0x0800;
    private const ushort ArpType = 0x0806;
    private const byte IcmpProtocol = 1;

    private static readonly byte[] s_everyone = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    private readonly MemoryPort _port;
    private readonly uint _address;
    private readonly uint _gateway;
    private readonly Queue<byte[]> _waiting = new();
    private byte[]? _gatewayLink;
    private ushort _identification;

    public SimulatedHost(string address, string gateway, MemoryPort port)
    {
        _address = Number(address);
        _gateway = Number(gateway);
        _port = port;
    }

    /// <summary>Sequence numbers of echo replies, in the order in which they came.</summary>
    public List<ushort> Replies { get; } = [];

    /// <summary>ICMP errors heard: type and code.</summary>
    public List<(byte Type, byte Code)> Errors { get; } = [];

    /// <summary>IPv4 packets heard, whole.</summary>
    public List<byte[]> Heard { get; } = [];

    /// <summary>Sends an echo request with a payload of so many bytes.</summary>
    public void Ping(string destination, ushort sequence, int bytes = 56, bool dontFragment = false) =>
        Send(destination, IcmpProtocol, Echo(8, 1, sequence, new byte[bytes]), dontFragment);

    /// <summary>Sends an IPv4 packet.</summary>
    public void Send(string destination, byte protocol, byte[] payload, bool dontFragment = false, byte ttl = 64) =>
        SendIp(Number(destination), protocol, payload, dontFragment, ttl);

    /// <summary>Handles what has arrived; true when something had.</summary>
    public bool RunOnce()
    {
        bool busy = false;
        while (_port.Take() is { } frame)
        {
            busy = true;
            Hear(frame);
        }

        return busy;
    }

    private static uint Number(string address) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    private static byte[] Echo(byte type, ushort identifier, ushort sequence, byte[] data)
    {
        byte[] message = new byte[IcmpBytes + data.Length];
        message[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        data.CopyTo(message, IcmpBytes);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)((bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private void Hear(byte[] frame)
    {
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)))
        {
            case ArpType:
                HearArp(frame.AsSpan(EthernetBytes));
                break;
            case Ipv4Type:
                ReadOnlySpan<byte> ip = frame.AsSpan(EthernetBytes);
                HearIp(ip[..BinaryPrimitives.ReadUInt16BigEndian(ip[2..])].ToArray());
                break;
            default:
                break;
        }
    }

    private void HearArp(ReadOnlySpan<byte> arp)
    {
        uint sender = BinaryPrimitives.ReadUInt32BigEndian(arp[14..]);
        uint target = BinaryPrimitives.ReadUInt32BigEndian(arp[24..]);
        if (sender == _gateway)
        {
            _gatewayLink = arp.Slice(8, 6).ToArray();
            while (_waiting.TryDequeue(out byte[]? packet))
            {
                SendFrame(_gatewayLink, Ipv4Type, packet);
            }
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(arp[6..]) == 1 && target == _address)
        {
            SendArp(2, arp.Slice(8, 6), sender);
        }
    }

    private void HearIp(byte[] packet)
    {
        Heard.Add(packet);
        if (packet[9] != IcmpProtocol || packet.Length < Ipv4Bytes + IcmpBytes || (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(6)) & 0x3fff) != 0)
        {
            return;
        }

        ReadOnlySpan<byte> icmp = packet.AsSpan(Ipv4Bytes);
        Assert.Equal(0, Checksum(icmp));
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]);
        switch (icmp[0])
        {
            case 0:
                Replies.Add(sequence);
                break;
            case 8:
                uint source = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(12));
                SendIp(source, IcmpProtocol, Echo(0, BinaryPrimitives.ReadUInt16BigEndian(icmp[4..]), sequence, icmp[IcmpBytes..].ToArray()), false, 64);
                break;
            default:
                Errors.Add((icmp[0], icmp[1]));
                break;
        }
    }

    private void SendIp(uint destination, byte protocol, byte[] payload, bool dontFragment, byte ttl)
    {
        byte[] packet = new byte[Ipv4Bytes + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), ++_identification);
        packet[6] = (byte)(dontFragment ? 0x40 : 0);
        packet[8] = ttl;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), _address);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, Ipv4Bytes)));
        payload.CopyTo(packet, Ipv4Bytes);
        if (destination >> 28 == 0xe)
        {
            SendFrame([1, 0, 0x5e, (byte)((destination >> 16) & 0x7f), (byte)(destination >> 8), (byte)destination], Ipv4Type, packet);
            return;
        }

        if (_gatewayLink is not null)
        {
            SendFrame(_gatewayLink, Ipv4Type, packet);
            return;
        }

        _waiting.Enqueue(packet);
        SendArp(1, new byte[6], _gateway);
    }

    private void SendArp(ushort operation, ReadOnlySpan<byte> targetLink, uint target)
    {
        byte[] arp = [0, 1, 8, 0, 6, 4, 0, (byte)operation, .. _port.LinkAddress.Span, .. new byte[4], .. targetLink, .. new byte[4]];
        BinaryPrimitives.WriteUInt32BigEndian(arp.AsSpan(14), _address);
        BinaryPrimitives.WriteUInt32BigEndian(arp.AsSpan(24), target);
        SendFrame(operation == 1 ? s_everyone : targetLink, ArpType, arp);
    }

    private void SendFrame(ReadOnlySpan<byte> destination, ushort type, byte[] payload) =>
        _port.Send((ReadOnlySpan<byte>)(byte[])[.. destination, .. _port.LinkAddress.Span, (byte)(type >> 8), (byte)type, .. payload]);
}
