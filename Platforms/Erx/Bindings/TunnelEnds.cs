using RouterOS.Erx.Statements;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>A tunnel of GRE or DVMRP, and between what it is.</summary>
/// <param name="View">Its interface.</param>
/// <param name="Router">Virtual router of the interface.</param>
/// <param name="Transport">Name of the virtual router that carries it.</param>
/// <param name="Protocol">IP protocol of its packets.</param>
/// <param name="IsSecured">It is secured by IPsec.</param>
/// <param name="Source">Local address; empty when there is none.</param>
/// <param name="Destination">The other end's address; empty when there is none.</param>
internal sealed record TunnelEnds(
    StatementView View, VirtualRouter Router, string Transport, uint Protocol, bool IsSecured, string Source, string Destination)
{
    private const uint Gre = 47;
    private const uint IpInIp = 4;

    /// <summary>Its name.</summary>
    public string Name => View.Key[(View.Key.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>True for GRE; false for IP in IP.</summary>
    public bool IsGre => Protocol == Gre;

    /// <summary>IP protocol of the tunnels that an application of a profile secures; 0 for none.</summary>
    public static uint ProtocolOf(string application) => application switch { "gre" => Gre, "dvmrp" => IpInIp, _ => 0 };

    /// <summary>The tunnels of all virtual routers.</summary>
    public static IEnumerable<TunnelEnds> All(IReadOnlyList<VirtualRouter> routers) =>
        from router in routers
        from view in router.Interfaces
        where InterfaceNames.IsTunnel(view.Key)
        let transport = view.Text("transport-virtual-router") ?? router.Name
        select new TunnelEnds(
            view, router, transport, ProtocolOf(view.Key["tunnel ".Length..view.Key.IndexOf(':', StringComparison.Ordinal)]),
            view.Has("ipsec-transport"), SourceOf(view["tunnel"].Text("source"), routers.FirstOrDefault(r => r.Name == transport)),
            view["tunnel"].Text("destination") is { } there && Values.TryAddress(there, out _) ? there : string.Empty);

    // An address, or the first address of an interface of the virtual router that carries the tunnel.
    private static string SourceOf(string? text, VirtualRouter? router) =>
        text is null ? string.Empty
        : Values.TryAddress(text, out _) ? text
        : router?.Interfaces.FirstOrDefault(i => InterfaceNames.Shown(i.Key).Equals(InterfaceNames.Shown(text), StringComparison.OrdinalIgnoreCase))
            ?["ip"].List("address").OrderBy(a => a.Has("secondary")).FirstOrDefault()?.Key ?? string.Empty;
}
