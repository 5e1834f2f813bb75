using System.Reflection;
using System.Runtime.Loader;

namespace McMaster.NETCore.Plugins;

/// <summary>How a plugin is loaded.</summary>
public class PluginConfig
{
    /// <summary>Starts from the path of the plugin's main assembly.</summary>
    public PluginConfig(string mainAssemblyPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(mainAssemblyPath);
        if (!Path.IsPathRooted(mainAssemblyPath))
        {
            throw new ArgumentException("A plugin's path must be absolute.", nameof(mainAssemblyPath));
        }

        MainAssemblyPath = mainAssemblyPath;
    }

    /// <summary>Absolute path of the main assembly.</summary>
    public string MainAssemblyPath { get; }

    /// <summary>Assemblies that come from the plugin's folder even if the host has them and types are preferred shared.</summary>
    public ICollection<AssemblyName> PrivateAssemblies { get; } = [];

    /// <summary>Assemblies that come from the host, with everything they reference.</summary>
    public ICollection<AssemblyName> SharedAssemblies { get; } = [];

    /// <summary>Takes every assembly from the host that the host has.</summary>
    public bool PreferSharedTypes { get; set; }

    /// <summary>Finds out what a shared assembly references only when it is asked for.</summary>
    public bool IsLazyLoaded { get; set; }

    /// <summary>The host's own context.</summary>
    public AssemblyLoadContext DefaultContext { get; set; } =
        AssemblyLoadContext.GetLoadContext(Assembly.GetExecutingAssembly()) ?? AssemblyLoadContext.Default;

    /// <summary>The plugin can be unloaded.</summary>
    public bool IsUnloadable { get; set; }

    /// <summary>Reads assemblies into memory, so that their files can be replaced while they run.</summary>
    public bool LoadInMemory { get; set; }

    /// <summary>Reloads the plugin when files of its folder change; needs an unloadable plugin and implies it.</summary>
    public bool EnableHotReload
    {
        get => _enableHotReload;
        set
        {
            _enableHotReload = value;
            IsUnloadable |= value;
            LoadInMemory |= value;
        }
    }

    private bool _enableHotReload;

    /// <summary>Quiet time after the last change of a file before a hot reload.</summary>
    public TimeSpan ReloadDelay { get; set; } = TimeSpan.FromMilliseconds(200);
}
