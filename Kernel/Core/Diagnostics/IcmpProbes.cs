using System.Buffers.Binary;
using System.Net;
using RouterOS.Core.Network;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Packets;

namespace RouterOS.Core.Diagnostics;

/// <summary>Sends probes and finds out which one an ICMP message that comes back is about. Any thread.</summary>
internal sealed class IcmpProbes
{
    /// <summary>UDP port of the first trace probe, as every traceroute has it.</summary>
    public const ushort FirstTracePort = 33434;

    // Bytes of an ICMP header, which are also those of a UDP header, and of an IPv4 header without options.
    private const int HeaderBytes = 8;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;
    private const byte EchoRequest = 8;
    private const byte EchoRequest6 = 128;

    // Identifiers double as UDP source ports: out of the way of ports with a meaning.
    private const ushort FirstIdentifier = 40_000;

    private readonly IControlPackets _packets;
    private readonly Dictionary<ushort, ProbeSession> _sessions = [];
    private ushort _next = FirstIdentifier;

    public IcmpProbes(IControlPackets packets, TimeProvider time)
    {
        _packets = packets;
        Time = time;
        packets.Subscribe("icmp", Take);
        packets.Subscribe("icmp6", Take);
    }

    public TimeProvider Time { get; }

    public ProbeSession Open()
    {
        lock (_sessions)
        {
            do
            {
                _next = _next == ushort.MaxValue ? FirstIdentifier : (ushort)(_next + 1);
            }
            while (_sessions.ContainsKey(_next));

            ProbeSession session = new(this, _next);
            _sessions.Add(_next, session);
            return session;
        }
    }

    public void Close(ProbeSession session)
    {
        lock (_sessions)
        {
            _sessions.Remove(session.Identifier);
        }
    }

    public void Inject(InjectPacket packet) => _packets.Inject(packet);

    private void Take(PuntPacket packet)
    {
        ReadOnlySpan<byte> icmp = packet.Payload.Span;
        if (icmp.Length < HeaderBytes)
        {
            return;
        }

        bool isVersion6 = !packet.Source6.IsEmpty;
        (byte type, byte code) = isVersion6 ? OfVersion6(icmp[0], icmp[1]) : (icmp[0], icmp[1]);
        ushort identifier;
        ushort sequence;
        if (type == ProbeReply.EchoReply)
        {
            identifier = BinaryPrimitives.ReadUInt16BigEndian(icmp[4..]);
            sequence = BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]);
        }
        else if (type is not (ProbeReply.Unreachable or ProbeReply.TimeExceeded) || !TryReadQuote(icmp[HeaderBytes..], isVersion6, out identifier, out sequence))
        {
            return;
        }

        ProbeSession? session;
        lock (_sessions)
        {
            session = _sessions.GetValueOrDefault(identifier);
        }

        // RFC 1191: the next hop's MTU stands in the second half of what is unused in other errors.
        int mtu = type == ProbeReply.Unreachable && code == 4 ? BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]) : 0;
        int bytes = icmp.Length;
        session?.Take(sequence, time => new(sequence, isVersion6 ? new IPAddress(packet.Source6.Span) : IpPrefix.ToAddress(packet.Source), type, code, (byte)packet.Ttl, bytes, mtu, time));
    }

    // RFC 4443 in the words of RFC 792.
    private static (byte Type, byte Code) OfVersion6(byte type, byte code) => (type, code) switch
    {
        (129, _) => (ProbeReply.EchoReply, 0),
        (1, 0) => (ProbeReply.Unreachable, 0),
        (1, 3) => (ProbeReply.Unreachable, 1),
        (1, 4) => (ProbeReply.Unreachable, 3),
        (1, _) => (ProbeReply.Unreachable, 13),
        (2, _) => (ProbeReply.Unreachable, 4),
        (3, _) => (ProbeReply.TimeExceeded, code),
        (4, 1) => (ProbeReply.Unreachable, 2),
        _ => (byte.MaxValue, code),
    };

    // RFC 792: an error quotes the IPv4 header and 64 bits of what it is about. RFC 4443: as much of it as fits.
    private static bool TryReadQuote(ReadOnlySpan<byte> quote, bool isVersion6, out ushort identifier, out ushort sequence)
    {
        (identifier, sequence) = (0, 0);
        if (isVersion6)
        {
            return quote.Length >= Ipv6Bytes + HeaderBytes
                && TryReadProbe(quote[6], quote[Ipv6Bytes..], EchoRequest6, out identifier, out sequence);
        }

        if (quote.Length < Ipv4Bytes || quote.Length < ((quote[0] & 0xf) * 4) + HeaderBytes || (quote[0] & 0xf) < 5)
        {
            return false;
        }

        return TryReadProbe(quote[9], quote[((quote[0] & 0xf) * 4)..], EchoRequest, out identifier, out sequence);
    }

    private static bool TryReadProbe(byte protocol, ReadOnlySpan<byte> inner, byte echoRequest, out ushort identifier, out ushort sequence)
    {
        (identifier, sequence) = (0, 0);
        switch (protocol)
        {
            case 1 or 58 when inner[0] == echoRequest:
                identifier = BinaryPrimitives.ReadUInt16BigEndian(inner[4..]);
                sequence = BinaryPrimitives.ReadUInt16BigEndian(inner[6..]);
                return true;
            case 17:
                identifier = BinaryPrimitives.ReadUInt16BigEndian(inner);
                sequence = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(inner[2..]) - FirstTracePort);
                return true;
            default:
                return false;
        }
    }
}
