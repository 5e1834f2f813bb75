using RouterOS.Core.Configuration;
using RouterOS.Erx;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Fuzz.Regressions;

/// <summary>What the targets of <see cref="Fuzz.Configuration.JunosTests"/> have found.</summary>
public sealed class ConfigurationRegressionTests
{
    private static readonly StatementSchema s_schema = Fuzz.Configuration.Srx.Language.Root;
    private static readonly IConfigurationLanguage s_junose = new ErxPlatform().CreateLanguage(new ErxPlatform().Models[0]);

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

    // It was refused now and then on a busy machine: matching had a tenth of a second on the clock.
    [Fact]
    public void A_pattern_has_all_the_time_it_needs()
    {
        string text = new('a', 60);
        Assert.Equal(text, Values.Pattern("word", "(?:a|a)*b|a*", "letters").Read!(text));
    }

    // The password held a line's end once it was read, and the script that was shown could not be read again.
    [Fact]
    public void A_password_that_does_not_fit_a_line_is_refused()
    {
        ReadResult read = ConfigurationText.Read("aaa local database users\naaa local username anna database users\npassword $9$swordfish-1", s_junose);
        Assert.NotEmpty(read.Errors);
    }

    [Theory]
    [InlineData("no ipsec option nat-t\ndefault ipsec option nat-t")]
    [InlineData("no ipsec option nat-t\nipsec option nat-t")]
    [InlineData("ip route 10.0.0.0 255.0.0.0 192.0.2.1\nno ip route 10.0.0.0 255.0.0.0 192.0.2.1")]
    public void What_is_taken_back_leaves_nothing_behind(string script)
    {
        ReadResult read = ConfigurationText.Read(script, s_junose);
        Assert.Empty(read.Errors);
        Assert.Empty(read.Tree.Children);
    }

    private static ConfigurationDiagnostic? Run(Candidate candidate, string words) =>
        candidate.Delete([.. words.Split(' ').Select(w => new RouterOS.Core.Configuration.Junos.JunosToken(
            RouterOS.Core.Configuration.Junos.JunosTokenKind.Word, w, new SourcePosition(1, 1)))]);
}
