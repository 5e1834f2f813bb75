using RouterOS.Sdk.Network;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Network;

/// <summary>Interfaces as one subscriber sees them; reading is safe from any thread.</summary>
public sealed class InterfaceView(NetworkState network, IStrand subscriber) : IInterfaceView
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
}
