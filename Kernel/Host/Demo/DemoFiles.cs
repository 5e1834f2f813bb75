using RouterOS.Core.Plugins;
using RouterOS.Host.Composition;
using RouterOS.Host.Terminal;

namespace RouterOS.Host.Demo;

/// <summary>What demos have in common: their folder, the examples, and showing commands as an operator would have typed them.</summary>
internal static class DemoFiles
{
    /// <summary>An empty folder for the state of a demo's chassis.</summary>
    public static string FreshFolder(string name)
    {
        string folder = Path.Combine(StatePaths.DefaultState, name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>An example beside the platform plugins.</summary>
    public static string Example(PluginCatalog catalog, string name)
    {
        foreach (PluginAssembly plugin in catalog.Assemblies)
        {
            string file = Path.Combine(Path.GetDirectoryName(plugin.Path)!, "Examples", name);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new RefusedException($"the example {name} is not beside the platform plugins in {PluginsFolder.Path}; build the solution again");
    }

    /// <summary>Runs commands, each behind the prompt that an operator would have typed it at; the worst of their exit codes.</summary>
    public static async Task<int> Show(Grpc.Core.CallInvoker cli, string prompt, IEnumerable<string> commands, CancellationToken stop)
    {
        int worst = ExitCodes.Success;
        foreach (string command in commands)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine($"{prompt} {command}");
            worst = Math.Max(worst, await CliBatch.RunAsync(cli, Environment.UserName, [command], Console.Out, Console.Error, stop));
        }

        return worst;
    }
}
