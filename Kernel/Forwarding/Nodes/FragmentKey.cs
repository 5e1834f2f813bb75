namespace RouterOS.Forwarding.Nodes;

/// <summary>
/// What fragments of one datagram share (RFC 791, RFC 8200), with where they came from: clear and decrypted ones are never mixed. IPv4
/// addresses stand in the low bits. IPv6 fragments name no protocol.
/// </summary>
internal readonly record struct FragmentKey(
    UInt128 Source, UInt128 Destination, uint Identification, byte Protocol, uint Instance, uint Protection);
