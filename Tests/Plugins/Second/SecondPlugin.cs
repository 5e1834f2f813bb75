using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Tests.Dependency;

namespace RouterOS.Tests.Plugins.Second;

/// <summary>A plugin that says which version of its dependency it got.</summary>
public sealed class SecondPlugin : IControlPlugin
{
    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new("second", Library.Two, [], [], []);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate) => [];

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
