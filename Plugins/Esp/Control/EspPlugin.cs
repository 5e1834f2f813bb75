using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Esp.Control;

/// <summary>Control half of ESP: statistics. Rows of protections and SAs come from whoever negotiates them.</summary>
public sealed class EspPlugin : IControlPlugin
{
    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "esp",
        "ESP and AH tunnel mode (RFC 4303, 4302): DES, 3DES, AES and NULL with HMAC-MD5, SHA-1 and SHA-256",
        Provides: ["routeros.esp.v1.Esp"],
        DependsOn: [],
        Intents: []);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Bus.Provide(new EspShow(context.Modules));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate) => [];

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        // ESP has no configuration of its own.
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
