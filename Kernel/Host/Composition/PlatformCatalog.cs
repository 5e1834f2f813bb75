using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Plugins;
using RouterOS.Sdk.Platforms;

namespace RouterOS.Host.Composition;

/// <summary>The chassis models of all platform plugins, by name.</summary>
internal sealed class PlatformCatalog
{
    private readonly IReadOnlyList<IPlatformPlugin> _families;

    /// <summary>Loads the platform plugins of a catalog.</summary>
    public PlatformCatalog(PluginCatalog plugins) => _families = plugins.Platforms();

    /// <summary>The families, by name.</summary>
    public IEnumerable<IPlatformPlugin> Families => _families.OrderBy(family => family.Name, StringComparer.Ordinal);

    /// <summary>The model of a name, or a family's first one by the family's name.</summary>
    /// <exception cref="RefusedException">There is no such platform.</exception>
    public (IPlatformPlugin Family, ChassisProfile Profile) Find(string name)
    {
        foreach (IPlatformPlugin family in _families)
        {
            if (family.Models.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } model)
            {
                return (family, model);
            }

            if (family.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return (family, family.Models[0]);
            }
        }

        string known = string.Join(", ", _families.SelectMany(family => family.Models).Select(model => model.Name));
        throw new RefusedException(_families.Count == 0
            ? $"no platform plugin was found in {PluginsFolder.Path}; build the solution, or name a folder by ROUTEROS_PLUGINS"
            : $"there is no platform '{name}'; there are: {known}");
    }
}
