using System.Net;

namespace RouterOS.Core.Diagnostics;

/// <summary>What came back for a probe.</summary>
/// <param name="Sequence">Number of the probe.</param>
/// <param name="From">Who answered.</param>
/// <param name="Type">ICMP type: 0 for an echo reply; what ICMPv6 says is told in the types and codes of IPv4.</param>
/// <param name="Code">ICMP code.</param>
/// <param name="Ttl">Hops that the answer had left.</param>
/// <param name="Bytes">Bytes of the answer's ICMP message.</param>
/// <param name="NextMtu">MTU that a "fragmentation needed" tells; 0 in others.</param>
/// <param name="RoundTrip">Time since the probe was sent.</param>
internal sealed record ProbeReply(ushort Sequence, IPAddress From, byte Type, byte Code, byte Ttl, int Bytes, int NextMtu, TimeSpan RoundTrip)
{
    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte TimeExceeded = 11;

    /// <summary>The answer was meant for this router, but is about the probe, not the answer to it.</summary>
    public bool IsError => Type != EchoReply;
}
