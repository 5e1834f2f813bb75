using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>From <c>interface tunnel gre</c> and <c>interface tunnel dvmrp</c> to the intent of tunnels.</summary>
internal static class TunnelBinding
{
    /// <summary>Link type of tunnels.</summary>
    public const string LinkType = "gre";

    private const uint DefaultMtu = 10240;

    /// <summary>MTU of a tunnel.</summary>
    public static uint MtuOf(StatementView view) => (uint)(view["tunnel"].Number("mtu") ?? DefaultMtu);

    /// <summary>Reads the intent.</summary>
    public static GreIntent Bind(
        IReadOnlyList<VirtualRouter> routers, IkeIntent ike, ErxModel model, ChassisProfile profile, List<Finding> findings)
    {
        GreIntent intent = new();
        foreach (TunnelEnds ends in TunnelEnds.All(routers))
        {
            StatementView view = ends.View["tunnel"];
            VirtualRouter? transport = routers.FirstOrDefault(r => r.Name == ends.Transport);
            if (transport is null)
            {
                findings.Add(ends.View.Warning($"there is no virtual router {ends.Transport} to carry the tunnel: it stays down"));
            }

            if (view.Has("source") && ends.Source.Length == 0)
            {
                findings.Add(view["source"].Warning($"{view.Text("source")} is neither an address nor an interface with one: the tunnel stays down"));
            }

            if (view.Has("destination") && ends.Destination.Length == 0)
            {
                findings.Add(view["destination"].Warning($"{view.Text("destination")} is no address: the tunnel stays down"));
            }

            Tunnel tunnel = new()
            {
                Name = ends.Name,
                Source = ends.View.Source,
                Interface = ends.Router.KernelName(ends.View.Key),
                Encapsulation = ends.IsGre ? Encapsulation.Gre : Encapsulation.Ip,
                LocalAddress = ends.Source,
                RemoteAddress = ends.Destination,
                TransportInstance = ends.Transport,
                Checksum = ends.IsGre && view.Has("checksum"),
                Sequence = ends.IsGre && view.Has("sequence-datagrams"),
                Secured = ends.IsSecured,
                Vpn = ends.IsSecured ? VpnOf(ends, ike) : string.Empty,
                Disabled = ends.View.Has("shutdown"),
                Mtu = MtuOf(ends.View),
                Location = LocationOf(model, ends.IsSecured),
            };
            if (ends.IsGre && view.Number("key") is { } key)
            {
                tunnel.Key = (uint)key;
            }

            if (ends.IsSecured && tunnel.Vpn.Length == 0 && ends.Source.Length > 0 && ends.Destination.Length > 0
                && ErxValues.NeedsIsm(profile).Kind == VerdictKind.Applied)
            {
                findings.Add(ends.View.Warning(
                    $"no ipsec transport profile of virtual router {ends.Transport} has application {(ends.IsGre ? "gre" : "dvmrp")}, ip address "
                    + $"{ends.Destination}, local ip address {ends.Source} and a key: the tunnel stays down"));
            }

            intent.Tunnels.Add(tunnel);
        }

        return intent;
    }

    private static string VpnOf(TunnelEnds ends, IkeIntent ike) =>
        ike.Vpns.FirstOrDefault(v => v.SelectorProtocol == ends.Protocol && ike.Gateways.Any(
            g => g.Name == v.Gateway && g.LocalAddress == ends.Source && g.RemoteAddresses.Contains(ends.Destination)
                && g.Name.Split(' ') is [_, _, { } router, ..] && router == ends.Transport))?.Name ?? string.Empty;

    // The module that does the work: tunnels in the clear are an SM's, secured ones an ISM's.
    private static string LocationOf(ErxModel model, bool secured)
    {
        ErxModuleKind kind = secured ? ErxModuleKind.IpsecService : ErxModuleKind.TunnelService;
        return model.Modules.FirstOrDefault(m => m.Kind == kind) is { } module ? model.HasAdapters ? $"{module.Slot}/0/0" : $"{module.Slot}/0" : string.Empty;
    }
}
