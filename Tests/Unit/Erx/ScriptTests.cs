using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Erx;

public sealed class ScriptTests
{
    [Fact]
    public void What_show_configuration_prints_makes_the_same_configuration_again()
    {
        Statement tree = ErxText.Tree(ErxText.Example);
        string shown = ErxText.Show(tree);
        Statement again = ErxText.Tree(shown);

        Assert.True(tree.SameAs(again), shown + "\n--- but\n" + ErxText.Show(again));
        Assert.Equal(shown, ErxText.Show(again));
    }

    [Fact]
    public void A_script_shows_the_chassis_first_then_each_virtual_router_with_its_modes_indented()
    {
        string shown = ErxText.Show(ErxText.Tree(
            """
            virtual-router lyon
            ip route 10.0.0.0 255.0.0.0 192.0.2.9
            virtual-router default
            interface loopback 3
            ip address 10.1.1.1 255.255.255.255
            hostname box
            ipsec ike-policy-rule 5
            group 5
            ipsec ike-policy-rule 4
            """));

        Assert.Equal(
            """
            hostname box
            ipsec ike-policy-rule 4
            !
            ipsec ike-policy-rule 5
             group 5
            !
            !
            virtual-router default
            interface loopback 3
             ip address 10.1.1.1 255.255.255.255
            !
            !
            virtual-router lyon
            ip route 10.0.0.0 255.0.0.0 192.0.2.9

            """.ReplaceLineEndings("\n"),
            shown);
    }

    [Fact]
    public void The_default_router_stands_first_whenever_it_was_made()
    {
        Statement tree = ErxText.Tree("virtual-router lyon\nip domain-lookup\nvirtual-router default\nip domain-lookup\n");

        Assert.True(tree.SameAs(ErxText.Tree(ErxText.Show(tree))));
    }

    [Fact]
    public void A_line_that_an_inner_mode_knows_too_comes_behind_exit()
    {
        string script = "aaa domain-map example.net\n virtual-router lyon\nexit\nvirtual-router lyon\nip domain-lookup\n";
        Statement tree = ErxText.Tree(script);
        string shown = ErxText.Show(tree);

        Assert.Contains("exit\n", shown, StringComparison.Ordinal);
        Assert.True(tree.SameAs(ErxText.Tree(shown)));
    }

    [Theory]
    [InlineData("interface loopback 0", "int loop 0")]
    [InlineData("ipsec ike-policy-rule 7", "ipsec isakmp-policy-rule 7")]
    [InlineData("IPSEC IKE-POLICY-RULE 7", "ips ik 7")]
    [InlineData("virtual-router default\nipsec transport profile p virtual-router default ip address 192.0.2.9", "ipsec transp pr p ip add 192.0.2.9")]
    [InlineData("l2tp retransmission 4 established", "l2tp ret 4 est")]
    public void Keywords_may_be_shortened_and_their_case_does_not_count(string whole, string shortened) =>
        Assert.Equal(ErxText.Show(ErxText.Tree(whole)), ErxText.Show(ErxText.Tree(shortened)));

    [Theory]
    [InlineData("ipsec ike-policy-rule 0", 23, "'0' is not allowed here")]
    [InlineData("ipsec ike-policy-rule 10001", 23, "'10001' is not allowed here")]
    [InlineData("ipsec ike-policy-rule", 22, "incomplete")]
    [InlineData("ipsec nonsense", 7, "'nonsense' is not allowed here")]
    [InlineData("l2tp d", 6, "ambiguous")]
    [InlineData("ip route 10.0.0.0 255.0.255.0 192.0.2.1", 19, "'255.0.255.0' is not allowed here")]
    [InlineData("hostname \"box", 10, "the text in quotes does not end on its line")]
    [InlineData("virtual-router default extra", 24, "'extra' is not allowed here")]
    public void An_error_names_column_and_word(string line, int column, string message)
    {
        ReadResult read = ConfigurationText.Read("!\n" + line, ErxText.Language());

        ConfigurationDiagnostic error = Assert.Single(read.Errors);
        Assert.Equal(new SourcePosition(2, column), error.Position);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_profile_needs_its_address_only_when_it_is_made()
    {
        Assert.Contains(
            "does not exist: to make it, 'ip address' is needed",
            Assert.Single(ConfigurationText.Read("ipsec transport profile p virtual-router default", ErxText.Language()).Errors).Message, StringComparison.Ordinal);
        Assert.Empty(ConfigurationText.Read("ipsec transport profile p ip address 192.0.2.1\nexit\nipsec transport profile p", ErxText.Language()).Errors);
    }

    [Fact]
    public void A_profile_belongs_to_the_virtual_router_it_names_wherever_it_is_typed()
    {
        string shown = ErxText.Show(ErxText.Tree(
            """
            virtual-router lyon
            virtual-router default
            l2tp destination profile p virtual-router lyon ip address 0.0.0.0
            max-sessions 3
            exit
            l2tp destination profile p
            max-sessions 4
            """));

        Assert.EndsWith("virtual-router lyon\nl2tp destination profile p virtual-router lyon ip address 0.0.0.0\n max-sessions 4\n!\n", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no ipsec option nat-t", "no ipsec option nat-t")]
    [InlineData("ipsec option nat-t", "")]
    [InlineData("no ipsec option nat-t\ndefault ipsec option nat-t", "")]
    [InlineData("ipsec option dpd", "ipsec option dpd")]
    [InlineData("ipsec option dpd\nno ipsec option dpd", "")]
    [InlineData("ipsec option dpd\ndefault ipsec option dpd", "")]
    [InlineData("hostname a\nno hostname", "")]
    public void No_and_default_restore_what_is_so_without_a_command(string script, string shown) =>
        Assert.Equal(shown.Length == 0 ? "" : "!\nvirtual-router default\n" + shown + "\n", ErxText.Show(ErxText.Tree(script)).Replace("!\nvirtual-router default\n", shown.Length == 0 ? "" : "!\nvirtual-router default\n", StringComparison.Ordinal));

    [Fact]
    public void A_range_may_be_set_and_removed_in_parts()
    {
        const string Profile = "ipsec transport profile p ip address 192.0.2.1\n";

        Assert.Contains(" lifetime seconds 900 1000 kilobytes 100000 200000\n", Shown("lifetime seconds 900 1000\nlifetime kilobytes 100000 200000"), StringComparison.Ordinal);
        Assert.Contains(" lifetime kilobytes 100000 200000\n", Shown("lifetime seconds 900 1000 kilobytes 100000 200000\nno lifetime seconds"), StringComparison.Ordinal);
        Assert.DoesNotContain("lifetime", Shown("lifetime seconds 900 1000\nno lifetime"), StringComparison.Ordinal);
        Assert.Single(ConfigurationText.Read(Profile + "lifetime seconds 1000 900", ErxText.Language()).Errors);
        Assert.Single(ConfigurationText.Read(Profile + "lifetime seconds 899 900", ErxText.Language()).Errors);

        static string Shown(string lines) => ErxText.Show(ErxText.Tree(Profile + lines));
    }

    [Fact]
    public void A_second_address_replaces_the_first_unless_it_is_secondary()
    {
        string shown = ErxText.Show(ErxText.Tree(
            "interface loopback 0\nip address 10.0.0.1 255.255.255.255\nip address 10.0.0.2 255.255.255.255 secondary\nip address 10.0.0.3 255.255.255.255"));

        Assert.DoesNotContain("10.0.0.1 ", shown, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2 255.255.255.255 secondary", shown, StringComparison.Ordinal);
        Assert.Contains("10.0.0.3 255.255.255.255\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_shown_masked_and_a_masked_key_is_the_key_again()
    {
        string script = "ipsec transport profile p ip address 192.0.2.1\nlocal ip address 0.0.0.0\npre-share hunter2-hunter2\n";
        Statement tree = ErxText.Tree(script);
        string shown = ErxText.Show(tree);

        Assert.Contains("pre-share-masked AAAAGAAAAAcAAAAC", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        Assert.True(tree.SameAs(ErxText.Tree(shown)));
        Assert.DoesNotContain("hunter2", string.Join('\n', ErxText.Check(script).Rows.Select(r => r.Statement)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_line_is_reported_and_the_others_are_read()
    {
        ReadResult read = ConfigurationText.Read("hostname a\nnonsense\nip domain-lookup", ErxText.Language());

        Assert.Single(read.Errors);
        Assert.Contains("hostname a", ErxText.Show(read.Tree), StringComparison.Ordinal);
        Assert.Contains("ip domain-lookup", ErxText.Show(read.Tree), StringComparison.Ordinal);
    }
}
