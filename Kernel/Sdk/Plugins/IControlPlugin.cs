using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;

namespace RouterOS.Sdk.Plugins;

/// <summary>Control half of a protocol plugin: the only type of its assembly that the kernel meets. Has a public constructor without parameters.</summary>
/// <remarks>Every method but <see cref="Validate"/> runs on the plugin's strand. An exception that escapes stops and restarts this plugin only.</remarks>
public interface IControlPlugin
{
    /// <summary>Who the plugin is and what it offers and needs.</summary>
    PluginManifest Manifest { get; }

    /// <summary>Starts: takes its services from <paramref name="context"/>, offers its own, restores sealed state.</summary>
    void Start(IControlContext context);

    /// <summary>Checks a candidate intent. Pure: no I/O, no state touched, any thread.</summary>
    IReadOnlyList<Finding> Validate(IntentSet candidate);

    /// <summary>Takes a committed intent and converges toward it.</summary>
    void Apply(IntentSet committed);

    /// <summary>Stops: cancels timers and tells peers what they should know.</summary>
    ValueTask StopAsync();
}
