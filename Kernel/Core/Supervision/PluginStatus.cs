using RouterOS.Sdk.Plugins;

namespace RouterOS.Core.Supervision;

/// <summary>A plugin as the operator sees it.</summary>
/// <param name="Manifest">Who it is.</param>
/// <param name="State">What it does.</param>
/// <param name="Restarts">How often it has failed and started again.</param>
/// <param name="LastFailure">Type and message of the last exception; empty for none.</param>
public sealed record PluginStatus(PluginManifest Manifest, PluginState State, int Restarts, string LastFailure);
