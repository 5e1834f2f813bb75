using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Gre.Control;

/// <summary>Tunnels of IP: GRE, and IP in IP, in the clear or under IPsec.</summary>
public sealed class GrePlugin : IControlPlugin, IDisposable
{
    private IControlContext? _context;
    private GreTunnels? _tunnels;
    private bool _isSynchronised;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "gre",
        "GRE (RFC 2784, 2890) and IP in IP (RFC 2003) tunnels, in the clear or under IPsec",
        ["routeros.gre.v1.Gre"],
        ["routeros.ike.v1.Ike"],
        ["routeros.gre.v1.GreIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        GreTunnels tunnels = new(context);
        (_context, _tunnels) = (context, tunnels);
        context.Interfaces.Subscribe(tunnels.Evaluate);
        context.Routes.Subscribe(tunnels.Evaluate);
        context.Bus.Provide(new GreShow(context, tunnels));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return GreCommit.Validate(candidate);
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _tunnels!.Apply(committed.Get<GreIntent>());
        if (!_isSynchronised)
        {
            _isSynchronised = true;
            _context!.Tables.EndOfSync();
        }
    }

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        _tunnels?.Stop();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _tunnels?.Dispose();
}
