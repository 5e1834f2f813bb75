namespace RouterOS.Core.Plugins;

/// <summary>An assembly of the plugins directory, not loaded yet.</summary>
/// <param name="Name">Name of its folder.</param>
/// <param name="Path">Absolute path of the assembly.</param>
/// <param name="Kind">What it offers.</param>
public sealed record PluginAssembly(string Name, string Path, PluginKind Kind);
