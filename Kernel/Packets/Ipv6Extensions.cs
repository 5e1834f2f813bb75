using System.Buffers.Binary;

namespace RouterOS.Packets;

/// <summary>Where the extension headers of an IPv6 packet lead (RFC 8200 section 4), walked with a bound.</summary>
/// <remarks>Hop-by-hop options, routing and destination options are passed over; a fragment header is noted, and behind one of a later fragment nothing is read.</remarks>
public readonly struct Ipv6Extensions
{
    /// <summary>Headers at most: nothing that is meant well has as many.</summary>
    public const int MaximumHeaders = 8;

    /// <summary>Bytes of a fragment header.</summary>
    public const int FragmentHeaderLength = 8;

    private Ipv6Extensions(byte protocol, int offset, int protocolAt, int fragmentAt, ushort fragmentWord, bool routes)
    {
        Protocol = protocol;
        Offset = offset;
        ProtocolAt = protocolAt;
        FragmentAt = fragmentAt;
        FragmentWord = fragmentWord;
        Routes = routes;
    }

    /// <summary>The protocol behind the last extension header; 59: nothing follows.</summary>
    public byte Protocol { get; }

    /// <summary>Where it begins, from the start of the packet.</summary>
    public int Offset { get; }

    /// <summary>Where the byte stands that names it, for what points at it.</summary>
    public int ProtocolAt { get; }

    /// <summary>Where the fragment header stands; 0: there is none.</summary>
    public int FragmentAt { get; }

    /// <summary>Offset and flag of the fragment header as on the wire.</summary>
    public ushort FragmentWord { get; }

    /// <summary>True where a routing header has segments left: such packets are not for whom they seem to be (RFC 5095).</summary>
    public bool Routes { get; }

    /// <summary>Where the fragment's bytes belong in the whole.</summary>
    public int FragmentOffset => FragmentWord & 0xfff8;

    /// <summary>True where further fragments follow.</summary>
    public bool MoreFragments => (FragmentWord & 1) != 0;

    /// <summary>True for a part of a larger packet; an atomic fragment (RFC 6946) is none.</summary>
    public bool IsFragment => (FragmentWord & 0xfff9) != 0;

    /// <summary>Walks the headers of a packet whose fixed header has been checked; false where they are cut, too many, or out of place.</summary>
    public static bool TryWalk(ReadOnlySpan<byte> packet, out Ipv6Extensions extensions)
    {
        extensions = default;
        byte next = packet[6];
        int namedAt = 6;
        int at = Ipv6Header.Length;
        int fragmentAt = 0;
        ushort fragmentWord = 0;
        bool routes = false;
        for (int headers = 0; ; headers++)
        {
            if (next is not (0 or 43 or 44 or 60) || (fragmentWord & 0xfff8) != 0)
            {
                extensions = new Ipv6Extensions(next, at, namedAt, fragmentAt, fragmentWord, routes);
                return true;
            }

            // RFC 8200 section 4.1: hop-by-hop options stand first or not at all.
            if (headers == MaximumHeaders || at + 8 > packet.Length || (next == 0 && at != Ipv6Header.Length) || (next == 44 && fragmentAt != 0))
            {
                return false;
            }

            int length = next == 44 ? FragmentHeaderLength : (packet[at + 1] + 1) * 8;
            if (at + length > packet.Length)
            {
                return false;
            }

            if (next == 44)
            {
                fragmentAt = at;
                fragmentWord = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]);
            }
            else if (next == 43)
            {
                routes |= packet[at + 3] != 0;
            }

            namedAt = at;
            next = packet[at];
            at += length;
        }
    }
}
