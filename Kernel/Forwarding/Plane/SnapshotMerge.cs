using RouterOS.Forwarding.Rows;

namespace RouterOS.Forwarding.Plane;

/// <summary>Makes one table of what several workers say of it.</summary>
internal static class SnapshotMerge
{
    /// <summary>Joins rows by key, in the order in which keys first appear; adds up the fields in <paramref name="summedFields"/>.</summary>
    public static IReadOnlyList<SnapshotRow> Merge(IReadOnlyList<List<SnapshotRow>> parts, ulong summedFields)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var merged = new List<SnapshotRow>(parts[0]);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < merged.Count; i++)
        {
            places[merged[i].Key] = i;
        }

        foreach (SnapshotRow row in parts.Skip(1).SelectMany(part => part))
        {
            if (places.TryAdd(row.Key, merged.Count))
            {
                merged.Add(row);
            }
            else if (summedFields != 0)
            {
                int place = places[row.Key];
                merged[place] = merged[place] with { Value = Add(merged[place].Value, row.Value, summedFields) };
            }
        }

        return merged;
    }

    // The summed fields are written behind the others: protobuf does not care for order.
    private static byte[] Add(byte[] first, byte[] second, ulong summedFields)
    {
        Span<ulong> sums = stackalloc ulong[64];
        sums.Clear();
        var result = new ProtobufWriter();
        var reader = new ProtobufReader(first);
        while (reader.Next())
        {
            if (IsSummed(reader.Field, summedFields))
            {
                sums[reader.Field] += reader.Number;
            }
            else
            {
                result.Copy(reader);
            }
        }

        reader = new ProtobufReader(second);
        while (reader.Next())
        {
            if (IsSummed(reader.Field, summedFields))
            {
                sums[reader.Field] += reader.Number;
            }
        }

        for (int field = 1; field < sums.Length; field++)
        {
            result.Number(field, sums[field]);
        }

        return result.ToArray();
    }

    private static bool IsSummed(int field, ulong summedFields) => field < 64 && (summedFields >> field & 1) != 0;
}
