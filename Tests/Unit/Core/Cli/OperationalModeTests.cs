using Microsoft.Extensions.Logging;
using RouterOS.Core.Cli;

namespace RouterOS.Unit.Core.Cli;

public sealed class OperationalModeTests
{
    private readonly CliFixture _cli = new();

    [Theory]
    [InlineData("show vpn associations", "")]
    [InlineData("sh vpn assoc det", "detail= ")]
    [InlineData("show vpn associations 192.0.2.1 index 7 brief", "brief= index=7 peer=192.0.2.1 ")]
    [InlineData("ping edge count 3", "host=edge count=3 ")]
    [InlineData("ping count 3 edge", "host=edge count=3 ")]
    public void Words_may_be_short_and_options_stand_in_any_order(string line, string output) => Assert.Equal(output, _cli.Do(line));

    [Theory]
    [InlineData("shwo version", 1, "unknown command.")]
    [InlineData("show vpn frob", 10, "syntax error, expecting <command>.")]
    [InlineData("show vpn", 9, "syntax error, expecting <command>.")]
    [InlineData("show vpn associations brief detail", 29, "syntax error, expecting an IPv4 address.")]
    [InlineData("show vpn associations index 700", 29, "invalid value '700': expecting a number from 1 to 100.")]
    [InlineData("ping", 5, "missing argument: <host>, a text of 1 to 255 characters.")]
    [InlineData("show l", 6, "'l' is ambiguous: lines, log.")]
    [InlineData("show lines | frob", 14, "expecting one of compare, count, display, except, find, last, match, no-more.")]
    [InlineData("show lines | match", 19, "missing pattern.")]
    [InlineData("show lines | display set", 14, "only 'show configuration' has this pipe.")]
    [InlineData("show \"lines", 6, "syntax error: the text in quotes does not end on its line.")]
    public void What_is_not_understood_is_pointed_at(string line, int column, string message)
    {
        (string text, CliOutcome outcome) = _cli.Run(line);
        Assert.Equal(2, outcome.Status);
        Assert.Equal(new string(' ', "anna@router> ".Length + column - 1) + "^\n" + message, text);
    }

    [Theory]
    [InlineData("show lines | match \"line 1[0-9]\" | count", "Count: 10 lines")]
    [InlineData("show lines | except 2 | except 1", "Line 3\nLine 4\nLine 5\nLine 6\nLine 7\nLine 8\nLine 9\nLine 30")]
    [InlineData("show lines | last 2 | no-more", "Line 29\nLine 30")]
    [InlineData("show lines | find 29", "Line 29\nLine 30")]
    [InlineData("show lines | match (a*)*$|x | last 1", "Line 30")]
    [InlineData("show lines | find nothing", "Pattern not found")]
    public void Pipes_select_lines(string line, string output)
    {
        (string text, CliOutcome outcome) = _cli.Run(line);
        Assert.True(outcome.Status == 0 || line.Contains('$', StringComparison.Ordinal), text);
        if (outcome.Status == 0)
        {
            Assert.Equal(output, text);
        }
    }

    [Fact]
    public void A_command_that_crashes_ends_itself_only()
    {
        (string text, CliOutcome outcome) = _cli.Run("show crash");
        Assert.Equal((1, "error: internal error: InvalidOperationException, see 'show log'"), (outcome.Status, text));
        Assert.Equal("error: no module is attached", _cli.Run("show remote").Text);
        Assert.Equal(0, _cli.Run("show lines").Outcome.Status);
    }

    [Fact]
    public async Task Cancellation_is_ctrl_c()
    {
        using CancellationTokenSource source = new();
        List<string> lines = [];
        Task<CliOutcome> running = _cli.Session.Execute("monitor", string.Empty, lines.Add, source.Token);
        await source.CancelAsync();
        Assert.Equal(1, (await running).Status);
        Assert.Equal(["running"], lines);
    }

    [Fact]
    public void Completion_offers_words_options_and_placeholders()
    {
        Assert.Equal(["clear", "configure", "exit", "help", "monitor", "ping", "quit", "request", "show"], _cli.Completions(string.Empty));
        Assert.Equal(["lines", "log"], _cli.Completions("show l"));
        Assert.Equal(["brief", "detail", "index", "|"], _cli.Completions("show vpn associations "));
        Assert.Equal(["index", "|"], _cli.Completions("show vpn associations detail "));
        Assert.Equal(["display"], _cli.Completions("show configuration | d"));
        Assert.Contains(_cli.Session.Complete("ping ", out _), i => i is { Text: "<host>", Literal: false });
        Assert.Contains(
            _cli.Session.Complete("show vpn associations index ", out _), i => i is { Text: "<number>", Help: "Index (1..100)" });
        Assert.Empty(_cli.Completions("frob "));
    }

    [Fact]
    public void The_log_is_shown_and_searched()
    {
        _cli.Log.CreateLogger("RouterOS.Ike").LogWarning("peer 192.0.2.1 does not answer");
        _cli.Log.CreateLogger("RouterOS.Esp").LogInformation("other");
        Assert.Equal("Mar  1 12:00:00  router Ike: peer 192.0.2.1 does not answer", _cli.Do("show log messages | match answer"));
    }

    [Fact]
    public void Uptime_and_exit()
    {
        _cli.Time.Advance(TimeSpan.FromHours(26));
        Assert.Contains("System booted: 2026-03-01 12:00:00 UTC (1d 02:00 ago)", _cli.Do("show system uptime"), StringComparison.Ordinal);
        Assert.True(_cli.Run("exit").Outcome.Closed);
    }
}
