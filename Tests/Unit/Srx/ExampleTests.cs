using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Unit.Srx;

public sealed class ExampleTests
{
    [Theory]
    [InlineData("srx240", "Platforms/Srx/Examples/site-a.conf")]
    [InlineData("srx240", "Platforms/Srx/Examples/site-b.conf")]
    [InlineData("srx650", "Platforms/Srx/Examples/site-a.conf")]
    [InlineData("srx650", "Platforms/Srx/Examples/site-b.conf")]
    [InlineData("srx650", "Tests/Conformance/seed-003/edge.conf")]
    [InlineData("srx650", "Tests/Conformance/seed-003/remote.conf")]
    [InlineData("srx650", "Tests/Conformance/seed-003/policy-edge.conf")]
    [InlineData("srx650", "Tests/Conformance/seed-003/policy-remote.conf")]
    public void An_example_commits_with_nothing_refused(string model, string file)
    {
        CheckReport report = SrxText.Check(SrxText.File(file), model);
        Assert.Empty(report.Errors);
        Assert.Empty(report.Warnings);
        Assert.Empty(report.Findings.Select(f => $"{f.Source.Path}: {f.Message}"));
        Assert.Equal(0, report.Count(VerdictKind.Refused));
        Assert.True(report.Commits);
    }

    [Theory]
    [InlineData("Platforms/Srx/Examples/site-a.conf")]
    [InlineData("Platforms/Srx/Examples/site-b.conf")]
    [InlineData("Tests/Conformance/seed-003/edge.conf")]
    [InlineData("Tests/Conformance/seed-003/remote.conf")]
    [InlineData("Tests/Conformance/seed-003/policy-edge.conf")]
    [InlineData("Tests/Conformance/seed-003/policy-remote.conf")]
    public void An_example_is_written_as_it_was_read(string file)
    {
        string text = SrxText.File(file);
        Statement tree = SrxText.Tree(text);
        string written = ConfigurationText.Write(tree, SrxStatements.Root);
        Assert.True(tree.SameAs(SrxText.Tree(written)));
        Assert.Equal(Plain(text), Plain(written));
    }

    [Fact]
    public void All_of_the_course_is_applied()
    {
        CheckReport report = SrxText.Check(SrxText.File("Tests/Conformance/seed-003/edge.conf"));
        Assert.DoesNotContain(report.Rows, row => row.Verdict.Kind != VerdictKind.Applied);
    }

    // Comments on their own and keys in clear are not written back.
    private static IEnumerable<string> Plain(string text) =>
        text.Split('\n').Where(l => !l.StartsWith('#') && !l.StartsWith('/') && !l.Contains("ascii-text", StringComparison.Ordinal));
}
