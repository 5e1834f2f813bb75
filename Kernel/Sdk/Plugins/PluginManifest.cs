namespace RouterOS.Sdk.Plugins;

/// <summary>Who a plugin is.</summary>
/// <param name="Name">Short name in lower case, also the name of its table writer and its state: <c>ike</c>.</param>
/// <param name="Description">One line for <c>routeros plugins</c>.</param>
/// <param name="Provides">gRPC services it offers, by full name.</param>
/// <param name="DependsOn">gRPC services it calls, by full name; their plugins start before it.</param>
/// <param name="Intents">Full names of the intent messages it applies.</param>
public sealed record PluginManifest(
    string Name,
    string Description,
    IReadOnlyList<string> Provides,
    IReadOnlyList<string> DependsOn,
    IReadOnlyList<string> Intents);
