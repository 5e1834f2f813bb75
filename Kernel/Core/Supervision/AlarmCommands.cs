using RouterOS.Core.Cli;
using RouterOS.Sdk.Cli;

namespace RouterOS.Core.Supervision;

/// <summary>Commands that list alarms.</summary>
internal static class AlarmCommands
{
    public static IReadOnlyList<OperationalCommand> Create(AlarmBoard alarms) =>
    [
        new("show chassis", "Show chassis information"),
        new("show chassis alarms", "Show chassis alarm status", context => Show(context, alarms)),
        new("show system alarms", "Show system alarm status", context => Show(context, alarms)),
    ];

    private static Task<int> Show(CommandContext context, AlarmBoard alarms)
    {
        IReadOnlyList<Alarm> all = alarms.All;
        if (all.Count == 0)
        {
            context.Output.WriteLine("No alarms currently active");
            return Task.FromResult(0);
        }

        context.Output.WriteLine($"{all.Count} alarms currently active");
        context.Output.WriteLine($"{"Alarm time",-25}{"Class",-7}Description");
        foreach (Alarm alarm in all)
        {
            context.Output.WriteLine($"{StandardCommands.Stamp(alarm.Since),-25}{(alarm.Major ? "Major" : "Minor"),-7}{alarm.Text}");
        }

        return Task.FromResult(0);
    }
}
