using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>Why a peer or a tunnel is down, in the words of who found it.</summary>
internal static class FailureLayout
{
    /// <summary>Adds the lines of a failure.</summary>
    public static void Add(Lines lines, Failure failure, string margin)
    {
        string times = failure.Count > 1 ? $", {failure.Count} times" : string.Empty;
        string moment = Ages.Moment(DateTimeOffset.FromUnixTimeMilliseconds(failure.TimeUnixMilliseconds));
        lines.Add($"{margin}Last failure: {moment}, phase {failure.Phase}{times}");
        lines.Add($"{margin}Cause: {failure.Message}");
        if (failure.Source is { Path.Length: > 0 } source)
        {
            lines.Add($"{margin}Configuration: {source.Path}{(source.Line > 0 ? $" (line {source.Line})" : string.Empty)}");
        }
    }
}
