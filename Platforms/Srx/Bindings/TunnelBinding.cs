using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From units of <c>gr-0/0/0</c> and <c>ip-0/0/0</c> to the intent of tunnels.</summary>
internal static class TunnelBinding
{
    /// <summary>Link type of tunnels.</summary>
    public const string LinkType = "gre";

    private const uint DefaultSeconds = 10;
    private const uint DefaultHoldSeconds = 30;

    /// <summary>Reads the intent.</summary>
    public static GreIntent Bind(StatementView root, List<Finding> findings)
    {
        GreIntent intent = new();
        foreach (StatementView physical in root["interfaces"].List().Where(p => InterfaceNames.IsIpTunnel(p.Key)))
        {
            foreach (StatementView unit in physical.List("unit"))
            {
                intent.Tunnels.Add(Bind(root, physical, unit, findings));
            }
        }

        return intent;
    }

    private static Tunnel Bind(StatementView root, StatementView physical, StatementView unit, List<Finding> findings)
    {
        StatementView view = unit["tunnel"];
        string name = $"{physical.Key}.{unit.Key}";
        Tunnel tunnel = new()
        {
            Name = name,
            Source = unit.Source,
            Interface = name,
            Encapsulation = physical.Key == InterfaceNames.Gre ? Encapsulation.Gre : Encapsulation.Ip,
            LocalAddress = view.Text("source") ?? string.Empty,
            RemoteAddress = view.Text("destination") ?? string.Empty,
            AllowFragmentation = view.Has("allow-fragmentation"),
            Ttl = (uint)(view.Number("ttl") ?? 0),
            Disabled = physical.Has("disable") || unit.Has("disable"),
        };
        if (tunnel.LocalAddress.Length == 0 || tunnel.RemoteAddress.Length == 0)
        {
            findings.Add(unit.Warning($"{name} has no tunnel source and destination: it stays down"));
        }

        if (tunnel.Encapsulation == Encapsulation.Gre && view.Number("key") is { } key)
        {
            tunnel.Key = (uint)key;
        }

        StatementView keepalive = root["protocols"]["oam"]["gre-tunnel"].Entry("interface", name);
        if (tunnel.Encapsulation == Encapsulation.Gre && keepalive.Exists)
        {
            uint seconds = (uint)(keepalive.Number("keepalive-time") ?? DefaultSeconds);
            uint hold = (uint)(keepalive.Number("hold-time") ?? DefaultHoldSeconds);
            tunnel.Keepalive = new Keepalive { IntervalSeconds = seconds, Retries = Math.Max(1, (hold + seconds - 1) / seconds) };
        }

        return tunnel;
    }
}
