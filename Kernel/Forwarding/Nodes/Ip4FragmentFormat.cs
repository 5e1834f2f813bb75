using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Fragments of IPv4 (RFC 791).</summary>
internal readonly unsafe struct Ip4FragmentFormat : IFragmentFormat
{
    // Time exceeded, code 1: fragment reassembly.
    public static ushort TimeExceeded => 0x0b01;

    public static int WholeHeaderBytes(byte* first, int length) => Ip4.HeaderLength(first);

    public static FragmentKey KeyOf(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        return new FragmentKey(Ip4.Source(ip), Ip4.Destination(ip), Ip4.Read16(ip + 4), ip[9], packet.Instance, packet.Protection);
    }

    public static FragmentPlace PlaceOf(byte* ip, int length)
    {
        int headerLength = Ip4.HeaderLength(ip);
        return new FragmentPlace(
            headerLength, Ip4.FragmentOffset(ip), length - headerLength, (Ip4.Flags(ip) & Ipv4Header.MoreFragmentsBit) == 0);
    }

    public static void Finish(byte* to, byte* first, int headerBytes, int total, int firstLength) =>
        Ip4.Finish(to, headerBytes, total, flags: 0);
}
