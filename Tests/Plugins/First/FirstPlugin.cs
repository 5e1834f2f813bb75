using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Tests.Dependency;

namespace RouterOS.Tests.Plugins.First;

/// <summary>A plugin that says which version of its dependency it got.</summary>
public sealed class FirstPlugin : IControlPlugin
{
    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new("first", Library.One, [], [], []);

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
