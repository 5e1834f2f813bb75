using RouterOS.Sdk.Network;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Network;

/// <summary>Interfaces as one subscriber sees them; reading is safe from any thread.</summary>
/// <param name="network">The interfaces.</param>
/// <param name="subscriber">Where the subscriber's handlers run.</param>
/// <param name="kernel">The kernel's strand, on which the interfaces change; null: the subscriber's.</param>
public sealed class InterfaceView(NetworkState network, IStrand subscriber, IStrand? kernel = null) : IInterfaceView
{
    /// <inheritdoc/>
    public InterfaceState? Find(string name) => network.Interfaces.Find(name);

    /// <inheritdoc/>
    public InterfaceState? Find(uint index) => network.Interfaces.Find(index);

    /// <inheritdoc/>
    public uint? FindInstance(string name) => network.FindInstance(name);

    /// <inheritdoc/>
    public IReadOnlyList<InterfaceState> All() => network.Interfaces.All;

    /// <inheritdoc/>
    public void Subscribe(Action handler) => network.Subscribe(subscriber, handler, routes: false);

    /// <inheritdoc/>
    public void ReportLinks(IReadOnlyDictionary<string, bool> links)
    {
        Dictionary<string, bool> copy = new(links, StringComparer.Ordinal);
        (kernel ?? subscriber).Post(() => network.ReportLinks(copy));
    }
}
