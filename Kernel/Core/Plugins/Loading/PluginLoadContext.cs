using System.Reflection;
using System.Runtime.Loader;

namespace McMaster.NETCore.Plugins;

/// <summary>Resolves a plugin's assemblies: shared ones from the host, all others from the plugin's own folder and deps.json.</summary>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private readonly PluginConfig _config;
    private readonly AssemblyDependencyResolver _resolver;
    private readonly string _folder;
    private readonly HashSet<string> _private = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _shared = new(StringComparer.OrdinalIgnoreCase);

    public PluginLoadContext(PluginConfig config)
        : base(Path.GetFileNameWithoutExtension(config.MainAssemblyPath), config.IsUnloadable)
    {
        _config = config;
        _resolver = new(config.MainAssemblyPath);
        _folder = Path.GetDirectoryName(config.MainAssemblyPath)!;
        foreach (AssemblyName name in config.PrivateAssemblies)
        {
            _private.Add(name.Name ?? string.Empty);
        }

        foreach (AssemblyName name in config.SharedAssemblies)
        {
            Share(name);
        }
    }

    public Assembly LoadPath(string path)
    {
        if (!_config.LoadInMemory)
        {
            return LoadFromAssemblyPath(path);
        }

        using MemoryStream assembly = new(File.ReadAllBytes(path));
        string symbolsPath = Path.ChangeExtension(path, ".pdb");
        using MemoryStream? symbols = File.Exists(symbolsPath) ? new(File.ReadAllBytes(symbolsPath)) : null;
        return LoadFromStream(assembly, symbols);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name ?? string.Empty;
        bool shared = !_private.Contains(name) && (_config.PreferSharedTypes || _shared.Contains(name));
        if (shared && FromHost(assemblyName) is { } assembly)
        {
            if (_config.IsLazyLoaded)
            {
                foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
                {
                    _shared.Add(reference.Name ?? string.Empty);
                }
            }

            return assembly;
        }

        string? path = _resolver.ResolveAssemblyToPath(assemblyName);
        if (path is null && !string.IsNullOrEmpty(name))
        {
            // A plugin without a deps.json: its folder is all there is to go by.
            string beside = Path.Combine(_folder, assemblyName.CultureName ?? string.Empty, name + ".dll");
            path = File.Exists(beside) ? beside : null;
        }

        // Null: the default context has its try, which is where the framework comes from.
        return path is null ? null : LoadPath(path);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private void Share(AssemblyName root)
    {
        Queue<AssemblyName> names = new([root]);
        while (names.TryDequeue(out AssemblyName? name))
        {
            if (name.Name is null || !_shared.Add(name.Name) || _config.IsLazyLoaded || FromHost(name) is not { } assembly)
            {
                continue;
            }

            foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
            {
                names.Enqueue(reference);
            }
        }
    }

    private Assembly? FromHost(AssemblyName name)
    {
        try
        {
            return _config.DefaultContext.LoadFromAssemblyName(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            // The host does not have it (in this version): the plugin's own copy serves.
            return null;
        }
    }
}
