using System.Globalization;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show schedulers</c>.</summary>
internal static class ScheduleLayout
{
    /// <summary>The schedulers.</summary>
    public static string Text(IEnumerable<SchedulerState> schedulers)
    {
        Lines lines = new();
        foreach (SchedulerState state in schedulers)
        {
            bool unused = !state.IsUsed || (!state.IsActive && state.NextChange == 0);
            lines.Add($"Scheduler name: {state.Name}, State: {(unused ? "unused" : state.IsActive ? "active" : "inactive")}");
            if (!unused && state.NextChange != 0)
            {
                string time = DateTimeOffset.FromUnixTimeSeconds(state.NextChange).ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture);
                lines.Add($"  Next {(state.IsActive ? "deactivation" : "activation")}: {time}");
            }
        }

        return lines.ToString();
    }
}
