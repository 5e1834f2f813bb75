using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ppp.Control;

/// <summary>PPP over links that lower layers bring.</summary>
public sealed class PppPlugin : IControlPlugin
{
    private PppRuntime? _runtime;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "ppp",
        "PPP (RFC 1661): LCP, PAP, CHAP, MS-CHAP, MS-CHAPv2, IPCP, over links of L2TP",
        ["routeros.ppp.v1.Links", "routeros.ppp.v1.Ppp"],
        ["routeros.aaa.v1.Aaa"],
        ["routeros.ppp.v1.PppIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _runtime = new PppRuntime(context);
        context.Bus.Provide(new LinksService(_runtime));
        context.Bus.Provide(new PppShow(_runtime));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return PppCommit.Validate(candidate.Get<PppIntent>());
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _runtime!.Apply(committed.Get<PppIntent>());
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
