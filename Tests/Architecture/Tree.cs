using System.Reflection;
using System.Xml.Linq;

namespace RouterOS.Architecture;

/// <summary>The project's tree as the rules see it.</summary>
internal static class Tree
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } = typeof(Tree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "Configuration").Value!;

    /// <summary>Folders of product projects, relative to the root: <c>Kernel/Core</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. new[] { "Proto", "Kernel", "Hal", "Plugins", "Platforms" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories))
            .Where(IsSource)
            .Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!))
            .Order(StringComparer.Ordinal)];

    public static XDocument Load(string project) => XDocument.Load(Path.Combine(Root, project, Path.GetFileName(project) + ".csproj"));

    /// <summary>The projects that a project's own csproj names, build-order references left out.</summary>
    public static IReadOnlyList<string> References(string project)
    {
        XDocument document = Load(project);
        IEnumerable<string> direct = document.Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFullPath(Path.Combine(Root, project, (string)r.Attribute("Include")!)))
            .Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!));
        bool grpc = document.Descendants("UsesGrpc").Any(e => e.Value == "true");
        return [.. grpc ? direct.Concat(["Proto", "Proto/Grpc"]) : direct];
    }

    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(IsSource);

    /// <summary>The built assembly of a project.</summary>
    public static string Assembly(string project) => Path.Combine(
        Root, project, "bin", Configuration, "net10.0", (project == "Kernel/Host" ? "routeros" : "RouterOS." + Path.GetFileName(project)) + ".dll");

    private static bool IsSource(string file) =>
        !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RouterOS.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RouterOS.sln is not above the test's folder");
    }
}
