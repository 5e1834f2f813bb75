namespace RouterOS.Packets;

/// <summary>ICMPv6 message types (RFC 4443, RFC 4861), as far as this router treats them by name.</summary>
public enum Icmp6Type : byte
{
    /// <summary>The packet could not be delivered; the code says why.</summary>
    DestinationUnreachable = 1,

    /// <summary>The packet is larger than the next link's MTU.</summary>
    PacketTooBig = 2,

    /// <summary>Hops or reassembly time ran out.</summary>
    TimeExceeded = 3,

    /// <summary>A header field is wrong.</summary>
    ParameterProblem = 4,

    /// <summary>Ping.</summary>
    EchoRequest = 128,

    /// <summary>Answer to <see cref="EchoRequest"/>.</summary>
    EchoReply = 129,

    /// <summary>Who are the routers?</summary>
    RouterSolicitation = 133,

    /// <summary>A router says that it is there.</summary>
    RouterAdvertisement = 134,

    /// <summary>Who has an address?</summary>
    NeighborSolicitation = 135,

    /// <summary>I have an address.</summary>
    NeighborAdvertisement = 136,

    /// <summary>A better first hop is known.</summary>
    Redirect = 137,
}
