using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>How a version of IP writes fragments.</summary>
internal unsafe interface IFragmentFormat
{
    /// <summary>ICMP error, as IPv4 numbers it, to a sender whose datagram was not completed in time.</summary>
    static abstract ushort TimeExceeded { get; }

    /// <summary>Bytes of the header that the whole datagram gets.</summary>
    static abstract int WholeHeaderBytes(byte* first, int length);

    /// <summary>What the fragment shares with the others of its datagram.</summary>
    static abstract FragmentKey KeyOf(ref PacketBuffer packet);

    /// <summary>Where the fragment belongs.</summary>
    static abstract FragmentPlace PlaceOf(byte* ip, int length);

    /// <summary>Mends the header that was copied from the first fragment.</summary>
    static abstract void Finish(byte* to, byte* first, int headerBytes, int total, int firstLength);
}
