using System.Globalization;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Rows;
using RouterOS.Forwarding.Workers;

namespace RouterOS.Forwarding;

/// <summary>Copies the outer packets of chosen protections to the control plane, for captures. One per worker.</summary>
/// <remarks>
/// Costs one look at <see cref="IsOn"/> per batch while nobody captures. Copies go up the way of punted packets at a bounded rate; what is
/// too much is counted. Rows of table "tap" choose, keys are numbers of protections.
/// </remarks>
public sealed class PacketTap : IRowSink, ISnapshotSource
{
    /// <summary>Punt channel of the copies, and name of the table.</summary>
    public const string Channel = "tap";

    // Together with the module's bound on what waits, so few that negotiations go on beside them.
    private const int PacketsPerSecond = 4000;
    private const int Burst = 1000;

    // Fields 2 and 3 of TapState.
    private const ulong CounterFields = 0b1100;

    private readonly Action<PuntedPacket> _deliver;
    private readonly TimeProvider _time;
    private readonly Dictionary<uint, Tapped> _tapped = [];
    private TokenBucket _share;

    internal PacketTap(Action<PuntedPacket> deliver, TimeProvider time)
    {
        _deliver = deliver;
        _time = time;
    }

    /// <summary>Somebody captures: nodes that know the protection of outer packets offer them.</summary>
    public bool IsOn { get; private set; }

    /// <inheritdoc/>
    public ulong SummedFields => CounterFields;

    /// <summary>Copies a packet if its protection is among the chosen ones. The packet stays the caller's.</summary>
    public void Offer(uint protection, bool isOutbound, ReadOnlySpan<byte> packet)
    {
        if (!_tapped.TryGetValue(protection, out Tapped? tapped))
        {
            return;
        }

        DateTimeOffset now = _time.GetUtcNow();
        long nanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        if (!_share.Take(nanoseconds, PacketsPerSecond, Burst))
        {
            tapped.Lost++;
            return;
        }

        tapped.Packets++;
        _deliver(new PuntedPacket
        {
            Channel = Channel,
            Instance = 0,
            Interface = 0,
            Source = 0,
            Destination = 0,
            Protocol = 0,
            SourcePort = 0,
            DestinationPort = 0,
            Payload = packet.ToArray(),
            Protection = protection,
            Ttl = 0,
            UnixNanoseconds = (ulong)nanoseconds,
            IsOutbound = isOutbound,
        });
    }

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (!uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint protection))
        {
            return $"'{key}' is no number of a protection.";
        }

        _ = _tapped.TryAdd(protection, new Tapped());
        IsOn = true;
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint protection))
        {
            _ = _tapped.Remove(protection);
            IsOn = _tapped.Count > 0;
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        foreach ((uint protection, Tapped tapped) in _tapped)
        {
            string name = protection.ToString(CultureInfo.InvariantCulture);
            if (key is null or { Length: 0 } || key == name)
            {
                write(name, new ProtobufWriter().Number(1, protection).Number(2, tapped.Packets).Number(3, tapped.Lost).ToArray());
            }
        }
    }

    private sealed class Tapped
    {
        public ulong Packets { get; set; }

        public ulong Lost { get; set; }
    }
}
