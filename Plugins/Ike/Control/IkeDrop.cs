namespace RouterOS.Ike.Control;

/// <summary>Why a datagram was not acted on. The names and these texts are what operators see.</summary>
internal enum IkeDrop
{
    /// <summary>Lengths or values contradict the protocol.</summary>
    Malformed,

    /// <summary>Not ISAKMP version 1.</summary>
    WrongVersion,

    /// <summary>On the port for NATs, without the marker of IKE.</summary>
    NoMarker,

    /// <summary>To an address of the router that no gateway uses.</summary>
    WrongAddress,

    /// <summary>Out of a tunnel of the very gateway it is for.</summary>
    FromOwnTunnel,

    /// <summary>From an address that no gateway has.</summary>
    UnknownPeer,

    /// <summary>Cookies of no phase 1 SA or exchange.</summary>
    UnknownSa,

    /// <summary>An exchange that is not supported.</summary>
    UnsupportedExchange,

    /// <summary>A message that the state of its exchange does not expect.</summary>
    Unexpected,

    /// <summary>In the clear where it must be encrypted.</summary>
    NotEncrypted,

    /// <summary>A HASH that does not match, or garbage after decryption.</summary>
    AuthenticationFailed,

    /// <summary>A message ID or sequence number seen before.</summary>
    Replayed,

    /// <summary>A bound on exchanges is met.</summary>
    Limit,

    /// <summary>A fragment that is malformed, contradicts others, or makes its message too long.</summary>
    BadFragment,

    /// <summary>No proposal in common.</summary>
    NoProposal,

    /// <summary>ESP or AH, with an SPI that we do not have, where such packets are to be answered.</summary>
    UnknownSpi,

    /// <summary>Of those, the ones that got no answer: no phase 1 SA with the sender, or enough answers.</summary>
    UnknownSpiNotAnswered,
}
