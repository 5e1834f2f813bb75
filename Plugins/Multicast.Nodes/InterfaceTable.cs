using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Nodes;

/// <summary>Table "multicast-interface": where packets to groups come and go, and what may leave. One worker's.</summary>
internal sealed class InterfaceTable(ConcurrentDictionary<uint, RateBucket> buckets) : IRowSink
{
    private Limits?[] _limits = new Limits?[64];

    /// <summary>What holds for an interface; null where packets to groups neither come nor go.</summary>
    public Limits? Of(uint index)
    {
        Limits?[] limits = _limits;
        return index < (uint)limits.Length ? limits[index] : null;
    }

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        InterfaceRow parsed;
        try
        {
            parsed = InterfaceRow.Parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException failure)
        {
            return $"Not a row of this table: {failure.Message}";
        }

        if (key != parsed.Interface.ToString(CultureInfo.InvariantCulture) || parsed.Interface is 0 or > ForwardingTables.MaximumIndex
            || parsed.TtlThreshold > byte.MaxValue)
        {
            return $"The multicast interface '{key}' has numbers out of range.";
        }

        if (parsed.Interface >= (uint)_limits.Length)
        {
            Array.Resize(ref _limits, (int)Math.Max(parsed.Interface + 1, (uint)_limits.Length * 2));
        }

        _limits[parsed.Interface] = new Limits((byte)parsed.TtlThreshold, parsed.RateLimit, buckets.GetOrAdd(parsed.Interface, _ => new RateBucket()));
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (uint.TryParse(key, CultureInfo.InvariantCulture, out uint index) && Of(index) is not null)
        {
            _limits[index] = null;
        }
    }

    /// <summary>What may leave by an interface.</summary>
    /// <param name="TtlThreshold">Packets leave only with a TTL above it.</param>
    /// <param name="RateLimit">Bits per second; 0: any.</param>
    /// <param name="Bucket">What is left of them.</param>
    internal sealed record Limits(byte TtlThreshold, ulong RateLimit, RateBucket Bucket);
}
