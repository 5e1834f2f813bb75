using RouterOS.Core.Configuration;
using RouterOS.Unit.Srx;

namespace RouterOS.Unit.Erx;

/// <summary>Every configuration command of the two documents about the series.</summary>
public sealed class SeedTests
{
    private static (string Verdict, string Command)[] Commands =>
    [
        .. SrxText.File("Tests", "Conformance", "seed-000", "commands.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim())),
    ];

    [Fact]
    public void Check_has_a_verdict_for_every_command()
    {
        CheckReport report = ErxText.Check(string.Join('\n', Commands.Select(c => c.Command)));

        Assert.Empty(report.Errors);
        Assert.Equal(
            Commands.Select(c => $"{c.Verdict} {Words(c.Command)}"),
            report.Rows.Select(r => $"{r.Verdict.Kind.ToString().ToLowerInvariant()} {Words(r.Statement)}"));

        static string Words(string line) => line.StartsWith("pre-share", StringComparison.Ordinal) ? line.Split(' ')[0] : line;
    }

    [Fact]
    public async Task Every_command_is_answered_at_the_prompt()
    {
        using ErxSession session = new();
        await session.Run("enable");
        await session.Run("configure terminal");
        foreach ((string verdict, string command) in Commands)
        {
            (int status, string output) = await session.Run(command);

            Assert.True(status == (verdict == "refused" ? 1 : 0), $"{session.Prompt}{command}: {status}\n{output}");
            Assert.True(status == 0 || output.StartsWith("% ", StringComparison.Ordinal), output);
        }
    }
}
