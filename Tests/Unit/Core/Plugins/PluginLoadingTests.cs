using System.Reflection;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;
using RouterOS.Core.Plugins;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Unit.Core.Plugins;

public sealed class PluginLoadingTests
{
    private static readonly string s_folder = typeof(PluginLoadingTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TestPlugins").Value!;

    [Fact]
    public void Two_plugins_each_run_with_their_own_version_of_a_dependency_and_share_the_contract()
    {
        PluginCatalog catalog = PluginCatalog.Scan(s_folder);
        IReadOnlyList<ControlPluginFactory> plugins = catalog.ControlPlugins();
        Assert.Empty(catalog.Problems);
        Assert.Equal(
            [("first", "one of 1"), ("second", "two of 2")],
            plugins.Select(plugin => (plugin.Manifest.Name, plugin.Manifest.Description)));

        IControlPlugin first = plugins[0].Create();
        IControlPlugin second = plugins[1].Create();
        Assert.NotSame(AssemblyLoadContext.GetLoadContext(first.GetType().Assembly), AssemblyLoadContext.GetLoadContext(second.GetType().Assembly));
        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(first.GetType().Assembly));
        Assert.Same(typeof(IControlPlugin).Assembly, first.Manifest.GetType().Assembly);
    }

    [Fact]
    public void What_an_assembly_offers_is_known_without_loading_it()
    {
        PluginCatalog catalog = PluginCatalog.Scan(s_folder);
        Assert.All(catalog.Assemblies, assembly => Assert.Equal(PluginKind.Control, assembly.Kind));
        Assert.Empty(catalog.NodePackages);
    }

    [Fact]
    public void A_folder_without_a_plugin_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("routeros-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "Empty"));
            string broken = Directory.CreateDirectory(Path.Combine(folder, "Broken")).FullName;
            File.WriteAllText(Path.Combine(broken, "RouterOS.Broken.dll"), "no assembly");
            PluginCatalog catalog = PluginCatalog.Scan(folder);
            Assert.Empty(catalog.Assemblies);
            Assert.Equal(2, catalog.Problems.Count);
            Assert.Contains(catalog.Problems, problem => problem.Contains("Broken", StringComparison.Ordinal));
            Assert.Contains(catalog.Problems, problem => problem.Contains("Empty", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_loader_without_shared_types_gives_the_plugin_its_own_contract()
    {
        using PluginLoader loader = PluginLoader.CreateFromAssemblyFile(Path.Combine(s_folder, "First", "RouterOS.First.dll"));
        Type type = loader.LoadDefaultAssembly().GetType("RouterOS.Tests.Plugins.First.FirstPlugin")!;
        Assert.False(typeof(IControlPlugin).IsAssignableFrom(type));
    }

    [Fact]
    public void Preferring_shared_types_takes_the_contract_from_the_host()
    {
        using PluginLoader loader = PluginLoader.CreateFromAssemblyFile(
            Path.Combine(s_folder, "First", "RouterOS.First.dll"), config => config.PreferSharedTypes = true);
        Type type = loader.LoadDefaultAssembly().GetType("RouterOS.Tests.Plugins.First.FirstPlugin")!;
        Assert.True(typeof(IControlPlugin).IsAssignableFrom(type));
    }

    [Fact]
    public void An_unloadable_plugin_can_be_loaded_anew()
    {
        using PluginLoader loader = PluginLoader.CreateFromAssemblyFile(
            Path.Combine(s_folder, "First", "RouterOS.First.dll"), isUnloadable: true, [typeof(IControlPlugin)]);
        Assembly before = loader.LoadDefaultAssembly();
        bool told = false;
        loader.Reloaded += (_, e) => told = e.Loader == loader;
        loader.Reload();
        Assert.True(told);
        Assert.NotSame(before, loader.LoadDefaultAssembly());
    }
}
