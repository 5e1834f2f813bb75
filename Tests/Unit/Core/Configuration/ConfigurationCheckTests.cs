using System.Text.Json;
using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Core.Configuration;

public sealed class ConfigurationCheckTests
{
    [Fact]
    public void Every_statement_has_a_verdict_and_a_line()
    {
        CheckReport report = Run("""
            system {
                host-name edge;
                location "a cellar";
                inactive: no-redirects;
                login { user merlin { class wizard; } }
            }
            vpn { proposal p1 { cipher des; } }
            snmp { community public; }
            legacy { thing; }
            """);
        Assert.Equal(
            [
                "2 Applied system host-name edge",
                "3 Ignored system location \"a cellar\"",
                "4 Ignored system no-redirects",
                "5 Refused system login user merlin class wizard",
                "7 Refused vpn proposal p1 cipher des",
                "8 Ignored snmp community public",
                "9 Refused legacy thing",
            ],
            report.Rows.Select(r => $"{r.Position.Line} {r.Verdict.Kind} {r.Statement}"));
        Assert.False(report.Commits);
        Assert.Contains("there is no magic here", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(5u, report.Findings[0].Source.Line);
    }

    [Fact]
    public void Missing_statements_and_references_are_found()
    {
        CheckReport report = Run("""
            vpn {
                proposal p1 { lifetime-seconds 600; }
                policy pol1 { proposals [ p1 p2 ]; }
                policy pol2;
                gateway gw1 { policy pol3; }
            }
            routes { route 127.0.0.0/8 discard; }
            """);
        Assert.Contains(report.Findings, f => f.Source.Path == "vpn proposal p1" && f.Message.Contains("'cipher'", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Source.Path == "vpn policy pol1 proposals" && f.Message.Contains("'p2'", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Source.Path == "vpn policy pol2" && f.Message.Contains("proposal-set", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Source.Line == 5 && f.Message.Contains("[edit vpn policy]", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Message.Contains("loopback", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_understood_is_an_error_and_the_rest_is_judged()
    {
        CheckReport report = Run("system { host-name edge; frobnicate { a; b; } }\nsnmp { x; }");
        Assert.Equal(2, report.Rows.Count);
        Assert.Contains("2 statements below", report.Errors[0].Message, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.False(json.RootElement.GetProperty("commits").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("errors")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public void Secrets_are_left_out()
    {
        CheckReport report = Run("set vpn policy p pre-shared-key ascii-text hunter2\nset vpn policy p proposal-set basic");
        Assert.True(report.Commits);
        using StringWriter text = new();
        report.Write(text);
        Assert.Contains("pre-shared-key ascii-text <secret>", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text + report.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("$9$", text + report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_names_every_key()
    {
        CheckReport report = Run("rules { from-zone a to-zone b { policy p { then { deny; } } } }");
        Assert.Equal("rules from-zone a to-zone b policy p then deny", Assert.Single(report.Rows).Statement);
    }

    private static CheckReport Run(string text) => ConfigurationCheck.Run(text, new TestLanguage(), TestLanguage.Profile);
}
