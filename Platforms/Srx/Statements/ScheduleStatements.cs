using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit schedulers]</c>: times at which policies act.</summary>
internal static class ScheduleStatements
{
    /// <summary>Names of the days that a scheduler may have times of its own for, from Sunday.</summary>
    public static IReadOnlyList<string> Days { get; } = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("schedulers", "Times at which policies act",
        List("scheduler", "Scheduler", Name("scheduler-name", 63),
            [
                SrxValues.Description,
                List("start-date", "Date and time between which it may be active",
                    [Key(string.Empty, Date), Key("stop-date", Date)]),
                Day("daily", "Every day that has no times of its own"),
                .. Days.Select(day => Day(day, "Times of that day, in place of the daily ones")),
            ]));

    private static ValueSyntax Date => Pattern("date-time", @"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\.(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", "a date and time such as 2030-01-31.08:30");

    private static ValueSyntax Time => Pattern("time", @"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", "a time such as 08:30 or 17:00:00");

    private static StatementSchema Day(string name, string help) => Container(name, help,
        Flag("all-day", "The whole day").Exclusive("times"),
        Flag("exclude", "Not on that day").Exclusive("times"),
        List("start-time", "Times between which it is active", [Key(string.Empty, Time), Key("stop-time", Time)]).Exclusive("times"))
        .OnLineWhenSingle().Requires("times");
}
