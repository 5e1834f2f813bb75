using System.Globalization;
using System.Text;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using RouterOS.Unit.Srx;

namespace RouterOS.Unit.Erx;

public sealed class StatementTests
{
    [Fact]
    public void Every_command_has_the_verdict_that_is_on_record()
    {
        StringBuilder text = new();
        Record(ErxStatements.Global, string.Empty, Verdict.Applied, text);

        // To put a change on record, run with ROUTEROS_RECORD_ERX set to the file's path.
        if (Environment.GetEnvironmentVariable("ROUTEROS_RECORD_ERX") is { Length: > 0 } file)
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(SrxText.File("Tests", "Vectors", "erx", "statements.txt").Split('\n'), text.ToString().Split('\n'));
    }

    [Fact]
    public void Pools_of_a_router_that_gives_no_addresses_are_left_out()
    {
        const string Pool = "ip local pool clients 10.9.0.1 10.9.0.9\n";
        Assert.Single(ErxText.Bind(Pool).Intents.Get<AaaIntent>().Pools);
        Assert.Single(ErxText.Bind(Pool + "ip address-pool local\n").Intents.Get<AaaIntent>().Pools);
        Assert.Empty(ErxText.Bind(Pool + "ip address-pool none\n").Intents.Get<AaaIntent>().Pools);
    }

    [Theory]
    [InlineData("log severity warning itm", "itm", 4)]
    [InlineData("log severity warning itm", "aaa", 7)]
    [InlineData("log severity 3", "aaa", 3)]
    [InlineData("log severity off l2tp\nlog severity notice", "l2tp", -1)]
    [InlineData("log severity off l2tp\nlog severity notice", "itm", 5)]
    public void Severities_are_of_a_category_or_of_all(string script, string category, int least) =>
        Assert.Equal(least, RouterOS.Erx.Layouts.LogLayout.LeastOf(StatementView.Of(ErxText.Tree(script + "\n"))["log"], category));

    // What is in a mode shares the verdict of the command that enters it, or has a worse one.
    private static void Record(ScriptMode mode, string path, Verdict inherited, StringBuilder text)
    {
        foreach (ScriptCommand command in mode.Commands)
        {
            Verdict verdict = inherited.Worse(command.Verdict);
            string kind = command.Judge is not null ? "judged" : verdict.Kind.ToString().ToLowerInvariant();
            text.Append(CultureInfo.InvariantCulture, $"{path}{command.Words} = {kind}{(verdict.Reason.Length > 0 ? ": " : string.Empty)}{verdict.Reason}\n");
            if (command.Mode is { } inner)
            {
                Record(inner, $"{path}{command.Words} > ", verdict, text);
            }
        }
    }
}
