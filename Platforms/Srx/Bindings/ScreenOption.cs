using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Bindings;

/// <summary>One option of a screen.</summary>
/// <param name="Group">Container: icmp, ip, tcp or udp; empty for what several words ask for.</param>
/// <param name="Word">Its word.</param>
/// <param name="Check">What it switches on.</param>
/// <param name="Label">Its name in the vendor's tables.</param>
internal sealed record ScreenOption(string Group, string Word, ScreenCheck Check, string Label)
{
    /// <summary>Packets a second from which a flood begins where the configuration does not say.</summary>
    public const uint Flood = 1000;

    /// <summary>The same for SYN segments: to one address and port, from one address, to one address.</summary>
    public const uint SynAttack = 200;

    public const uint SynSource = 4000;

    public const uint SynDestination = 4000;

    /// <summary>Microseconds for ten tries.</summary>
    public const uint Tries = 5000;

    /// <summary>All of them, in the order of the vendor's statistics.</summary>
    public static IReadOnlyList<ScreenOption> All { get; } =
    [
        new("icmp", "flood", ScreenCheck.IcmpFlood, "ICMP flood"),
        new("udp", "flood", ScreenCheck.UdpFlood, "UDP flood"),
        new("tcp", "winnuke", ScreenCheck.Winnuke, "TCP winnuke"),
        new("tcp", "port-scan", ScreenCheck.TcpScan, "TCP port scan"),
        new("udp", "port-scan", ScreenCheck.UdpScan, "UDP port scan"),
        new("icmp", "ip-sweep", ScreenCheck.IcmpSweep, "ICMP address sweep"),
        new("tcp", "tcp-sweep", ScreenCheck.TcpSweep, "TCP sweep"),
        new("udp", "udp-sweep", ScreenCheck.UdpSweep, "UDP sweep"),
        new("tcp", "syn-flood", ScreenCheck.SynFlood, "TCP SYN flood"),
        new("ip", "spoofing", ScreenCheck.Spoofing, "IP spoofing"),
        new("icmp", "ping-death", ScreenCheck.PingOfDeath, "ICMP ping of death"),
        new("ip", "source-route-option", ScreenCheck.SourceRoute, "IP source route option"),
        new("tcp", "land", ScreenCheck.Land, "TCP land attack"),
        new("tcp", "syn-frag", ScreenCheck.SynFragment, "TCP SYN fragment"),
        new("tcp", "tcp-no-flag", ScreenCheck.NoFlag, "TCP no flag"),
        new("ip", "unknown-protocol", ScreenCheck.UnknownProtocol, "IP unknown protocol"),
        new("ip", "bad-option", ScreenCheck.BadOption, "IP bad options"),
        new("ip", "record-route-option", ScreenCheck.RecordRoute, "IP record route option"),
        new("ip", "timestamp-option", ScreenCheck.Timestamp, "IP timestamp option"),
        new("ip", "security-option", ScreenCheck.Security, "IP security option"),
        new("ip", "loose-source-route-option", ScreenCheck.LooseSourceRoute, "IP loose source route option"),
        new("ip", "strict-source-route-option", ScreenCheck.StrictSourceRoute, "IP strict source route option"),
        new("ip", "stream-option", ScreenCheck.Stream, "IP stream option"),
        new("icmp", "fragment", ScreenCheck.IcmpFragment, "ICMP fragment"),
        new("icmp", "large", ScreenCheck.IcmpLarge, "ICMP large packet"),
        new("tcp", "syn-fin", ScreenCheck.SynFin, "TCP SYN FIN"),
        new("tcp", "fin-no-ack", ScreenCheck.FinNoAck, "TCP FIN no ACK"),
        new("limit-session", "source-ip-based", ScreenCheck.SourceSessions, "Source session limit"),
        new("ip", "block-frag", ScreenCheck.BlockFragment, "IP block fragment"),
        new("limit-session", "destination-ip-based", ScreenCheck.DestinationSessions, "Destination session limit"),
        new(string.Empty, string.Empty, ScreenCheck.ExtensionHeader, "IPv6 extension header"),
        new(string.Empty, string.Empty, ScreenCheck.HopOption, "IPv6 extension hop by hop option"),
        new(string.Empty, string.Empty, ScreenCheck.DestinationOption, "IPv6 extension destination option"),
        new(string.Empty, string.Empty, ScreenCheck.ExtensionLimit, "IPv6 extension header limit"),
        new(string.Empty, string.Empty, ScreenCheck.Tunnel, "IP tunnel summary"),
    ];
}
