using System.CommandLine;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Plugins;
using RouterOS.Host.Composition;
using RouterOS.Sdk.Platforms;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros platforms</c> and <c>routeros plugins</c>.</summary>
internal static class ListCommands
{
    public static Command CreatePlatforms()
    {
        Command command = new("platforms", "List the chassis models that can be booted.");
        command.SetAction(_ => CommonOptions.Guard(Platforms));
        return command;
    }

    public static Command CreatePlugins()
    {
        Command command = new("plugins", "List the plugins that were found, and what is wrong with those that cannot be used.");
        command.SetAction(_ => CommonOptions.Guard(Plugins));
        return command;
    }

    private static int Platforms()
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        PlatformCatalog platforms = new(catalog);
        Console.Out.WriteLine($"{"Name",-10} {"Model",-12} {"Language",-9} {"Ports",5}  Description");
        foreach (IPlatformPlugin family in platforms.Families)
        {
            foreach (ChassisProfile model in family.Models)
            {
                Console.Out.WriteLine(
                    $"{model.Name,-10} {model.Model,-12} {model.Language,-9} {model.Slots.Sum(slot => slot.Ports.Count),5}  {model.Description}");
            }
        }

        return Problems(catalog);
    }

    private static int Plugins()
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        Console.Out.WriteLine($"{"Plugin",-12} {"Kind",-10} Description");
        foreach (ControlPluginFactory plugin in catalog.ControlPlugins())
        {
            Console.Out.WriteLine($"{plugin.Manifest.Name,-12} {"control",-10} {plugin.Manifest.Description}");
        }

        foreach (PluginAssembly nodes in catalog.Assemblies.Where(assembly => assembly.Kind.HasFlag(PluginKind.Nodes)))
        {
            Console.Out.WriteLine($"{nodes.Name,-12} {"nodes",-10} packet nodes, loaded by the data process");
        }

        foreach (IPlatformPlugin family in catalog.Platforms())
        {
            Console.Out.WriteLine($"{family.Name,-12} {"platform",-10} {family.Description}");
        }

        Console.Out.WriteLine($"From {PluginsFolder.Path}");
        return Problems(catalog);
    }

    private static int Problems(PluginCatalog catalog)
    {
        foreach (string problem in catalog.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        return catalog.Problems.Count == 0 ? ExitCodes.Success : ExitCodes.Failed;
    }
}
