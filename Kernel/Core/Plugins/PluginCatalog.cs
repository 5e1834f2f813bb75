using System.Reflection;
using McMaster.NETCore.Plugins;
using RouterOS.Sdk.Platforms;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Core.Plugins;

/// <summary>The plugins of a directory: one folder each, loaded into contexts of their own on demand.</summary>
/// <remarks>
/// A folder <c>X</c> holds <c>RouterOS.X.dll</c>, or any assemblies with a deps.json beside them. The kernel's contracts and what
/// they are made of come from the host in one version; everything else is private to the plugin.
/// </remarks>
public sealed class PluginCatalog
{
    // Named, not referenced: the routing engine has no business in Forwarding, but a module process loads nodes with this catalog.
    private static readonly string[] s_sharedNames =
    [
        "RouterOS.Sdk", "RouterOS.Forwarding", "RouterOS.Packets", "RouterOS.Abstractions", "RouterOS.Proto", "RouterOS.Grpc",
        "Google.Protobuf", "Grpc.Core.Api", "Grpc.Net.Client", "Grpc.AspNetCore.Server",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options", "Microsoft.Extensions.Configuration.Abstractions",
    ];

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, Assembly> _loaded = new(StringComparer.Ordinal);

    private PluginCatalog(IReadOnlyList<PluginAssembly> assemblies) => Assemblies = assemblies;

    /// <summary>Assemblies found, by folder.</summary>
    public IReadOnlyList<PluginAssembly> Assemblies { get; }

    /// <summary>One sentence for each folder or assembly that is of no use.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Paths of the assemblies with graph nodes, which modules load with <see cref="Load"/>.</summary>
    public IReadOnlyList<string> NodePackages => [.. Assemblies.Where(assembly => assembly.Kind.HasFlag(PluginKind.Nodes)).Select(assembly => assembly.Path)];

    /// <summary>Looks through a directory without loading anything.</summary>
    public static PluginCatalog Scan(string directory)
    {
        List<PluginAssembly> assemblies = [];
        List<string> problems = [];
        if (!Directory.Exists(directory))
        {
            problems.Add($"There is no plugins directory {directory}.");
        }
        else
        {
            foreach (string folder in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
            {
                Look(Path.GetFullPath(folder), assemblies, problems);
            }
        }

        PluginCatalog catalog = new(assemblies);
        catalog._problems.AddRange(problems);
        return catalog;
    }

    /// <summary>A catalog of assemblies that the process has already loaded: for tests and for hosts that compile plugins in.</summary>
    public static PluginCatalog Of(params IEnumerable<Assembly> assemblies)
    {
        Assembly[] loaded = [.. assemblies];
        PluginCatalog catalog = new([.. loaded.Select(assembly =>
            new PluginAssembly(assembly.GetName().Name!, assembly.Location, PluginAssemblyReader.Read(assembly.Location)))]);
        foreach (Assembly assembly in loaded)
        {
            catalog._loaded[assembly.Location] = assembly;
        }

        return catalog;
    }

    /// <summary>Loads an assembly of the catalog; a second call gives the same one.</summary>
    public Assembly Load(string path)
    {
        if (!_loaded.TryGetValue(path, out Assembly? assembly))
        {
            PluginLoader loader = PluginLoader.CreateFromAssemblyFile(path, config =>
            {
                foreach (string name in s_sharedNames)
                {
                    config.SharedAssemblies.Add(new(name));
                }
            });
            assembly = loader.LoadDefaultAssembly();
            _loaded.Add(path, assembly);
        }

        return assembly;
    }

    /// <summary>Loads the control halves; one that cannot be loaded becomes a problem, not an exception.</summary>
    public IReadOnlyList<ControlPluginFactory> ControlPlugins() =>
        Make(PluginKind.Control, typeof(IControlPlugin), constructor => new ControlPluginFactory(() => (IControlPlugin)constructor.Invoke(null)));

    /// <summary>Loads the chassis families; one that cannot be loaded becomes a problem, not an exception.</summary>
    public IReadOnlyList<IPlatformPlugin> Platforms() =>
        Make(PluginKind.Platform, typeof(IPlatformPlugin), constructor => (IPlatformPlugin)constructor.Invoke(null));

    private static void Look(string folder, List<PluginAssembly> assemblies, List<string> problems)
    {
        string name = Path.GetFileName(folder);
        string main = Path.Combine(folder, $"RouterOS.{name}.dll");
        string[] candidates = File.Exists(main)
            ? [main]
            : [.. Directory.EnumerateFiles(folder, "*.dll").Where(dll => File.Exists(Path.ChangeExtension(dll, ".deps.json"))).Order(StringComparer.Ordinal)];
        int before = assemblies.Count;
        foreach (string path in candidates)
        {
            try
            {
                PluginKind kind = PluginAssemblyReader.Read(path);
                if (kind != PluginKind.None)
                {
                    assemblies.Add(new(name, path, kind));
                }
            }
            catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"Plugin {path} cannot be read: {e.Message}");
            }
        }

        if (assemblies.Count == before && candidates.Length == 0)
        {
            problems.Add($"Folder {folder} holds no plugin: neither RouterOS.{name}.dll nor an assembly with a deps.json.");
        }
    }

    private List<T> Make<T>(PluginKind kind, Type contract, Func<ConstructorInfo, T> make)
    {
        List<T> made = [];
        foreach (PluginAssembly plugin in Assemblies.Where(assembly => assembly.Kind.HasFlag(kind)))
        {
            try
            {
                foreach (Type type in Load(plugin.Path).GetTypes())
                {
                    if (type is { IsClass: true, IsAbstract: false } && contract.IsAssignableFrom(type))
                    {
                        made.Add(make(type.GetConstructor(Type.EmptyTypes)
                            ?? throw new MissingMethodException($"{type.FullName} has no public constructor without parameters.")));
                    }
                }
            }
            catch (Exception e)
            {
                // Whatever is wrong with a plugin, the router boots without it and says so.
                string reason = e switch
                {
                    ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => first.Message,
                    TargetInvocationException { InnerException: { } inner } => inner.Message,
                    _ => e.Message,
                };
                _problems.Add($"Plugin {plugin.Name} cannot be loaded: {reason}");
            }
        }

        return made;
    }
}
