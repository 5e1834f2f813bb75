namespace RouterOS.Forwarding.Nodes;

/// <summary>What fragments of one datagram share (RFC 791), with where they came from: clear and decrypted ones are never mixed.</summary>
internal readonly record struct FragmentKey(
    uint Source, uint Destination, ushort Identification, byte Protocol, uint Instance, uint Protection);
