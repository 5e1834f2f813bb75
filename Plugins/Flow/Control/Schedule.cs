using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Control;

/// <summary>When a scheduler is active, and when that changes next. Pure; times are UTC.</summary>
internal static class Schedule
{
    // A week, and the day on which its first hours come again.
    private const int DaysAhead = 8;

    // Dates of which the days that follow are dates, too.
    private static readonly long s_latest = new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>True while policies of the scheduler act.</summary>
    public static bool IsActive(Scheduler scheduler, DateTimeOffset now)
    {
        long second = now.ToUnixTimeSeconds();
        return (scheduler.Periods.Count == 0 || scheduler.Periods.Any(period => period.Start <= second && second < period.Stop))
            && (scheduler.Days.Count == 0
                || HoursOf(scheduler, now.UtcDateTime.DayOfWeek).Any(hours => hours.Start <= SecondOfDay(now) && SecondOfDay(now) < hours.Stop));
    }

    /// <summary>The next time at which it becomes active or inactive; null when it stays as it is.</summary>
    public static DateTimeOffset? NextChange(Scheduler scheduler, DateTimeOffset now)
    {
        bool active = IsActive(scheduler, now);
        IEnumerable<DateTimeOffset> dates = scheduler.Periods.SelectMany(period => new[] { period.Start, period.Stop })
            .Select(second => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(second, 0, s_latest)));
        return dates
            .Concat(dates.Append(now).SelectMany(from => Boundaries(scheduler, from)))
            .Where(time => time > now)
            .Order()
            .Where(time => IsActive(scheduler, time) != active)
            .Select(time => (DateTimeOffset?)time)
            .FirstOrDefault();
    }

    // Beginnings and ends of hours within the week that follows.
    private static IEnumerable<DateTimeOffset> Boundaries(Scheduler scheduler, DateTimeOffset from)
    {
        DateTimeOffset midnight = new(from.UtcDateTime.Date, TimeSpan.Zero);
        return from ahead in Enumerable.Range(0, scheduler.Days.Count == 0 ? 0 : DaysAhead)
               let day = midnight.AddDays(ahead)
               from hours in HoursOf(scheduler, day.DayOfWeek)
               from second in new[] { hours.Start, hours.Stop }
               select day.AddSeconds(second);
    }

    private static RepeatedField<SchedulerHours> HoursOf(Scheduler scheduler, DayOfWeek day) =>
        (int)day < scheduler.Days.Count ? scheduler.Days[(int)day].Hours : [];

    private static uint SecondOfDay(DateTimeOffset time) => (uint)time.UtcDateTime.TimeOfDay.TotalSeconds;
}
