namespace RouterOS.Unit.Erx;

public sealed class SessionTests
{
    [Fact]
    public async Task Prompts_name_the_virtual_router_and_the_mode()
    {
        using ErxSession session = new();

        Assert.Equal("router>", session.Prompt);
        await session.Do("enable");
        Assert.Equal("router#", session.Prompt);
        await session.Do("conf t", "hostname host1", "virtual-router lyon");
        Assert.Equal("host1:lyon(config)#", session.Prompt);
        await session.Do("ipsec transport profile p ip address 0.0.0.0");
        Assert.Equal("host1:lyon(config-ipsec-transport-profile)#", session.Prompt);
        await session.Do("local ip address 192.0.2.1");
        Assert.Equal("host1:lyon(config-ipsec-transport-profile-local)#", session.Prompt);
        await session.Do("exit");
        Assert.Equal("host1:lyon(config-ipsec-transport-profile)#", session.Prompt);
        await session.Do("l2tp destination profile q ip address 0.0.0.0", "remote host default");
        Assert.Equal("host1:lyon(config-l2tp-dest-profile-host)#", session.Prompt);
        await session.Do("end");
        Assert.Equal("host1:lyon#", session.Prompt);
        await session.Do("virtual-router default");
        Assert.Equal("host1#", session.Prompt);
    }

    [Fact]
    public async Task Every_command_is_a_commit_that_is_in_force_at_once_and_on_disk()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal");
        int before = session.Applied;
        await session.Do("hostname a", "ipsec option dpd");

        Assert.Equal(before + 2, session.Applied);
        Assert.Equal(["ipsec option dpd", "hostname a"], session.Store.History.Select(r => r.Comment));
        Assert.Empty(await session.Do("end", "copy running-configuration startup-configuration"));
    }

    [Fact]
    public async Task Entering_a_mode_that_is_there_commits_nothing()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal", "interface loopback 0", "exit");
        int commits = session.Store.History.Count;
        await session.Do("interface loopback 0");

        Assert.Equal(commits, session.Store.History.Count);
        Assert.Equal("router(config-if)#", session.Prompt);
    }

    [Theory]
    [InlineData("ipsec ike-policy-rule x", "                      ^", "% invalid input detected at '^' marker.")]
    [InlineData("ipsec ike-policy-rule", "                     ^", "% incomplete command")]
    [InlineData("l2tp d", "     ^", "% ambiguous command")]
    [InlineData("nonsense", "^", "% invalid input detected at '^' marker.")]
    [InlineData("run show nonsense", "         ^", "% invalid input detected at '^' marker.")]
    [InlineData("show version | mangle x", "               ^", "% invalid input detected at '^' marker.")]
    public async Task The_caret_stands_below_the_word_that_is_wrong(string line, string caret, string message)
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal");
        (int status, string output) = await session.Run(line);

        Assert.Equal(2, status);
        Assert.Equal($"{line}\n{caret}\n{message}", output);
    }

    [Fact]
    public async Task At_a_terminal_the_caret_counts_the_prompt()
    {
        using ErxSession session = new(columns: 80);
        (_, string output) = await session.Run("show nonsense");

        Assert.Equal(new string(' ', "router>show ".Length) + "^\n% invalid input detected at '^' marker.", output);
    }

    [Fact]
    public async Task A_refused_command_changes_nothing_and_says_why()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal");
        (int status, string output) = await session.Run("interface atm 2/0");

        Assert.Equal(1, status);
        Assert.Equal("% atm interfaces are not supported: Ethernet and loopback interfaces are", output);
        Assert.Equal("router(config)#", session.Prompt);
        Assert.Empty(session.Store.History);
    }

    [Fact]
    public async Task Show_runs_from_every_mode_and_filters_select()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal", "interface loopback 0");

        Assert.Contains("Virtual Router : default", await session.Do("show virtual-router"), StringComparison.Ordinal);
        Assert.Equal("Virtual Router : default", await session.Do("run show virtual-router | include Router :"));
        Assert.Equal("1 Virtual Router found", await session.Do("show virtual-router | exclude :"));
        Assert.Equal("1 Virtual Router found", await session.Do("show virtual-router | begin found"));
        Assert.Equal("router(config-if)#", session.Prompt);
    }

    [Fact]
    public async Task Ctrl_Z_runs_the_line_and_leaves_configuration()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal", "interface loopback 0", "ip mtu 1400\u001a");

        Assert.Equal("router#", session.Prompt);
        Assert.Contains("ip mtu 1400", await session.Do("show configuration"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_exec_mode_configures_nothing()
    {
        using ErxSession session = new();

        Assert.Equal(2, (await session.Run("configure terminal")).Status);
        Assert.Equal(2, (await session.Run("show configuration")).Status);
        Assert.DoesNotContain("configure", session.Completions("c"));
        await session.Do("enable");
        Assert.Contains("configure", session.Completions("c"));
    }

    [Fact]
    public async Task Completion_offers_what_may_follow()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal");

        Assert.Equal(["ike-policy-rule"], session.Completions("ipsec ike"));
        Assert.Equal(["profile"], session.Completions("ipsec transport "));
        Assert.Contains("loopback", session.Completions("interface "));
        Assert.Contains("no", session.Completions(""));
        Assert.Contains("exit", session.Completions(""));
        await session.Do("ipsec transport profile p ip address 0.0.0.0");
        Assert.Contains("esp-3des-hmac-sha", session.Completions("transform-set "));
        Assert.Contains("esp-3des-hmac-md5", session.Completions("transform-set esp-3des-hmac-sha "));
        Assert.Contains("<cr>", session.Completions("transform-set esp-3des-hmac-sha "));
        Assert.Equal(["include"], session.Completions("show version | i"));
        Assert.Contains("ike-sa", session.Completions("run show ipsec "));
    }

    [Fact]
    public async Task A_virtual_router_that_is_removed_takes_all_in_it_along()
    {
        using ErxSession session = new();
        await session.Do("enable", "configure terminal", "virtual-router lyon", "ip domain-lookup", "no virtual-router lyon");

        Assert.Equal("router(config)#", session.Prompt);
        Assert.DoesNotContain("lyon", await session.Do("run show configuration"), StringComparison.Ordinal);
        Assert.Equal("% virtual router default cannot be removed", (await session.Run("no virtual-router default")).Output);
        Assert.Equal("% virtual router lyon does not exist", (await session.Run("no virtual-router lyon")).Output);
    }

    [Fact]
    public async Task A_script_is_one_commit_with_a_verdict_for_each_line()
    {
        using ErxSession session = new();
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, ErxText.Example);
            await session.Do("enable");
            string output = await session.Do($"configure file {path}");

            Assert.Single(session.Store.History);
            Assert.Contains("applied     ipsec ike-policy-rule 10", output, StringComparison.Ordinal);
            Assert.EndsWith("The script is in effect.", output, StringComparison.Ordinal);
            Assert.Equal("lns#", session.Prompt);

            await File.WriteAllTextAsync(path, "hostname other\ninterface atm 2/0\n");
            Assert.Equal(1, (await session.Run($"configure file {path}")).Status);
            Assert.Equal("lns#", session.Prompt);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Shown_configuration_of_a_session_makes_the_same_configuration()
    {
        using ErxSession session = new();
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, ErxText.Example);
            await session.Do("enable", $"configure file {path}");
            string shown = await session.Do("show configuration");

            Assert.True(session.Store.Active.SameAs(ErxText.Tree(shown)));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
