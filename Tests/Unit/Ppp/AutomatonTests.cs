using RouterOS.Ppp.Control.Machines;

namespace RouterOS.Unit.Ppp;

public sealed class AutomatonTests
{
    private static readonly string[] s_events =
        ["Up", "Down", "Open", "Close", "TO+", "TO-", "RCR+", "RCR-", "RCA", "RCN", "RTR", "RTA", "RUC", "RXJ+", "RXJ-", "RXR"];

    private static readonly Dictionary<string, AutomatonActions> s_actions = new()
    {
        ["tlu"] = AutomatonActions.LayerUp, ["tld"] = AutomatonActions.LayerDown, ["tls"] = AutomatonActions.LayerStarted,
        ["tlf"] = AutomatonActions.LayerFinished, ["irc"] = AutomatonActions.InitializeCount, ["zrc"] = AutomatonActions.ZeroCount,
        ["scr"] = AutomatonActions.SendRequest, ["sca"] = AutomatonActions.SendAck, ["scn"] = AutomatonActions.SendNak,
        ["str"] = AutomatonActions.SendTerminateRequest, ["sta"] = AutomatonActions.SendTerminateAck,
        ["scj"] = AutomatonActions.SendCodeReject, ["ser"] = AutomatonActions.SendEchoReply,
    };

    [Fact]
    public void Every_state_and_event_is_as_the_RFC_says()
    {
        int pairs = 0;
        foreach (string line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "rfc1661/automaton.txt")))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 11 || words[0].StartsWith('#'))
            {
                continue;
            }

            AutomatonEvent input = (AutomatonEvent)Array.IndexOf(s_events, words[0]);
            for (int state = 0; state < 10; state++)
            {
                string cell = words[state + 1];
                string[] parts = cell.Split('/');
                AutomatonStep expected = cell == "-" ? new((AutomatonState)state, 0)
                    : new((AutomatonState)int.Parse(parts[^1]), parts.Length == 1 ? 0 : parts[0].Split(',').Aggregate((AutomatonActions)0, (a, n) => a | s_actions[n]));
                Assert.Equal((words[0], state, expected), (words[0], state, AutomatonMachine.Next((AutomatonState)state, input)));
                pairs++;
            }
        }

        Assert.Equal(160, pairs);
    }
}
