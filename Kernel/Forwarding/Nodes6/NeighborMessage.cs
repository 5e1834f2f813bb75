using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

// Neighbor solicitation and advertisement, RFC 4861 sections 4.3 and 4.4, behind type, code and checksum:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+---------------------------------------------------------+
// |R|S|O|                     Reserved                            |
// +-+-+-+---------------------------------------------------------+
// |                      Target Address (16)                      |
// +---------------------------------------------------------------+
// |   Options: type, length in units of 8 bytes, value  ...       |
// +---------------------------------------------------------------+

/// <summary>View of a neighbour solicitation or advertisement whose options have been walked.</summary>
internal readonly ref struct NeighborMessage
{
    /// <summary>Bytes of a message with the one option that this router sends.</summary>
    public const int LengthWithLink = MinimumLength + LinkOptionBytes;

    /// <summary>Bytes of a message without options.</summary>
    public const int MinimumLength = 24;

    /// <summary>The sender is a router.</summary>
    public const uint RouterFlag = 0x8000_0000;

    /// <summary>It answers a solicitation.</summary>
    public const uint SolicitedFlag = 0x4000_0000;

    /// <summary>It replaces what is known.</summary>
    public const uint OverrideFlag = 0x2000_0000;

    private const int TargetOffset = 8;
    private const byte SourceLinkOption = 1;
    private const byte TargetLinkOption = 2;
    private const int LinkOptionBytes = 8;

    private NeighborMessage(Icmp6Type type, uint flags, UInt128 target, ReadOnlySpan<byte> link)
    {
        Type = type;
        Flags = flags;
        Target = target;
        Link = link;
    }

    /// <summary>Solicitation or advertisement.</summary>
    public Icmp6Type Type { get; }

    /// <summary>Flags of an advertisement.</summary>
    public uint Flags { get; }

    /// <summary>Whom it is about.</summary>
    public UInt128 Target { get; }

    /// <summary>The Ethernet address that it gives: the sender's in a solicitation, the target's in an advertisement; empty for none.</summary>
    public ReadOnlySpan<byte> Link { get; }

    /// <summary>Reads an ICMPv6 message whose checksum is right.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborMessage parsed)
    {
        parsed = default;
        if (message.Length < MinimumLength)
        {
            return false;
        }

        var type = (Icmp6Type)message[0];
        byte wanted = type == Icmp6Type.NeighborSolicitation ? SourceLinkOption : TargetLinkOption;
        UInt128 target = Ipv6Address.Read(message[TargetOffset..]);
        ReadOnlySpan<byte> link = default;
        ReadOnlySpan<byte> options = message[MinimumLength..];
        while (!options.IsEmpty)
        {
            // RFC 4861 section 4.6: an option of length 0 spoils the message; unknown ones are passed over.
            int length = options.Length < 2 ? 0 : options[1] * 8;
            if (length == 0 || length > options.Length)
            {
                return false;
            }

            if (options[0] == wanted && length == LinkOptionBytes)
            {
                link = options.Slice(2, EthernetHeader.AddressBytes);
            }

            options = options[length..];
        }

        parsed = new NeighborMessage(type, BinaryPrimitives.ReadUInt32BigEndian(message[4..]), target, link);
        return !Ipv6Address.IsMulticast(target) && (link.IsEmpty || (link[0] & 1) == 0);
    }

    /// <summary>Writes a message with checksum; <paramref name="link"/> may be empty. Returns its bytes.</summary>
    public static int Write(
        Span<byte> message, Icmp6Type type, uint flags, UInt128 target, ReadOnlySpan<byte> link, ReadOnlySpan<byte> addresses)
    {
        int length = link.IsEmpty ? MinimumLength : LengthWithLink;
        Ipv6Address.Write(message[TargetOffset..], target);
        if (!link.IsEmpty)
        {
            message[MinimumLength] = type == Icmp6Type.NeighborSolicitation ? SourceLinkOption : TargetLinkOption;
            message[MinimumLength + 1] = 1;
            link.CopyTo(message[(MinimumLength + 2)..]);
        }

        Icmp6Header.Write(message[..length], type, 0, flags, addresses);
        return length;
    }
}
