namespace RouterOS.Ike.Control.Machines;

/// <summary>Delays of retransmission, retry and rekeying, as pure functions.</summary>
internal static class Schedules
{
    /// <summary>Times a message is sent before its exchange is given up.</summary>
    public const int Attempts = 6;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestMargin = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for an answer after sending a message for the n-th time: 1, 2, 4, 8, 16, 16 seconds.</summary>
    public static TimeSpan WaitAfter(int attempt) => Shorter(TimeSpan.FromSeconds(1 << Math.Clamp(attempt - 1, 0, 5)), s_longestWait);

    /// <summary>How long to wait after the n-th failure in a row: 10, 20, 40, 60 seconds.</summary>
    public static TimeSpan RetryAfter(int failures) => Shorter(TimeSpan.FromSeconds(10 << Math.Clamp(failures - 1, 0, 3)), s_longestRetry);

    /// <summary>
    /// Part of a lifetime after which the successor is negotiated: 80 to 90 % for the initiator, half as close to the end for the responder,
    /// so that normally one side alone starts; never more than 10 to 20 minutes before the end.
    /// </summary>
    /// <param name="lifetime">The hard limit.</param>
    /// <param name="initiator">We made the SA that ends.</param>
    /// <param name="fraction">Random, from 0 to 1: keeps two equal routers from starting at once for ever.</param>
    public static TimeSpan SoftLimit(TimeSpan lifetime, bool initiator, double fraction)
    {
        TimeSpan margin = Shorter(lifetime * (0.1 + (0.1 * fraction)), s_longestMargin * (1 + fraction));
        return lifetime - (initiator ? margin : margin / 2);
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
