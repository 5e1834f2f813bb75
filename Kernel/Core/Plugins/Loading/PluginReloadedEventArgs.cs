namespace McMaster.NETCore.Plugins;

/// <summary>Says which plugin was loaded anew.</summary>
public class PluginReloadedEventArgs : EventArgs
{
    /// <summary>Makes the arguments.</summary>
    public PluginReloadedEventArgs(PluginLoader loader) => Loader = loader;

    /// <summary>The plugin's loader.</summary>
    public PluginLoader Loader { get; }
}
