using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What screens look for in one packet, or fragment, by itself: pure.</summary>
internal static class ScreenPatterns
{
    private const int LargestPacket = 65535;
    private const int LargestIcmp = 1024;
    private const byte FirstUnknownProtocol = 137;

    // Extension headers of IPv6 with numbers of that kind.
    private const byte HostIdentity = 139;
    private const byte Shim6 = 140;

    private const int TcpFlags = 13;
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Ack = 16;
    private const byte Urgent = 32;
    private const byte AllFlags = 0x3f;
    private const ushort NetBios = 139;

    // Kinds of options, RFC 791 and its successors.
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;

    /// <summary>The first check that finds something in a packet with a right IPv4 header; unspecified for none.</summary>
    public static ScreenCheck Find(ScreenSettings screen, ReadOnlySpan<byte> packet)
    {
        int header = (packet[0] & 0x0f) * 4;
        if (header > Ipv4Header.MinimumLength && FindOption(screen, packet[Ipv4Header.MinimumLength..header]) is var option and not ScreenCheck.Unspecified)
        {
            return option;
        }

        byte protocol = packet[9];
        if (protocol >= FirstUnknownProtocol && screen.Has(ScreenCheck.UnknownProtocol))
        {
            return ScreenCheck.UnknownProtocol;
        }

        ushort place = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int offset = (place & Ipv4Header.FragmentOffsetMask) * 8;
        bool isFragment = (place & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0;
        if (isFragment && screen.Has(ScreenCheck.BlockFragment))
        {
            return ScreenCheck.BlockFragment;
        }

        ReadOnlySpan<byte> payload = packet[header..];
        return (IpProtocol)protocol switch
        {
            IpProtocol.Icmp => FindIcmp(screen, packet.Length, offset + packet.Length, isFragment),
            IpProtocol.Tcp when offset == 0 && payload.Length > TcpFlags =>
                FindTcp(screen, payload, isFragment, packet[12..16].SequenceEqual(packet[16..20])),
            _ => ScreenCheck.Unspecified,
        };
    }

    /// <summary>The same of an IPv6 packet, whose extension headers were walked.</summary>
    public static ScreenCheck Find6(ScreenSettings screen, ReadOnlySpan<byte> packet, in Ipv6Extensions walked)
    {
        if (walked.Routes && screen.Has(ScreenCheck.SourceRoute))
        {
            return ScreenCheck.SourceRoute;
        }

        bool isWholeHeader = walked.FragmentOffset == 0;
        if (isWholeHeader && walked.Protocol >= FirstUnknownProtocol && walked.Protocol is not (HostIdentity or Shim6) && screen.Has(ScreenCheck.UnknownProtocol))
        {
            return ScreenCheck.UnknownProtocol;
        }

        if (walked.IsFragment && screen.Has(ScreenCheck.BlockFragment))
        {
            return ScreenCheck.BlockFragment;
        }

        ReadOnlySpan<byte> payload = packet[walked.Offset..];
        return (IpProtocol)walked.Protocol switch
        {
            IpProtocol.Icmp6 => FindIcmp(screen, packet.Length, walked.FragmentOffset + packet.Length, walked.IsFragment),
            IpProtocol.Tcp when isWholeHeader && payload.Length > TcpFlags => FindTcp(
                screen, payload, walked.IsFragment, packet.Slice(Ipv6Header.SourceOffset, 16).SequenceEqual(packet.Slice(Ipv6Header.DestinationOffset, 16))),
            _ => ScreenCheck.Unspecified,
        };
    }

    /// <summary>True for a first SYN: of a packet whose TCP header is there.</summary>
    public static bool IsSyn(ReadOnlySpan<byte> payload) => payload.Length > TcpFlags && (payload[TcpFlags] & (Syn | Ack)) == Syn;

    /// <summary>Takes the mark of urgent data from a segment to the NetBIOS port; false where it has none.</summary>
    public static bool Calm(Span<byte> segment)
    {
        if (segment.Length < 20 || BinaryPrimitives.ReadUInt16BigEndian(segment[2..]) != NetBios || (segment[TcpFlags] & Urgent) == 0)
        {
            return false;
        }

        ushort before = BinaryPrimitives.ReadUInt16BigEndian(segment[12..]);
        ushort pointer = BinaryPrimitives.ReadUInt16BigEndian(segment[18..]);
        segment[TcpFlags] &= unchecked((byte)~Urgent);
        segment[18..20].Clear();
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(segment[16..]);
        sum = InternetChecksum.Update(sum, before, BinaryPrimitives.ReadUInt16BigEndian(segment[12..]));
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], InternetChecksum.Update(sum, pointer, 0));
        return true;
    }

    private static ScreenCheck FindIcmp(ScreenSettings screen, int length, int end, bool isFragment) =>
        // Its last fragment would end behind the largest packet that there can be.
        end > LargestPacket && screen.Has(ScreenCheck.PingOfDeath) ? ScreenCheck.PingOfDeath
        : isFragment && screen.Has(ScreenCheck.IcmpFragment) ? ScreenCheck.IcmpFragment
        : length > LargestIcmp && screen.Has(ScreenCheck.IcmpLarge) ? ScreenCheck.IcmpLarge
        : ScreenCheck.Unspecified;

    private static ScreenCheck FindTcp(ScreenSettings screen, ReadOnlySpan<byte> segment, bool isFragment, bool isToItself)
    {
        byte flags = segment[TcpFlags];
        return (flags & AllFlags) == 0 && screen.Has(ScreenCheck.NoFlag) ? ScreenCheck.NoFlag
            : (flags & (Syn | Fin)) == (Syn | Fin) && screen.Has(ScreenCheck.SynFin) ? ScreenCheck.SynFin
            : (flags & (Fin | Ack)) == Fin && screen.Has(ScreenCheck.FinNoAck) ? ScreenCheck.FinNoAck
            : (flags & Syn) != 0 && isFragment && screen.Has(ScreenCheck.SynFragment) ? ScreenCheck.SynFragment
            : (flags & Syn) != 0 && isToItself && screen.Has(ScreenCheck.Land) ? ScreenCheck.Land
            : ScreenCheck.Unspecified;
    }

    private static ScreenCheck FindOption(ScreenSettings screen, ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                return screen.Has(ScreenCheck.BadOption) ? ScreenCheck.BadOption : ScreenCheck.Unspecified;
            }

            ScreenCheck kind = options[0] switch
            {
                7 => ScreenCheck.RecordRoute,
                68 => ScreenCheck.Timestamp,
                130 or 133 => ScreenCheck.Security,
                131 => ScreenCheck.LooseSourceRoute,
                136 => ScreenCheck.Stream,
                137 => ScreenCheck.StrictSourceRoute,
                _ => ScreenCheck.Unspecified,
            };
            if (kind is ScreenCheck.LooseSourceRoute or ScreenCheck.StrictSourceRoute && screen.Has(ScreenCheck.SourceRoute))
            {
                return ScreenCheck.SourceRoute;
            }

            if (kind != ScreenCheck.Unspecified && screen.Has(kind))
            {
                return kind;
            }

            options = options[options[1]..];
        }

        return ScreenCheck.Unspecified;
    }
}
