using System.Text;
using RouterOS.Ike.Control.Machines;

namespace RouterOS.Unit.Ike;

public sealed class MachineTests
{
    [Fact]
    public void Main_mode_is_the_table_that_was_reviewed() => AssertTable<MainModeState, MainModeEvent>(
        "main-mode", (s, e) => MainModeMachine.Next(s, e) is { } step ? (step.State, step.Actions.ToString()) : default);

    [Fact]
    public void Aggressive_mode_is_the_table_that_was_reviewed() => AssertTable<AggressiveModeState, AggressiveModeEvent>(
        "aggressive-mode", (s, e) => AggressiveModeMachine.Next(s, e) is { } step ? (step.State, step.Actions.ToString()) : default);

    [Fact]
    public void Quick_mode_is_the_table_that_was_reviewed() => AssertTable<QuickModeState, QuickModeEvent>(
        "quick-mode", (s, e) => QuickModeMachine.Next(s, e) is { } step ? (step.State, step.Actions.ToString()) : default);

    [Fact]
    public void Life_of_a_pair_is_the_table_that_was_reviewed() => AssertTable<SaPairState, SaPairEvent>(
        "sa-pair", (s, e) => SaPairMachine.Next(s, e) is { } step ? (step.State, step.Actions.ToString()) : default);

    [Fact]
    public void Ended_exchanges_send_nothing_on_their_own()
    {
        foreach (MainModeEvent input in Enum.GetValues<MainModeEvent>())
        {
            Assert.Equal(new(MainModeState.Failed, Phase1Actions.None), MainModeMachine.Next(MainModeState.Failed, input));
            Assert.Equal(
                new(MainModeState.EstablishedAsInitiator, Phase1Actions.None),
                MainModeMachine.Next(MainModeState.EstablishedAsInitiator, input));
        }

        foreach (AggressiveModeEvent input in Enum.GetValues<AggressiveModeEvent>())
        {
            Assert.Equal(new(AggressiveModeState.Failed, Phase1Actions.None), AggressiveModeMachine.Next(AggressiveModeState.Failed, input));
            Assert.Equal(
                new(AggressiveModeState.EstablishedAsResponder, Phase1Actions.None),
                AggressiveModeMachine.Next(AggressiveModeState.EstablishedAsResponder, input));
        }

        foreach (QuickModeEvent input in Enum.GetValues<QuickModeEvent>())
        {
            Assert.Equal(new(QuickModeState.Failed, QuickModeActions.None), QuickModeMachine.Next(QuickModeState.Failed, input));
            Assert.Equal(new(QuickModeState.Confirmed, QuickModeActions.None), QuickModeMachine.Next(QuickModeState.Confirmed, input));
        }

        foreach (SaPairEvent input in Enum.GetValues<SaPairEvent>())
        {
            Assert.Equal(new(SaPairState.Dead, SaPairActions.None), SaPairMachine.Next(SaPairState.Dead, input));
        }
    }

    [Fact]
    public void Delays_grow_and_stay_bounded()
    {
        Assert.Equal([1, 2, 4, 8, 16, 16, 16], Enumerable.Range(1, 7).Select(n => (int)Schedules.WaitAfter(n).TotalSeconds));
        Assert.Equal([10, 20, 40, 60, 60], Enumerable.Range(1, 5).Select(n => (int)Schedules.RetryAfter(n).TotalSeconds));
        foreach (double fraction in (double[])[0, 0.5, 1])
        {
            foreach (int seconds in (int[])[1, 14, 180, 3600, 28800, 86400])
            {
                TimeSpan life = TimeSpan.FromSeconds(seconds);
                TimeSpan initiator = Schedules.SoftLimit(life, true, fraction);
                TimeSpan responder = Schedules.SoftLimit(life, false, fraction);
                Assert.True(initiator > life * 0.79 && initiator < responder && responder < life);
                Assert.True(life - initiator <= TimeSpan.FromMinutes(20));
            }
        }
    }

    [Fact]
    public void A_successor_is_asked_for_the_earlier_the_faster_the_bytes_go_but_not_before_a_quarter_of_them()
    {
        const ulong Hard = 1_000_000;
        Assert.Equal(900_000ul, Schedules.SoftBytes(Hard, true, 0, 0));
        Assert.Equal(800_000ul, Schedules.SoftBytes(Hard, true, 1, 10_000));
        Assert.Equal(700_000ul, Schedules.SoftBytes(Hard, true, 0.5, 30_000));
        Assert.Equal(500_000ul, Schedules.SoftBytes(Hard, true, 0.5, 100_000));
        Assert.Equal(400_000ul, Schedules.SoftBytes(Hard, true, 0.5, 300_000));
        Assert.Equal(250_000ul, Schedules.SoftBytes(Hard, true, 0.5, 1e9));
        Assert.Equal(950_000ul, Schedules.SoftBytes(Hard, false, 0.5, 0));
        Assert.Equal(750_000ul, Schedules.SoftBytes(Hard, false, 0.5, 100_000));
        Assert.Equal(0ul, Schedules.SoftBytes(0, true, 0.5, 1e9));
    }

    // The table is kept beside the test: a changed transition shows up in review.
    private static void AssertTable<TState, TEvent>(string name, Func<TState, TEvent, (TState State, string Actions)> next)
        where TState : struct, Enum
        where TEvent : struct, Enum
    {
        StringBuilder table = new();
        foreach (TState state in Enum.GetValues<TState>())
        {
            foreach (TEvent input in Enum.GetValues<TEvent>())
            {
                (TState to, string actions) = next(state, input);
                if (!to.Equals(state) || actions != "None")
                {
                    table.Append($"{state} + {input} -> {to}: {actions}\n");
                }
            }
        }

        string path = Path.Combine(AppContext.BaseDirectory, "Vectors", "ike-machines", $"{name}.txt");
        Assert.True(File.Exists(path), table.ToString());
        Assert.Equal(File.ReadAllText(path), table.ToString());
    }
}
