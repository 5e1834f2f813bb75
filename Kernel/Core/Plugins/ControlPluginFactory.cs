using RouterOS.Sdk.Plugins;

namespace RouterOS.Core.Plugins;

/// <summary>Makes instances of one control plugin: a fresh one for every start.</summary>
public sealed class ControlPluginFactory
{
    private readonly Func<IControlPlugin> _create;

    /// <summary>Takes the constructor and reads the manifest from a first instance, which is not started.</summary>
    public ControlPluginFactory(Func<IControlPlugin> create)
    {
        _create = create;
        Validator = create();
        Manifest = Validator.Manifest;
    }

    /// <summary>Who the plugin is.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>An instance that is never started: validation is pure and needs none that runs.</summary>
    public IControlPlugin Validator { get; }

    /// <summary>A fresh instance.</summary>
    public IControlPlugin Create() => _create();
}
