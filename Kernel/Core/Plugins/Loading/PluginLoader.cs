using System.Reflection;
using System.Runtime.Loader;

namespace McMaster.NETCore.Plugins;

/// <summary>Loads one plugin into a context of its own: names and semantics of the package McMaster.NETCore.Plugins.</summary>
/// <remarks>The property <c>PluginPackages</c> selects that package in place of this folder.</remarks>
public class PluginLoader : IDisposable
{
    private readonly PluginConfig _config;
    private readonly FileSystemWatcher? _watcher;
    private readonly ITimer? _reloadTimer;
    private PluginLoadContext _context;
    private bool _disposed;

    /// <summary>Makes the context of a plugin; nothing is loaded before it is asked for.</summary>
    public PluginLoader(PluginConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _context = new(config);
        if (config.EnableHotReload)
        {
            _reloadTimer = TimeProvider.System.CreateTimer(_ => Reload(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _watcher = new(Path.GetDirectoryName(config.MainAssemblyPath)!) { IncludeSubdirectories = true };
            _watcher.Changed += (_, _) => _reloadTimer.Change(config.ReloadDelay, Timeout.InfiniteTimeSpan);
            _watcher.EnableRaisingEvents = true;
        }
    }

    /// <summary>Raised after <see cref="Reload"/>.</summary>
    public event PluginReloadedEventHandler? Reloaded;

    /// <summary>True when the plugin can be unloaded and loaded anew.</summary>
    public bool IsUnloadable => _config.IsUnloadable;

    /// <summary>Loader of a plugin that shares the assemblies of <paramref name="sharedTypes"/> with the host.</summary>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, bool isUnloadable, Type[] sharedTypes) =>
        CreateFromAssemblyFile(assemblyFile, isUnloadable, sharedTypes, _ => { });

    /// <summary>Loader of a plugin that shares the assemblies of <paramref name="sharedTypes"/> and what <paramref name="configure"/> adds.</summary>
    public static PluginLoader CreateFromAssemblyFile(
        string assemblyFile, bool isUnloadable, Type[] sharedTypes, Action<PluginConfig> configure) =>
        CreateFromAssemblyFile(assemblyFile, sharedTypes, config =>
        {
            config.IsUnloadable = isUnloadable;
            configure(config);
        });

    /// <summary>Loader of a plugin that shares the assemblies of <paramref name="sharedTypes"/> with the host.</summary>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, Type[] sharedTypes) =>
        CreateFromAssemblyFile(assemblyFile, sharedTypes, _ => { });

    /// <summary>Loader of a plugin that shares the assemblies of <paramref name="sharedTypes"/> and what <paramref name="configure"/> adds.</summary>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, Type[] sharedTypes, Action<PluginConfig> configure)
    {
        ArgumentNullException.ThrowIfNull(sharedTypes);
        ArgumentNullException.ThrowIfNull(configure);
        return CreateFromAssemblyFile(assemblyFile, config =>
        {
            foreach (Type type in sharedTypes)
            {
                config.SharedAssemblies.Add(type.Assembly.GetName());
            }

            configure(config);
        });
    }

    /// <summary>Loader of a plugin that shares nothing but the framework.</summary>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile) => CreateFromAssemblyFile(assemblyFile, _ => { });

    /// <summary>Loader of a plugin as <paramref name="configure"/> wants it.</summary>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, Action<PluginConfig> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        PluginConfig config = new(assemblyFile);
        configure(config);
        return new(config);
    }

    /// <summary>Loads the main assembly.</summary>
    public Assembly LoadDefaultAssembly() => LoadAssemblyFromPath(_config.MainAssemblyPath);

    /// <summary>Loads an assembly as the plugin would see it.</summary>
    public Assembly LoadAssembly(AssemblyName assemblyName)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _context.LoadFromAssemblyName(assemblyName);
    }

    /// <summary>Loads an assembly as the plugin would see it.</summary>
    public Assembly LoadAssembly(string assemblyName) => LoadAssembly(new AssemblyName(assemblyName));

    /// <summary>Loads an assembly file into the plugin's context.</summary>
    public Assembly LoadAssemblyFromPath(string assemblyPath)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _context.LoadPath(assemblyPath);
    }

    /// <summary>Makes <see cref="Assembly.Load(string)"/> and <see cref="Type.GetType(string)"/> resolve in the plugin until the result is disposed.</summary>
    public AssemblyLoadContext.ContextualReflectionScope EnterContextualReflection() => _context.EnterContextualReflection();

    /// <summary>Drops everything loaded; the next load starts from the files as they are then.</summary>
    /// <exception cref="InvalidOperationException">The plugin is not unloadable.</exception>
    public void Reload()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsUnloadable)
        {
            throw new InvalidOperationException("Only a plugin that was loaded as unloadable can be reloaded.");
        }

        _context.Unload();
        _context = new(_config);
        Reloaded?.Invoke(this, new(this));
    }

    /// <summary>Unloads the plugin if it is unloadable, and stops watching its files.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the loader holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
        {
            return;
        }

        _disposed = true;
        _watcher?.Dispose();
        _reloadTimer?.Dispose();
        if (IsUnloadable)
        {
            _context.Unload();
        }
    }
}
