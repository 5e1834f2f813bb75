namespace RouterOS.Core.Diagnostics;

/// <summary>Words and marks for ICMP errors.</summary>
internal static class IcmpText
{
    /// <summary>What ping says.</summary>
    public static string Of(ProbeReply reply) => (reply.Type, reply.Code) switch
    {
        (ProbeReply.Unreachable, 0) => "Destination Net Unreachable",
        (ProbeReply.Unreachable, 1) => "Destination Host Unreachable",
        (ProbeReply.Unreachable, 2) => "Destination Protocol Unreachable",
        (ProbeReply.Unreachable, 3) => "Destination Port Unreachable",
        (ProbeReply.Unreachable, 4) => $"frag needed and DF set (MTU {reply.NextMtu})",
        (ProbeReply.Unreachable, 9 or 10 or 13) => "Communication prohibited by filter",
        (ProbeReply.TimeExceeded, 0) => "Time to live exceeded",
        (ProbeReply.TimeExceeded, 1) => "Frag reassembly time exceeded",
        _ => $"ICMP type {reply.Type} code {reply.Code}",
    };

    /// <summary>The mark that traceroute puts behind a time; empty for what is to be expected.</summary>
    public static string MarkOf(ProbeReply reply) => (reply.Type, reply.Code) switch
    {
        (ProbeReply.Unreachable, 0) => " !N",
        (ProbeReply.Unreachable, 1) => " !H",
        (ProbeReply.Unreachable, 2) => " !P",
        (ProbeReply.Unreachable, 3) => string.Empty,
        (ProbeReply.Unreachable, 4) => $" !F-{reply.NextMtu}",
        (ProbeReply.Unreachable, 9 or 10 or 13) => " !X",
        (ProbeReply.Unreachable, _) => $" !<{reply.Code}>",
        _ => string.Empty,
    };
}
