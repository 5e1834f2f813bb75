using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Writes the TCP reset that answers a refused segment (RFC 9293 section 3.10.7.1).</summary>
internal static class TcpReset
{
    /// <summary>Bytes of the answer: an IPv4 and a TCP header without options.</summary>
    public const int Length = Ipv4Header.MinimumLength + TcpBytes;

    /// <summary>The same over IPv6.</summary>
    public const int Length6 = Ipv6Header.Length + TcpBytes;

    private const int TcpBytes = 20;
    private const byte Rst = 4;
    private const byte Ack = 16;
    private const byte SynAndFin = 3;

    /// <summary>Writes the answer to <paramref name="refused"/>, a packet with a whole TCP header at <paramref name="transport"/>.</summary>
    public static void Write(ReadOnlySpan<byte> refused, int transport, Span<byte> reset)
    {
        bool isVersion6 = refused[0] >> 4 == 6;
        int total = isVersion6
            ? Ipv6Header.Length + BinaryPrimitives.ReadUInt16BigEndian(refused[4..])
            : BinaryPrimitives.ReadUInt16BigEndian(refused[2..]);
        ReadOnlySpan<byte> tcp = refused[transport..total];
        uint pseudoHeader;
        if (isVersion6)
        {
            UInt128 from = Ipv6Address.Read(refused[Ipv6Header.DestinationOffset..]);
            Ipv6Header.Write(reset, TcpBytes, (byte)IpProtocol.Tcp, from, Ipv6Address.Read(refused[Ipv6Header.SourceOffset..]));
            pseudoHeader = InternetChecksum.PseudoHeader(reset[Ipv6Header.SourceOffset..Ipv6Header.Length], (byte)IpProtocol.Tcp, TcpBytes);
        }
        else
        {
            uint source = BinaryPrimitives.ReadUInt32BigEndian(refused[12..]);
            uint destination = BinaryPrimitives.ReadUInt32BigEndian(refused[16..]);
            Ipv4Header.Write(reset, Length, IpProtocol.Tcp, destination, source);
            pseudoHeader = InternetChecksum.PseudoHeader(destination, source, (byte)IpProtocol.Tcp, TcpBytes);
        }

        Span<byte> answer = reset[(isVersion6 ? Ipv6Header.Length : Ipv4Header.MinimumLength)..][..TcpBytes];
        answer.Clear();
        tcp[2..4].CopyTo(answer);
        tcp[..2].CopyTo(answer[2..]);
        byte flags = tcp[13];
        if ((flags & Ack) != 0)
        {
            // The peer says which byte it expects next: the reset is that byte.
            tcp[8..12].CopyTo(answer[4..]);
            answer[13] = Rst;
        }
        else
        {
            int data = tcp.Length - Math.Min((tcp[12] >> 4) * 4, tcp.Length);
            uint next = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + (uint)data + (uint)int.PopCount(flags & SynAndFin);
            BinaryPrimitives.WriteUInt32BigEndian(answer[8..], next);
            answer[13] = Rst | Ack;
        }

        answer[12] = TcpBytes / 4 << 4;
        ushort checksum = InternetChecksum.Compute(answer, pseudoHeader);
        BinaryPrimitives.WriteUInt16BigEndian(answer[16..], checksum);
    }
}
