using System.Globalization;
using System.Text;
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
    public async Task The_transcript_is_what_check_and_the_prompt_say()
    {
        StringBuilder text = new("check, on an ERX-1440:\n\n");
        foreach (CheckRow row in ErxText.Check(string.Join('\n', Commands.Select(c => c.Command))).Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Verdict.Kind.ToString().ToLowerInvariant(),-8} {row.Statement}\n{(row.Verdict.Reason.Length > 0 ? $"         {row.Verdict.Reason}\n" : string.Empty)}");
        }

        text.Append("\ntyped at the prompt:\n\n");
        using ErxSession session = new();
        foreach (string command in Commands.Select(c => c.Command).Prepend("configure terminal").Prepend("enable").Append("end").Append("show configuration"))
        {
            text.Append(CultureInfo.InvariantCulture, $"{session.Prompt}{command}\n");
            string output = (await session.Run(command)).Output;
            text.Append(output.Length > 0 ? output + "\n" : string.Empty);
        }

        // To put a change on record, run with ROUTEROS_RECORD_SEED set to the file's path.
        if (Environment.GetEnvironmentVariable("ROUTEROS_RECORD_SEED") is { Length: > 0 } file)
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(SrxText.File("Tests", "Conformance", "seed-000", "transcript.txt").Split('\n'), text.ToString().Split('\n'));
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
