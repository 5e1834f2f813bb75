using System.Reflection;
using RouterOS.Forwarding;

namespace RouterOS.Module;

/// <summary>Finds the node packages in assemblies that the host's plugin loader loads.</summary>
public static class NodePackages
{
    /// <summary>Makes every package of the assemblies; one that cannot be made becomes a sentence in <paramref name="alarms"/>.</summary>
    /// <param name="paths">Paths of assemblies.</param>
    /// <param name="load">Loads an assembly into a context of its own; Forwarding, Packets and Hal/Abstractions must be the host's.</param>
    /// <param name="alarms">Receives what could not be loaded, and why.</param>
    public static IReadOnlyList<INodePackage> Load(IEnumerable<string> paths, Func<string, Assembly> load, ICollection<string> alarms)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(alarms);
        List<INodePackage> packages = [];
        foreach (string path in paths)
        {
            try
            {
                packages.AddRange(load(path).GetTypes()
                    .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(INodePackage).IsAssignableFrom(type))
                    .Select(type => (INodePackage)Activator.CreateInstance(type)!));
            }
            catch (Exception e)
            {
                // Whatever is wrong with a package, the module forwards without it and says so.
                alarms.Add($"Node package {Path.GetFileName(path)} cannot be loaded: {e.InnerException?.Message ?? e.Message}");
            }
        }

        return packages;
    }
}
