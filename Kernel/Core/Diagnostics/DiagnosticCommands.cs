using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Packets;

namespace RouterOS.Core.Diagnostics;

/// <summary>Commands that ask the network: ping and traceroute.</summary>
public static class DiagnosticCommands
{
    /// <summary>The commands, over control packets of a strand of their own.</summary>
    public static IReadOnlyList<OperationalCommand> Create(IControlPackets packets, TimeProvider time)
    {
        IcmpProbes probes = new(packets, time);
        return [PingCommand.Create(probes), TracerouteCommand.Create(probes)];
    }
}
