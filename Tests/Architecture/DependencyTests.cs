using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RouterOS.Architecture;

/// <summary>Who may reference whom: the table of the design, checked on the csproj files and on the built assemblies.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Proto/Grpc"] = [],
        ["Proto"] = ["Proto/Grpc"],
        ["Kernel/Packets"] = [],
        ["Hal/Abstractions"] = ["Kernel/Packets"],
        ["Kernel/Forwarding"] = ["Kernel/Packets", "Hal/Abstractions", "Proto", "Proto/Grpc"],
        ["Kernel/Sdk"] = ["Proto", "Proto/Grpc", "Hal/Abstractions"],
        ["Kernel/Core"] = ["Kernel/Sdk", "Proto", "Proto/Grpc", "Hal/Abstractions"],
        ["Kernel/Module"] = ["Proto", "Proto/Grpc", "Kernel/Forwarding", "Kernel/Packets", "Hal/Abstractions"],
        ["Kernel/Host"] =
        [
            "Proto", "Proto/Grpc", "Kernel/Packets", "Kernel/Forwarding", "Kernel/Sdk", "Kernel/Core", "Kernel/Module",
            "Hal/Abstractions", "Hal/Linux", "Hal/Crypto", "Hal/Simulation",
        ],
        ["Hal/Linux"] = ["Hal/Abstractions", "Kernel/Packets"],
        ["Hal/Crypto"] = ["Hal/Abstractions", "Kernel/Packets"],
        ["Hal/Simulation"] = ["Hal/Abstractions", "Kernel/Packets"],
        // The router's peer, made of the router's protocols; only processes that want clients load it.
        ["Plugins/Clients"] =
        [
            "Kernel/Sdk", "Hal/Abstractions", "Hal/Crypto", "Kernel/Packets", "Proto", "Proto/Grpc",
            "Plugins/Ike", "Plugins/L2tp", "Plugins/Ppp", "Plugins/Aaa",
        ],
    };

    public static TheoryData<string> Projects { get; } = [.. Tree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_design_allows(string project) =>
        Assert.Empty(Tree.References(project).Except(Allowed(project)).Select(r => $"{project} -> {r}"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_built_assembly_uses_only_what_the_design_allows(string project)
    {
        HashSet<string> allowed = [.. Allowed(project).Select(p => "RouterOS." + Path.GetFileName(p))];
        using PEReader file = new(File.OpenRead(Tree.Assembly(project)));
        MetadataReader reader = file.GetMetadataReader();
        IEnumerable<string> used = reader.AssemblyReferences.Select(h => reader.GetString(reader.GetAssemblyReference(h).Name));
        Assert.DoesNotContain(used, name => name.StartsWith("RouterOS.", StringComparison.Ordinal) && !allowed.Contains(name));
    }

    [Fact]
    public void No_plugin_references_another() =>
        Assert.Empty(
            from project in Tree.Projects
            where IsPlugin(project) && project != "Plugins/Clients"
            from reference in Tree.References(project)
            where IsPlugin(reference) && project != reference + ".Nodes"
            select $"{project} -> {reference}");

    [Fact]
    public void Nodes_use_only_the_wire_namespace_of_their_plugin()
    {
        foreach (string project in Tree.Projects.Where(p => p.EndsWith(".Nodes", StringComparison.Ordinal)))
        {
            using PEReader file = new(File.OpenRead(Tree.Assembly(project)));
            MetadataReader reader = file.GetMetadataReader();
            string plugin = "RouterOS." + Path.GetFileName(project)[..^".Nodes".Length];
            IEnumerable<string> outside =
                from handle in reader.TypeReferences
                let type = reader.GetTypeReference(handle)
                where type.ResolutionScope.Kind == HandleKind.AssemblyReference
                let assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)
                where assembly == plugin
                let name = reader.GetString(type.Namespace)
                where name != plugin + ".Wire"
                select $"{project} uses {name}.{reader.GetString(type.Name)}";
            Assert.Empty(outside);
        }
    }

    private static bool IsPlugin(string project) =>
        project.StartsWith("Plugins/", StringComparison.Ordinal) || project.StartsWith("Platforms/", StringComparison.Ordinal);

    private static string[] Allowed(string project) =>
        s_allowed.TryGetValue(project, out string[]? listed) ? listed
        : project.EndsWith(".Nodes", StringComparison.Ordinal)
            ? ["Kernel/Forwarding", "Kernel/Packets", "Hal/Abstractions", "Proto", "Proto/Grpc", project[..^".Nodes".Length]]
            : ["Kernel/Sdk", "Hal/Abstractions", "Proto", "Proto/Grpc"];
}
