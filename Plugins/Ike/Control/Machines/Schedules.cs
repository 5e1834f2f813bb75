namespace RouterOS.Ike.Control.Machines;

/// <summary>Delays of retransmission, retry and rekeying, as pure functions.</summary>
internal static class Schedules
{
    /// <summary>Times a message is sent before its exchange is given up.</summary>
    public const int Attempts = 6;

    // Of the time that an answer has.
    private const int HurriedParts = 16;

    // Parts of a byte limit.
    private const double MostMargin = 0.5;
    private const double MostFastMargin = 0.75;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(60);
    // Quick mode with lost messages sent again, on a busy machine.
    private static readonly TimeSpan s_successorNeeds = TimeSpan.FromSeconds(10);
    // The same where every message is soon repeated.
    private static readonly TimeSpan s_hurriedNeeds = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_longestMargin = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for an answer after sending a message for the n-th time: 1, 2, 4, 8, 16, 16 seconds.</summary>
    public static TimeSpan WaitAfter(int attempt) => Shorter(TimeSpan.FromSeconds(1 << Math.Clamp(attempt - 1, 0, 5)), s_longestWait);

    /// <summary>How often it is sent meanwhile where the bytes of the SA that it renews run out: each 62 ms at first.</summary>
    public static TimeSpan HurriedAfter(int attempt) => WaitAfter(attempt) / HurriedParts;

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

    /// <summary>
    /// The same for a limit in bytes; further from the end where traffic went so fast that what is left would be used up before the
    /// successor is in use: before half of the bytes only where the rest lasts for less than two seconds, and never before a quarter.
    /// </summary>
    /// <param name="hardBytes">The hard limit; 0 for none.</param>
    /// <param name="initiator">We made the SA that ends.</param>
    /// <param name="fraction">Random, from 0 to 1.</param>
    /// <param name="rate">Bytes a second of the pair before at most, or 0 where there was none.</param>
    public static ulong SoftBytes(ulong hardBytes, bool initiator, double fraction, double rate)
    {
        double margin = initiator ? 0.1 + (0.1 * fraction) : 0.05;
        double share = rate / Math.Max(1, hardBytes);
        double fast = Math.Max(
            Math.Min(share * s_successorNeeds.TotalSeconds, MostMargin), Math.Min(share * s_hurriedNeeds.TotalSeconds, MostFastMargin));
        return (ulong)(hardBytes * (1 - Math.Max(margin, fast * (initiator ? 1 : 0.5))));
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
