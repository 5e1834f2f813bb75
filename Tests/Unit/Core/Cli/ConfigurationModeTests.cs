using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;

namespace RouterOS.Unit.Core.Cli;

public sealed class ConfigurationModeTests
{
    private readonly CliFixture _cli = new();

    public ConfigurationModeTests() => Assert.Equal("Entering configuration mode", _cli.Do("configure"));

    [Fact]
    public void An_edit_is_shown_compared_and_committed()
    {
        _cli.Do("set vpn proposal p1 cipher aes lifetime-seconds 600");
        Assert.Equal("[edit]\n+   vpn {\n+       proposal p1 {\n+           cipher aes;\n+           lifetime-seconds 600;\n+       }\n+   }", _cli.Do("show | compare"));
        Assert.Equal("commit complete", _cli.Do("commit"));
        Assert.Equal(string.Empty, _cli.Do("show | compare"));
        _cli.Do("set vpn proposal p1 lifetime-seconds 700");
        Assert.Equal("[edit vpn proposal p1]\n-   lifetime-seconds 600;\n+   lifetime-seconds 700;", _cli.Do("show | compare"));
        Assert.Equal(
            "set vpn proposal p1 cipher aes\nset vpn proposal p1 lifetime-seconds 700", _cli.Do("show vpn | display set"));
        Assert.Equal("lifetime-seconds 700;", _cli.Do("show vpn proposal p1 lifetime-seconds"));
        Assert.Contains("\"lifetime-seconds\": \"700\"", _cli.Do("show vpn | display json"), StringComparison.Ordinal);
        Assert.Equal("load complete", _cli.Do("rollback 0"));
        Assert.Equal("lifetime-seconds 600;", _cli.Do("show vpn proposal p1 lifetime-seconds"));
        Assert.Equal(
            "## Last commit: 2026-03-01 12:00:00 UTC by anna\nvpn {\n    proposal p1 {\n        cipher aes;\n        lifetime-seconds 600;\n    }\n}",
            _cli.Do("run show configuration"));
    }

    [Fact]
    public void Levels_are_entered_and_left()
    {
        Assert.Equal("\n[edit]\nanna@router# ", _cli.Session.Prompt);
        _cli.Do("edit rules from-zone a to-zone b policy p");
        Assert.Equal("\n[edit rules from-zone a to-zone b policy p]\nanna@router# ", _cli.Session.Prompt);
        _cli.Do("set then permit");
        Assert.Equal("then {\n    permit;\n}", _cli.Do("show"));
        _cli.Do("up");
        Assert.Equal("\n[edit rules from-zone a to-zone b]\nanna@router# ", _cli.Session.Prompt);
        _cli.Do("edit policy q");
        _cli.Do("top set system host-name edge");
        Assert.Contains("policy q]", _cli.Session.Prompt, StringComparison.Ordinal);
        _cli.Do("exit");
        Assert.Contains("to-zone b]", _cli.Session.Prompt, StringComparison.Ordinal);
        _cli.Do("top edit vpn");
        Assert.Contains("[edit vpn]", _cli.Session.Prompt, StringComparison.Ordinal);
        _cli.Do("top");
        Assert.Equal(
            "The configuration has been changed but not committed\nExiting configuration mode", _cli.Do("exit"));
        Assert.Equal("\nanna@router> ", _cli.Session.Prompt);
    }

    [Fact]
    public void A_refused_commit_names_place_statement_and_reason()
    {
        _cli.Do("set vpn gateway g policy none");
        (string text, CliOutcome outcome) = _cli.Run("commit check");
        Assert.Equal(1, outcome.Status);
        Assert.Equal(
            "[edit vpn gateway g]\n  'policy'\n    'none' is not defined under [edit vpn policy]\nerror: configuration check-out failed", text);
        _cli.Do("delete vpn");
        _cli.Do("set rules from-zone a to-zone b policy p then permit tunnel ipsec");
        _cli.Do("set legacy thing");
        Assert.StartsWith("[edit]\n  'legacy'\n    old things are gone\n", _cli.Run("commit").Text, StringComparison.Ordinal);
        Assert.True(_cli.Store.IsEmpty);
    }

    [Theory]
    [InlineData("set vpn proposal p1 cipher rot13", 28, "syntax error: 'rot13' is not allowed; allowed: aes, des.")]
    [InlineData("set vpn frob", 9, "syntax error: unknown statement 'frob'; allowed: proposal, policy, gateway.")]
    [InlineData("set vpn p x", 9, "syntax error: 'p' is ambiguous; allowed: proposal, policy.")]
    [InlineData("set vpn gateway", 16, "syntax error: missing argument; allowed: a name of 1 to 63 letters, digits, '-', '_', '.' or ':'.")]
    [InlineData("frob", 1, "unknown command.")]
    [InlineData("commit confirmed 0", 18, "invalid value: expecting 1 to 65535 minutes.")]
    [InlineData("rollback 50", 10, "invalid value: expecting 0 to 49, or rescue.")]
    [InlineData("load merge", 11, "syntax error, expecting terminal or a filename.")]
    [InlineData("edit system host-name", 22, "syntax error: missing argument; allowed: a name of 1 to 32 letters, digits, '-', '_', '.' or ':'.")]
    public void What_is_not_understood_is_pointed_at(string line, int column, string message)
    {
        (string text, CliOutcome outcome) = _cli.Run(line);
        Assert.Equal(2, outcome.Status);
        Assert.Equal(new string(' ', "anna@router# ".Length + column - 1) + "^\n" + message, text);
    }

    [Fact]
    public void Statements_are_deleted_deactivated_renamed_and_moved()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            _cli.Do($"set vpn proposal {name} cipher aes");
        }

        Assert.Equal("warning: statement not found", _cli.Run("delete vpn proposal x").Text);
        _cli.Do("insert vpn proposal c before proposal a");
        _cli.Do("rename vpn proposal b to proposal d");
        _cli.Do("deactivate vpn proposal a");
        _cli.Do("annotate vpn proposal d \"the last\"");
        Assert.Equal(
            "proposal c {\n    cipher aes;\n}\ninactive: proposal a {\n    cipher aes;\n}\n/* the last */\nproposal d {\n    cipher aes;\n}",
            _cli.Do("show vpn"));
        Assert.Equal(
            "set vpn proposal c cipher aes\nset vpn proposal a cipher aes\ndeactivate vpn proposal a\nset vpn proposal d cipher aes",
            _cli.Do("show vpn | display set"));
        _cli.Do("activate vpn proposal a");
        _cli.Do("delete vpn proposal");
        Assert.Equal(string.Empty, _cli.Do("show"));
    }

    [Fact]
    public void A_copy_has_what_the_original_has_and_lives_by_itself()
    {
        _cli.Do("set vpn gateway a policy p address [ 192.0.2.1 192.0.2.2 ]");
        _cli.Do("annotate vpn gateway a \"the first\"");
        _cli.Do("copy vpn gateway a to gateway b");
        _cli.Do("delete vpn gateway a address 192.0.2.1");
        Assert.Equal(
            "/* the first */\ngateway a {\n    policy p;\n    address 192.0.2.2;\n}\n"
            + "/* the first */\ngateway b {\n    policy p;\n    address [ 192.0.2.1 192.0.2.2 ];\n}",
            _cli.Do("show vpn"));
        Assert.Contains("an entry of this name is there already", _cli.Run("copy vpn gateway a to gateway b").Text, StringComparison.Ordinal);
        Assert.Contains("another 'gateway' must stand after 'to'", _cli.Run("copy vpn gateway a to policy b").Text, StringComparison.Ordinal);
        Assert.Equal("warning: statement not found", _cli.Run("copy vpn gateway x to gateway c").Text);
    }

    [Fact]
    public void The_rescue_configuration_comes_back_until_it_is_deleted()
    {
        Assert.Equal("error: no rescue configuration is saved", _cli.Run("rollback rescue").Text);
        _cli.Do("set system host-name safe");
        _cli.Do("commit");
        _cli.Do("run request system configuration rescue save");
        _cli.Do("set system host-name risky");
        _cli.Do("commit");
        Assert.Equal("system {\n    host-name safe;\n}", _cli.Do("run show system configuration rescue"));
        Assert.Equal("load complete", _cli.Do("rollback rescue"));
        Assert.Equal("system {\n    host-name safe;\n}", _cli.Do("show"));
        _cli.Do("run request system configuration rescue delete");
        Assert.Equal(1, _cli.Run("rollback rescue").Outcome.Status);
        Assert.Equal(1, _cli.Run("run show system configuration rescue").Outcome.Status);
    }

    [Fact]
    public void A_level_is_saved_as_it_is_shown_and_loads_again()
    {
        string path = Path.GetTempFileName();
        try
        {
            _cli.Do("set vpn gateway a address 192.0.2.1");
            Assert.Equal($"Wrote 5 lines of configuration to '{path}'", _cli.Do($"save {path}"));
            _cli.Do("delete vpn");
            Assert.Equal("load complete", _cli.Do($"load merge {path}"));
            Assert.Equal("gateway a {\n    address 192.0.2.1;\n}", _cli.Do("show vpn"));
            Assert.StartsWith("error: cannot write ", _cli.Run($"save {path}/x").Text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Values_of_a_list_come_and_go_one_by_one()
    {
        _cli.Do("set vpn gateway g address [ 192.0.2.1 192.0.2.2 ]");
        _cli.Do("set vpn gateway g address 192.0.2.3");
        Assert.Equal("address [ 192.0.2.1 192.0.2.2 192.0.2.3 ];", _cli.Do("show vpn gateway g address"));
        _cli.Do("delete vpn gateway g address 192.0.2.2");
        Assert.Equal("address [ 192.0.2.1 192.0.2.3 ];", _cli.Do("show vpn gateway g address"));
        _cli.Do("delete vpn gateway g address");
        Assert.Equal("gateway g;", _cli.Do("show vpn"));
    }

    [Fact]
    public void Choices_replace_each_other()
    {
        _cli.Do("set vpn policy p proposals a");
        _cli.Do("set vpn policy p proposal-set basic");
        Assert.Equal("proposal-set basic;", _cli.Do("show vpn policy p"));
    }

    [Fact]
    public void Text_is_loaded_from_the_terminal()
    {
        CliOutcome asked = _cli.Run("load merge terminal").Outcome;
        Assert.True(asked.WantsInput);
        Assert.Equal("load complete", _cli.Do("load merge terminal", "system { host-name edge; }\nvpn { gateway g; gateway h; }\n"));
        Assert.Equal("load complete", _cli.Do("load replace terminal", "vpn { replace: gateway g { address 192.0.2.1; } }\n"));
        Assert.Equal("load complete", _cli.Do("load set terminal", "set vpn gateway i\ndelete vpn gateway h\n"));
        Assert.Equal("gateway i;\ngateway g {\n    address 192.0.2.1;\n}".Split('\n').Order(), _cli.Do("show vpn").Split('\n').Order());
        (string text, CliOutcome outcome) = _cli.Run("load override terminal", "system {\n  host-name -;\n}\nvpn { frob; }\n");
        Assert.Equal(1, outcome.Status);
        Assert.Contains("terminal:2:(13) syntax error: [edit system host-name] '-' is not allowed", text, StringComparison.Ordinal);
        Assert.EndsWith("load failed (2 errors): the candidate is as it was", text, StringComparison.Ordinal);
        Assert.Equal("host-name edge;", _cli.Do("show system"));
        Assert.StartsWith("error: cannot read /nowhere", _cli.Run("load merge /nowhere").Text, StringComparison.Ordinal);
        Assert.Equal("load complete", _cli.Do("load override terminal", "system { no-redirects; }"));
        Assert.Equal("system {\n    no-redirects;\n}", _cli.Do("show"));
    }

    [Fact]
    public void A_confirmed_commit_announces_its_end()
    {
        _cli.Do("set system host-name edge");
        Assert.Equal(
            "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\ncommit complete", _cli.Do("commit confirmed 5"));
        Assert.Equal("\n[edit]\nanna@edge# ", _cli.Session.Prompt);
        Assert.EndsWith("commit confirmed, rollback in 00:05:00", _cli.Do("run show system commit"), StringComparison.Ordinal);
        _cli.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("\n[edit]\nanna@router# ", _cli.Session.Prompt);
    }

    [Fact]
    public void Commit_and_quit_leaves()
    {
        _cli.Do("set system host-name edge");
        Assert.Equal("commit complete\nExiting configuration mode", _cli.Do("commit comment \"first one\" and-quit"));
        Assert.Equal("\nanna@edge> ", _cli.Session.Prompt);
        Assert.Equal("0   2026-03-01 12:00:00 UTC by anna via cli\n    first one", _cli.Do("show system commit"));
    }

    [Fact]
    public void Completion_follows_schema_level_and_candidate()
    {
        _cli.Do("set vpn proposal p1 cipher aes");
        Assert.Equal(["gateway", "policy", "proposal", "|"], _cli.Completions("set vpn "));
        Assert.Equal(["p1"], _cli.Completions("set vpn proposal "));
        Assert.Equal(["aes", "des"], _cli.Completions("set vpn proposal p1 cipher "));
        Assert.Equal(["[", "p1"], _cli.Completions("set vpn policy x proposals "));
        Assert.Equal(["to-zone"], _cli.Completions("set rules from-zone a "));
        Assert.Equal(["merge", "override", "replace", "set"], _cli.Completions("load "));
        Assert.Equal(["check", "comment", "confirmed"], _cli.Completions("commit c"));
        _cli.Do("edit vpn proposal p1");
        Assert.Equal(["lifetime-seconds"], _cli.Completions("set l"));
        Assert.Equal(["system"], _cli.Completions("top edit sy"));
        Assert.Equal(["associations"], _cli.Completions("run show vpn "));
        CompletionItem help = Assert.Single(_cli.Session.Complete("set lifetime-seconds ", out _));
        Assert.Equal(new CompletionItem("<number>", "Lifetime (180..86400 seconds)", Literal: false), help);
    }

    [Fact]
    public async Task Sessions_share_the_candidate()
    {
        _cli.Do("set system host-name edge");
        CliSession other = new(_cli.Engine, "bert", 0);
        List<string> lines = [];
        await other.Execute("configure", string.Empty, lines.Add, default);
        await other.Execute("show system frob", string.Empty, lines.Add, default);
        Assert.Equal("The configuration has been changed but not committed", lines[1]);
        Assert.Equal("syntax error: unknown statement 'frob'; allowed: host-name, location, no-redirects, login (column 13).", lines[2]);
    }
}
