using RouterOS.Core.Plugins;

namespace RouterOS.Core.Supervision;

/// <summary>Orders plugins so that each starts after those whose services it calls.</summary>
public static class StartOrder
{
    /// <summary>The order; ties by name. A service that nobody offers, or a circle, becomes a sentence in <paramref name="problems"/>.</summary>
    /// <param name="plugins">The plugins.</param>
    /// <param name="kernelServices">Services that the kernel itself offers.</param>
    /// <param name="problems">Receives what is wrong; the plugins start nevertheless, since calls to what is missing fail one by one.</param>
    public static IReadOnlyList<ControlPluginFactory> Of(
        IEnumerable<ControlPluginFactory> plugins, IReadOnlyCollection<string> kernelServices, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        List<ControlPluginFactory> left = [.. plugins.OrderBy(plugin => plugin.Manifest.Name, StringComparer.Ordinal)];
        HashSet<string> known = [.. left.SelectMany(plugin => plugin.Manifest.Provides)];
        HashSet<string> offered = [.. kernelServices];
        foreach (ControlPluginFactory plugin in left)
        {
            foreach (string service in plugin.Manifest.DependsOn.Where(service => !known.Contains(service) && !offered.Contains(service)))
            {
                problems.Add($"Plugin {plugin.Manifest.Name} needs the service {service}, which nobody offers.");
                offered.Add(service);
            }
        }

        List<ControlPluginFactory> order = [];
        while (left.Count > 0)
        {
            ControlPluginFactory? next = left.Find(plugin => plugin.Manifest.DependsOn.All(offered.Contains));
            if (next is null)
            {
                problems.Add($"Plugins {string.Join(", ", left.Select(plugin => plugin.Manifest.Name))} need each other's services.");
                next = left[0];
            }

            left.Remove(next);
            order.Add(next);
            offered.UnionWith(next.Manifest.Provides);
        }

        return order;
    }
}
