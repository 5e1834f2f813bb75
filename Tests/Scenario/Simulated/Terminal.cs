using System.Globalization;
using System.Text;
using Grpc.Core;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Scenario.Simulated;

/// <summary>An operator at a router's prompt; what the terminal shows is kept.</summary>
internal sealed class Terminal
{
    private readonly SimulatedNetwork _network;
    private readonly Cli.CliClient _client;
    private readonly string _session;
    private readonly StringBuilder _screen = new();
    private string _prompt;
    private string _next = string.Empty;

    public Terminal(SimulatedNetwork network, SimulatedRouter router)
    {
        _network = network;
        _client = new(router.Engine.Bus.Invoker);
        OpenReply reply = network.Do(() => _client.OpenAsync(new() { User = "operator" }).ResponseAsync);
        (_session, _prompt) = (reply.Session, reply.Prompt);
    }

    /// <summary>Everything typed and answered so far.</summary>
    public string Screen => _screen.ToString();

    /// <summary>Types lines.</summary>
    public void Type(string lines)
    {
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = Answer(line.Trim());
        }
    }

    /// <summary>Types a line; the answer is a text, too.</summary>
    public string Answer(string line)
    {
        string answer = _network.Do(() => Run(line), 120);
        _screen.Append(CultureInfo.InvariantCulture, $"{_prompt}{line}\n{answer}");
        _prompt = _next;
        return answer;
    }

    private async Task<string> Run(string line)
    {
        StringBuilder output = new();
        using AsyncServerStreamingCall<ExecuteReply> call = _client.Execute(new() { Session = _session, Line = line });
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            output.Append(call.ResponseStream.Current.Text);
            if (call.ResponseStream.Current.Done is { } done)
            {
                _next = done.Prompt;
            }
        }

        return output.Length == 0 || output[^1] == '\n' ? output.ToString() : output.Append('\n').ToString();
    }
}
