using System.Globalization;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>schedulers</c> to the schedulers of the flow intent.</summary>
internal static class ScheduleBinding
{
    private const uint DaySeconds = 24 * 60 * 60;

    /// <summary>Reads the schedulers.</summary>
    public static IEnumerable<Scheduler> Read(StatementView root, List<Finding> findings)
    {
        foreach (StatementView view in root["schedulers"].List("scheduler"))
        {
            Scheduler scheduler = new() { Name = view.Key, Source = view.Source };
            foreach (StatementView period in view.List("start-date"))
            {
                (DateTimeOffset? start, DateTimeOffset? stop) = (Date(period.Values[0]), Date(period.Values[1]));
                if (start is null || stop is null || start >= stop)
                {
                    findings.Add(period.Error(start is null || stop is null ? "there is no such date" : "it stops before it starts"));
                    continue;
                }

                scheduler.Periods.Add(new SchedulerPeriod { Start = start.Value.ToUnixTimeSeconds(), Stop = stop.Value.ToUnixTimeSeconds() });
            }

            // Without any day it is active all the time between its dates.
            if (view["daily"].Exists || ScheduleStatements.Days.Any(day => view[day].Exists))
            {
                scheduler.Days.Add(ScheduleStatements.Days.Select(day => Day(view[view[day].Exists ? day : "daily"], findings)));
            }

            if (root["system"].Text("time-zone") is { } zone and not ("UTC" or "GMT"))
            {
                findings.Add(view.Warning($"its times are UTC: 'system time-zone {zone}' is not applied"));
            }

            yield return scheduler;
        }
    }

    private static SchedulerDay Day(StatementView view, List<Finding> findings)
    {
        SchedulerDay day = new();
        if (view.Has("all-day"))
        {
            day.Hours.Add(new SchedulerHours { Stop = DaySeconds });
        }

        foreach (StatementView hours in view.List("start-time"))
        {
            (uint start, uint stop) = (Second(hours.Values[0]), Second(hours.Values[1]));
            if (start < stop)
            {
                day.Hours.Add(new SchedulerHours { Start = start, Stop = stop });
            }
            else if (!findings.Exists(finding => finding.Source.Equals(hours.Source)))
            {
                findings.Add(hours.Error("it stops before it starts: a time past midnight is the next day's"));
            }
        }

        return day;
    }

    private static uint Second(string time) => (uint)TimeSpan.Parse(time, CultureInfo.InvariantCulture).TotalSeconds;

    private static DateTimeOffset? Date(string text) => DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd.HH:mm", "yyyy-MM-dd.HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
}
