namespace McMaster.NETCore.Plugins;

/// <summary>Called after a plugin was loaded anew.</summary>
public delegate void PluginReloadedEventHandler(object sender, PluginReloadedEventArgs eventArgs);
