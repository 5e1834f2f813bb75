using Grpc.Core;
using RouterOS.Core.Cli;
using RouterOS.Host.Terminal;
using RouterOS.Proto.Cli.V1;
using RouterOS.Proto.InProcess;
using RouterOS.Unit.Core.Cli;
using CliContract = RouterOS.Proto.Cli.V1.Cli;

namespace RouterOS.Unit.Host.Terminal;

public sealed class TerminalTests
{
    private readonly ScriptedTerminal _terminal = new();

    [Fact]
    public async Task Keys_edit_the_line()
    {
        _terminal.Type("shw").Press(ConsoleKey.LeftArrow).Type("o").Press(ConsoleKey.E, control: true).Type(" one two")
            .Press(ConsoleKey.W, control: true).Type("x").Press(ConsoleKey.A, control: true).Type("> ").Press(ConsoleKey.K, control: true)
            .Press(ConsoleKey.Y, control: true).Press(ConsoleKey.B, alt: true).Type("\b\n");
        Assert.Equal(new LineResult("> show onex", LineEnding.Entered), await Read());
    }

    [Fact]
    public async Task History_goes_back_and_forth_and_keeps_the_draft()
    {
        LineEditor editor = new(_terminal, new LineHistory());
        _terminal.Type("one\ntwo\ndraft").Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow)
            .Press(ConsoleKey.DownArrow).Press(ConsoleKey.DownArrow).Press(ConsoleKey.DownArrow).Type("s\n");
        await editor.ReadAsync("> ", None);
        await editor.ReadAsync("> ", None);
        Assert.Equal("drafts", (await editor.ReadAsync("> ", None)).Text);
    }

    [Fact]
    public async Task Tab_completes_as_far_as_candidates_agree_and_then_lists_them()
    {
        _terminal.Type("s\ti\t\tn\tx\n");
        LineResult result = await new LineEditor(_terminal, new LineHistory()).ReadAsync("> ", (line, _) => Task.FromResult(line switch
        {
            "s" => Reply(1, "show"),
            "show i" => Reply(1, "interface", "interval"),
            _ => Reply((uint)(line.Length - line.LastIndexOf(' ') - 1), "interface", "interval"),
        }));
        Assert.Equal("show internx", result.Text);
        Assert.Contains("Possible completions:\r\n  interface", _terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_mark_helps_except_in_quotes()
    {
        _terminal.Type("set \"a?\" ?\n");
        LineResult result = await new LineEditor(_terminal, new LineHistory()).ReadAsync("> ", (line, help) =>
        {
            Assert.Equal("set \"a?\" ", line);
            Assert.True(help);
            return Task.FromResult(Reply(0, "word"));
        });
        Assert.Equal("set \"a?\" ", result.Text);
    }

    [Fact]
    public async Task Interrupt_and_end_of_input_are_told_apart()
    {
        Assert.Equal(LineEnding.Interrupted, (await Read("abc\u0003")).Ending);
        Assert.Equal(LineEnding.EndOfInput, (await Read("\u0004")).Ending);
    }

    [Fact]
    public void Output_stops_after_a_page()
    {
        _terminal.Rows = 4;
        _terminal.Type(" \nq");
        Pager pager = new(_terminal, _terminal.ReadKey, paging: true);
        Assert.True(pager.Write("1\n2\n3\n4\n5\n6\n7\n"));
        Assert.False(pager.Write("8\n9\n"));
        Assert.Equal("1\r\n2\r\n3\r\n---(more)---\r\u001b[K4\r\n5\r\n6\r\n---(more)---\r\u001b[K7\r\n---(more)---\r\u001b[K", _terminal.Screen);
    }

    [Fact]
    public async Task A_session_at_a_terminal_configures_and_leaves()
    {
        _terminal.Type("conf\t\nset system host-n\tedge\ncommit\nload merge terminal\nsystem { no-redirects; }\n\u0004show | no-more\nexit\nexit\nexit\n");
        int status = await CliTerminal.RunAsync(Router(), "anna", _terminal, new RouterOS.Unit.Core.Configuration.ManualTime(), default);
        Assert.Equal(0, status);
        Assert.Contains("\r\n[edit]\r\n\r\u001b[Janna@router# ", _terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("commit complete\r\n", _terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("[Type ^D at a new line to end input]\r\n", _terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("system {\r\n    host-name edge;\r\n    no-redirects;\r\n}\r\n", _terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("anna@edge> ", _terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_returns_its_worst_status()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Assert.Equal(0, await CliBatch.RunAsync(Router(), "anna", ["show lines | last 1"], output, error, default));
        Assert.Equal("Line 30\n", output.ToString());
        Assert.Equal(1, await CliBatch.RunAsync(Router(), "anna", ["show remote", "show lines | count"], output, error, default));
        Assert.Equal(2, await CliBatch.RunAsync(Router(), "anna", ["frob", "show remote"], output, error, default));
        Assert.Contains("unknown command (column 1).\n", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await CliBatch.RunAsync(Router(), "anna", ["configure", "load merge terminal"], output, error, default));
        Assert.Equal(
            3, await CliBatch.RunAsync(new InProcessCallInvoker(new(), TimeProvider.System), "anna", ["show lines"], output, error, default));
    }

    [Fact]
    public async Task A_script_on_standard_input_brings_its_own_text()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringReader script = new("configure\nload override terminal\nsystem {\n host-name edge;\n}\n\u0004\ncommit and-quit\nexit\nfrob\n");
        Assert.Equal(0, await CliBatch.RunAsync(Router(), "anna", script, output, output, default));
        Assert.Contains("load complete\ncommit complete\nExiting configuration mode\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_end_and_are_bounded()
    {
        CliContract.CliClient client = new(Router());
        string first = (await client.OpenAsync(new OpenRequest { User = "a;b\u001b" })).Session;
        for (int i = 0; i < 200; i++)
        {
            await client.OpenAsync(new OpenRequest { User = "x" });
        }

        RpcException gone = await Assert.ThrowsAsync<RpcException>(
            () => client.CompleteAsync(new CompleteRequest { Session = first }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }

    private static InProcessCallInvoker Router()
    {
        InProcessServices services = new();
        CliService service = new(new CliFixture().Engine);
        services.Add(binder => CliContract.BindService(binder, service));
        return new InProcessCallInvoker(services, TimeProvider.System);
    }

    private static CompleteReply Reply(uint replace, params string[] words) => new()
    {
        Replace = replace,
        Candidates = { words.Select(w => new Candidate { Text = w, Literal = true }) },
    };

    private static Task<CompleteReply> None(string line, bool help) => Task.FromResult(new CompleteReply());

    private Task<LineResult> Read(string keys = "") => new LineEditor(_terminal.Type(keys), new LineHistory()).ReadAsync("> ", None);
}
