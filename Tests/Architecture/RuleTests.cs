using System.Text.RegularExpressions;

namespace RouterOS.Architecture;

/// <summary>Rules of style that a compiler does not know.</summary>
public sealed partial class RuleTests
{
    private static readonly string[] s_unsafeAllowed =
        ["Kernel/Packets", "Kernel/Forwarding", "Kernel/Module", "Hal/Linux", "Hal/Crypto"];

    private static readonly string[] s_tops = ["Proto", "Kernel", "Hal", "Plugins", "Platforms"];

    [Fact]
    public void Unsafe_code_stays_in_the_few_projects_that_may_use_it() =>
        Assert.Empty(
            from project in Tree.Projects
            where Tree.Load(project).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true")
            where !s_unsafeAllowed.Contains(project) && !project.EndsWith(".Nodes", StringComparison.Ordinal)
            select project);

    [Fact]
    public void Package_versions_stand_in_one_place() =>
        Assert.Empty(
            from project in Tree.Projects
            where Tree.Load(project).Descendants("PackageReference").Any(r => r.Attribute("Version") is not null)
            select project);

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Assert.Empty(
            from top in s_tops
            from file in Tree.Sources(top)
            let name = Path.GetFileNameWithoutExtension(file)
            where EmptyName().IsMatch(name) && !file.Contains("/Proto/Grpc/", StringComparison.Ordinal)
            select Path.GetRelativePath(Tree.Root, file));

    [Fact]
    public void A_namespace_is_the_path_without_its_top_folder()
    {
        IEnumerable<string> wrong =
            from top in new[] { "Kernel", "Hal", "Plugins", "Platforms" }
            from file in Tree.Sources(top)
            let match = NamespaceLine().Match(File.ReadAllText(file))
            where match.Success
            let relative = Path.GetRelativePath(Path.Combine(Tree.Root, top), Path.GetDirectoryName(file)!)
            let expected = "RouterOS." + relative.Replace('/', '.')
            where match.Groups[1].Value != expected && !relative.StartsWith("Core/Plugins/Loading", StringComparison.Ordinal)
            select $"{Path.GetRelativePath(Tree.Root, file)}: {match.Groups[1].Value}, expected {expected}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_unfinished_is_left_in_the_product() =>
        Assert.Empty(
            from top in s_tops
            from file in Tree.Sources(top)
            where Unfinished().IsMatch(File.ReadAllText(file))
            select Path.GetRelativePath(Tree.Root, file));

    [Fact]
    public void Every_plugin_and_platform_explains_itself() =>
        Assert.Empty(
            from project in Tree.Projects
            where project.StartsWith("Plugins/", StringComparison.Ordinal) || project.StartsWith("Platforms/", StringComparison.Ordinal)
            where !project.EndsWith(".Nodes", StringComparison.Ordinal)
            where !File.Exists(Path.Combine(Tree.Root, project, "README.md"))
            select project);

    [Fact]
    public void Tests_take_their_inputs_and_measure_allocation_in_one_way() =>
        Assert.Empty(
            from file in Tree.Sources("Tests")
            let name = Path.GetFileName(file)
            where name is not ("Seeded.cs" or "Allocation.cs" or "FuzzLoop.cs" or "RuleTests.cs")
            where OwnWay().IsMatch(File.ReadAllText(file))
            where !file.Contains("/Benchmarks/", StringComparison.Ordinal)
            select Path.GetRelativePath(Tree.Root, file));

    [GeneratedRegex("(Manager|Helper|Helpers|Utils|Util|Impl|Base)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"QuickCheckThrowOnFailure|QuickThrowOnFailure|GetAllocatedBytesForCurrentThread")]
    private static partial Regex OwnWay();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b(?! #\d)|\bFIXME\b")]
    private static partial Regex Unfinished();
}
