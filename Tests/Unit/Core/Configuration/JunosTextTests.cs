using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Core.Configuration;

public sealed class JunosTextTests
{
    public const string Example = """
        system {
            host-name edge;
            no-redirects;
            login {
                user anna {
                    class operator;
                }
            }
        }
        interfaces {
            ge-0/0/1 {
                description "to the provider";
                unit 0 {
                    family inet {
                        address 192.0.2.1/24;
                    }
                }
            }
            ge-0/0/10 {
                unit 0 {
                    family inet;
                }
            }
        }
        vpn {
            proposal p1 {
                cipher aes;
                lifetime-seconds 600;
            }
            policy pol1 {
                proposals p1;
                pre-shared-key ascii-text "$9$KMkW-wsYgGDkZUDkPfzFSreW8x"; ## SECRET-DATA
            }
            gateway gw1 {
                policy pol1;
                address [ 198.51.100.1 198.51.100.2 ];
                local-identity inet 192.0.2.1;
                dead-peer-detection {
                    interval 20;
                    threshold 5;
                }
            }
        }
        rules {
            from-zone trust to-zone untrust {
                policy all {
                    then {
                        permit;
                    }
                }
            }
        }
        book {
            address host1 203.0.113.1/32;
            address host2 {
                203.0.113.2/32;
                description second;
            }
        }
        routes {
            route 0.0.0.0/0 next-hop 192.0.2.254;
            route 10.0.0.0/8 {
                discard;
                preference 200;
            }
            inactive: route 172.16.0.0/12 discard;
        }
        snmp {
            community public {
                authorization read-only;
            }
        }

        """;

    [Fact]
    public void Canonical_text_comes_back_as_it_was()
    {
        string text = Canonical();
        ReadResult read = ConfigurationText.Read(text, TestLanguage.Tree);
        Assert.Empty(read.Errors);
        Assert.Equal(text, ConfigurationText.Write(read.Tree, TestLanguage.Tree));
    }

    [Fact]
    public void Every_tree_is_read_back_from_its_text() => Check.One(Seeded.Config,
        Prop.ForAll(TreeGenerator.Trees.ToArbitrary(), tree =>
        {
            string text = ConfigurationText.Write(tree, TestLanguage.Tree);
            ReadResult read = ConfigurationText.Read(text, TestLanguage.Tree);
            Assert.True(read.Errors.Count == 0, text + string.Join('\n', read.Errors));
            Assert.True(tree.SameAs(read.Tree), text + "\n--- but\n" + ConfigurationText.Write(read.Tree, TestLanguage.Tree));
        }));

    [Fact]
    public void Every_tree_without_opaque_parts_is_made_again_by_its_set_commands() => Check.One(Seeded.Config,
        Prop.ForAll(TreeGenerator.Trees.ToArbitrary(), tree =>
        {
            Statement plain = WithoutComments(tree);
            plain = plain.WithChildren([.. plain.Children.Where(c => c.Name != "snmp")]);
            List<string> lines = ["set system"];
            JunosRenderer.SetLines(plain, TestLanguage.Tree, string.Empty, lines.Add);
            ReadResult read = ConfigurationText.Read(string.Join('\n', lines), TestLanguage.Tree);
            Assert.True(read.Errors.Count == 0, string.Join('\n', lines) + string.Join('\n', read.Errors));
            Assert.Equal(
                ConfigurationText.Write(plain, TestLanguage.Tree), ConfigurationText.Write(read.Tree, TestLanguage.Tree));
        }));

    [Fact]
    public void Mutated_text_is_never_more_than_an_error() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            char[] text = Canonical().ToCharArray();
            for (int i = random.Next(1, 20); i > 0; i--)
            {
                int at = random.Next(text.Length);
                text[at] = random.Next(4) switch
                {
                    0 => (char)random.Next(0x300),
                    1 => text[random.Next(text.Length)],
                    2 => "{};[]\"\\#/*\n"[random.Next(11)],
                    _ => '}',
                };
            }

            string mutated = new(text, 0, random.Next(text.Length));
            ReadResult read = ConfigurationText.Read(mutated, TestLanguage.Tree);
            Assert.All(read.Errors, e => Assert.True(e.Position.Line > 0));
            _ = ConfigurationText.Write(read.Tree, TestLanguage.Tree);
            _ = ConfigurationCheck.Run(mutated, new TestLanguage(), TestLanguage.Profile).ToJson();
        }));

    [Fact]
    public void Random_text_is_never_more_than_an_error() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            _ = ConfigurationText.Read(text ?? string.Empty, TestLanguage.Tree);
            _ = ConfigurationText.Read("set " + text, TestLanguage.Tree);
        }));

    [Theory]
    [InlineData("system {\n    host-nam edge;\n}", 2, 5, "unknown statement 'host-nam'")]
    [InlineData("system {\n    host-name -x;\n}", 2, 15, "'-x' is not allowed")]
    [InlineData("vpn {\n  proposal p1 {\n    cipher rot13;\n  }\n}", 3, 12, "allowed: aes, des")]
    [InlineData("vpn {\n  proposal p1 {\n    lifetime-seconds 5;\n  }\n}", 3, 22, "a number from 180 to 86400")]
    [InlineData("vpn {\n  proposal p1 {\n    cipher aes\n    lifetime-seconds 600;\n  }\n}", 4, 5, "missing ';' before 'lifetime-seconds'")]
    [InlineData("system {\n  host-name edge;\n", 3, 1, "missing '}' of the block that begins in line 1")]
    [InlineData("system { host-name edge; } }", 1, 28, "'}' without a block")]
    [InlineData("system { host-name \"edge; }\n}", 1, 20, "does not end on its line")]
    [InlineData("vpn { gateway g { address [ 192.0.2.1; } }", 1, 29, "missing ']'")]
    [InlineData("rules { from-zone a b { } }", 1, 21, "'b' where 'to-zone' must stand")]
    [InlineData("system { host-name edge { } }", 1, 10, "'host-name' takes no block")]
    [InlineData("vpn { policy p { proposals a; proposal-set basic; } }", 1, 31, "exclude each other")]
    public void An_error_names_line_column_and_what_is_allowed(string text, int line, int column, string message)
    {
        ConfigurationDiagnostic error = ConfigurationText.Read(text, TestLanguage.Tree).Errors[0];
        Assert.Equal(new SourcePosition(line, column), error.Position);
        Assert.Contains(message, error.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        ReadResult read = ConfigurationText.Read(string.Concat(Enumerable.Repeat("snmp { ", 100_000)), TestLanguage.Tree);
        Assert.Contains(read.Errors, e => e.Message.Contains("nested deeper", StringComparison.Ordinal));
    }

    [Fact]
    public void Errors_are_bounded()
    {
        ReadResult read = ConfigurationText.Read(string.Concat(Enumerable.Repeat("nonsense;\n", 100_000)), TestLanguage.Tree);
        Assert.InRange(read.Errors.Count, 1, 1000);
    }

    [Fact]
    public void A_clear_key_is_kept_obfuscated_and_an_error_does_not_show_it()
    {
        ReadResult read = ConfigurationText.Read("set vpn policy p pre-shared-key ascii-text hunter2", TestLanguage.Tree);
        string text = ConfigurationText.Write(read.Tree, TestLanguage.Tree);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("ascii-text \"$9$", text, StringComparison.Ordinal);
        Assert.EndsWith("; ## SECRET-DATA\n    }\n}\n", text, StringComparison.Ordinal);
        Assert.Equal("hunter2", StatementView.Of(read.Tree)["vpn"].Entry("policy", "p")["pre-shared-key"].Secret("ascii-text"));

        ReadResult wrong = ConfigurationText.Read("set vpn policy p pre-shared-key hexadecimal secretkey", TestLanguage.Tree);
        Assert.DoesNotContain("secretkey", wrong.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Protect_and_replace_marks_are_read_with_a_remark()
    {
        ReadResult read = ConfigurationText.Read("protect: system { replace: host-name x; }", TestLanguage.Tree);
        Assert.Empty(read.Errors);
        Assert.Equal(2, read.Warnings.Count);
        Assert.Equal("x", StatementView.Of(read.Tree)["system"].Text("host-name"));
    }

    [Fact]
    public void Several_leaves_fit_in_one_set_command()
    {
        ReadResult read = ConfigurationText.Read(
            "set vpn proposal p1 cipher aes lifetime-seconds 600\nset vpn gateway g dead-peer-detection interval 20 threshold 5",
            TestLanguage.Tree);
        Assert.Empty(read.Errors);
        StatementView vpn = StatementView.Of(read.Tree)["vpn"];
        Assert.Equal(600, vpn.Entry("proposal", "p1").Number("lifetime-seconds"));
        Assert.Equal(5, vpn.Entry("gateway", "g")["dead-peer-detection"].Number("threshold"));
        Assert.Equal(2, vpn.Entry("gateway", "g").Source.Line == 2u ? 2 : 0);
    }

    [Fact]
    public void Inactive_statements_are_invisible_to_bindings()
    {
        ReadResult read = ConfigurationText.Read("inactive: system { host-name x; }", TestLanguage.Tree);
        Assert.False(StatementView.Of(read.Tree).Has("system"));
        Assert.Equal("inactive: system {\n    host-name x;\n}\n", ConfigurationText.Write(read.Tree, TestLanguage.Tree));
    }

    internal static string Canonical() => Example.ReplaceLineEndings("\n").Replace(
        "$9$KMkW-wsYgGDkZUDkPfzFSreW8x", ObfuscatedSecret.Encode("exampleKey"), StringComparison.Ordinal);

    private static Statement WithoutComments(Statement statement) =>
        statement.WithComments([]).WithChildren([.. statement.Children.Select(WithoutComments)]);
}
