using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Fragments of IPv6 (RFC 8200 section 4.5), whose extension headers have been walked.</summary>
internal readonly unsafe struct Ip6FragmentFormat : IFragmentFormat
{
    public static ushort TimeExceeded => Ip4FragmentFormat.TimeExceeded;

    public static int WholeHeaderBytes(byte* first, int length) => Walk(first, length).FragmentAt;

    public static FragmentKey KeyOf(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        byte* fragment = ip + Walk(ip, packet.Length).FragmentAt;
        return new FragmentKey(Ip6.Source(ip), Ip6.Destination(ip), Ip4.Read32(fragment + 4), 0, packet.Instance, packet.Protection);
    }

    public static FragmentPlace PlaceOf(byte* ip, int length)
    {
        Ipv6Extensions walked = Walk(ip, length);
        int header = walked.FragmentAt + Ipv6Extensions.FragmentHeaderLength;
        return new FragmentPlace(header, walked.FragmentOffset, length - header, !walked.MoreFragments);
    }

    public static void Finish(byte* to, byte* first, int headerBytes, int total, int firstLength)
    {
        Ip4.Write16(to + 4, (ushort)(total - Ip6.Header));
        to[NamedAt(to, headerBytes)] = first[headerBytes];
    }

    /// <summary>Walks the headers of a fragment; they have been walked before, and are right.</summary>
    public static Ipv6Extensions Walk(byte* ip, int length)
    {
        _ = Ipv6Extensions.TryWalk(new ReadOnlySpan<byte>(ip, length), out Ipv6Extensions walked);
        return walked;
    }

    // Where the byte stands that says that a fragment header comes next.
    private static int NamedAt(byte* ip, int fragmentAt)
    {
        int named = 6;
        for (int at = Ip6.Header; at < fragmentAt; at += (ip[at + 1] + 1) * 8)
        {
            named = at;
        }

        return named;
    }

    /// <summary>Takes the fragment header of a packet that is whole out of it (RFC 6946).</summary>
    public static void Unwrap(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        int fragmentAt = Walk(ip, packet.Length).FragmentAt;
        ip[NamedAt(ip, fragmentAt)] = ip[fragmentAt];
        // Safe: what stands in front of the fragment header moves over it, within the packet.
        Buffer.MemoryCopy(ip, ip + Ipv6Extensions.FragmentHeaderLength, fragmentAt, fragmentAt);
        packet.Pull(Ipv6Extensions.FragmentHeaderLength);
        Ip4.Write16(packet.Start + 4, (ushort)(packet.Length - Ip6.Header));
    }
}
