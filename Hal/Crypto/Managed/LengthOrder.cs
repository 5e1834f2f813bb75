namespace RouterOS.Crypto.Managed;

/// <summary>Puts messages of a batch into order of length, so that neighbours end at about the same time. Counting sort: no comparison.</summary>
internal sealed class LengthOrder
{
    private const int Buckets = 256;

    private readonly ushort[] _starts = new ushort[Buckets + 1];
    private ushort[] _order = [];

    /// <summary>Indices of the messages, shortest first (equal within 1/256 of the range); valid until the next call.</summary>
    public ReadOnlySpan<ushort> Sort(ReadOnlySpan<int> lengths)
    {
        if (_order.Length < lengths.Length)
        {
            // Grows to the largest batch, then never again.
            _order = new ushort[lengths.Length];
        }

        int least = int.MaxValue;
        int most = 0;
        foreach (int length in lengths)
        {
            least = Math.Min(least, length);
            most = Math.Max(most, length);
        }

        Span<ushort> order = _order.AsSpan(0, lengths.Length);
        if (least == most || lengths.Length == 0)
        {
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = (ushort)i;
            }

            return order;
        }

        int shift = Math.Max(0, 24 - System.Numerics.BitOperations.LeadingZeroCount((uint)(most - least)));
        Span<ushort> starts = _starts;
        starts.Clear();
        foreach (int length in lengths)
        {
            starts[((length - least) >> shift) + 1]++;
        }

        for (int i = 1; i <= Buckets; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (int i = 0; i < lengths.Length; i++)
        {
            order[starts[(lengths[i] - least) >> shift]++] = (ushort)i;
        }

        return order;
    }
}
