using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>What is configured of tunnels of GRE and DVMRP.</summary>
internal static class TunnelStatements
{
    private const string OfTunnel = "it is part of a tunnel interface, whose own verdict holds";
    private const string Numbered = "only GRE tunnels have it, DVMRP tunnels are IP in IP";

    /// <summary>Commands of an interface.</summary>
    public static ScriptCommand[] OfInterface =>
    [
        new ScriptCommand("tunnel source", "Set the tunnel's local end", Rest("source", "Address or interface")).Judged((view, _) => Judge(view)),
        new ScriptCommand("tunnel destination", "Set the tunnel's remote end", Rest("destination", "Address")).Judged((view, _) => Judge(view)),
        new ScriptCommand("tunnel mtu", "Set the largest packet of the tunnel", Of("bytes", "Bytes", Integer(1024, 10240, "bytes"))).Judged((view, _) => Judge(view)),
        new ScriptCommand("tunnel checksum", "Use checksums").Judged((view, _) => Judge(view, ofGre: true)),
        new ScriptCommand("tunnel key", "Tell tunnels between the same addresses apart", Of("key", "Key", Integer(0, uint.MaxValue))).Judged((view, _) => Judge(view, ofGre: true)),
        new ScriptCommand("tunnel sequence-datagrams", "Number packets and drop late ones").Judged((view, _) => Judge(view, ofGre: true)),
    ];

    private static Verdict Judge(StatementView view, bool ofGre = false)
    {
        string name = view.Parent?.Parent?.Key ?? string.Empty;
        return !InterfaceNames.IsTunnel(name) ? Verdict.Ignored(OfTunnel)
            : ofGre && !name.StartsWith("tunnel gre:", StringComparison.Ordinal) ? Verdict.Refused(Numbered)
            : Verdict.Applied;
    }
}
