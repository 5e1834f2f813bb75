using RouterOS.Proto.Forwarding.V1;
using RouterOS.Srx.Layouts;

namespace RouterOS.Srx.Commands;

/// <summary>Traffic per second of the units, from the counters of this reading and of the one before. Safe from any thread.</summary>
internal sealed class InterfaceRates
{
    // Two readings closer than this say little about a rate.
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (DateTimeOffset Time, InterfaceCounters Counters, InterfaceRate Rate)> _before = [];

    /// <summary>The rate since the reading before; zero at the first reading.</summary>
    public InterfaceRate Take(uint index, InterfaceCounters counters, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_before.TryGetValue(index, out (DateTimeOffset Time, InterfaceCounters Counters, InterfaceRate Rate) before))
            {
                _before[index] = (now, counters, default);
                return default;
            }

            TimeSpan passed = now - before.Time;
            if (passed < s_shortest)
            {
                return before.Rate;
            }

            ulong PerSecond(ulong later, ulong earlier, ulong factor) =>
                later <= earlier ? 0 : (ulong)((later - earlier) * factor / passed.TotalSeconds);
            InterfaceRate rate = new(
                PerSecond(counters.InputBytes, before.Counters.InputBytes, 8),
                PerSecond(counters.OutputBytes, before.Counters.OutputBytes, 8),
                PerSecond(counters.InputPackets, before.Counters.InputPackets, 1),
                PerSecond(counters.OutputPackets, before.Counters.OutputPackets, 1));
            _before[index] = (now, counters, rate);
            return rate;
        }
    }
}
