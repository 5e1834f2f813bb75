using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Fuzz.Regressions;

/// <summary>What the targets of <see cref="Fuzz.Configuration.JunosTests"/> have found.</summary>
public sealed class ConfigurationRegressionTests
{
    private static readonly StatementSchema s_schema = Fuzz.Configuration.Srx.Language.Root;

    [Theory]
    [InlineData("set system login user u class super-user idle 5\ndeactivate system login user u class super-user")]
    [InlineData("set system login user u class super-user\nset system login user u class other\ndeactivate system login user u class")]
    public void A_command_reaches_opaque_statements_by_the_words_they_begin_with(string script)
    {
        ReadResult read = ConfigurationText.Read(script, s_schema);
        Assert.Empty(read.Errors);
        string[] written = ConfigurationText.Write(read.Tree, s_schema).Split('\n');
        Assert.All(written.Where(line => line.Contains("class", StringComparison.Ordinal)), line => Assert.StartsWith("inactive:", line.Trim(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_reaches_opaque_statements_inside_blocks()
    {
        Candidate candidate = new(s_schema)
        {
            Tree = ConfigurationText.Read("system { login { user u { a { b c; d; } } } }", s_schema).Tree,
        };
        Assert.NotNull(Run(candidate, "system login user u a x"));
        Assert.Null(Run(candidate, "system login user u a b"));
        Assert.DoesNotContain("b c", ConfigurationText.Write(candidate.Tree, s_schema), StringComparison.Ordinal);
        Assert.Null(Run(candidate, "system login user u a d"));
        Assert.DoesNotContain("d;", ConfigurationText.Write(candidate.Tree, s_schema), StringComparison.Ordinal);
    }

    // It got into the candidate, and the file that a commit wrote could not be read again.
    [Fact]
    public void A_control_character_behind_a_backslash_is_an_error_too()
    {
        ReadResult read = ConfigurationText.Read("interfaces { ge-0/0/0 { description \"a\\\u001bb\"; } }", s_schema);
        Assert.Equal("control character 0x1b", Assert.Single(read.Errors).Message);
    }

    private static ConfigurationDiagnostic? Run(Candidate candidate, string words) =>
        candidate.Delete([.. words.Split(' ').Select(w => new RouterOS.Core.Configuration.Junos.JunosToken(
            RouterOS.Core.Configuration.Junos.JunosTokenKind.Word, w, new SourcePosition(1, 1)))]);
}
