using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Nodes;

/// <summary>Table "multicast-route": (source, group) entries of one worker by instance and addresses.</summary>
internal sealed unsafe class RouteTable : IRowSink, ISnapshotSource
{
    /// <summary>Most entries.</summary>
    public const int MaximumRoutes = 65_536;

    private readonly Dictionary<string, (nint Record, uint Instance, ulong Key)> _rows = new(StringComparer.Ordinal);
    private GrowingMap?[] _instances = new GrowingMap?[4];

    /// <summary>Frees the records.</summary>
    ~RouteTable()
    {
        foreach ((nint record, _, _) in _rows.Values)
        {
            Free((RouteRecord*)record);
        }
    }

    /// <summary>Counters add up over the workers.</summary>
    public ulong SummedFields => 0xfe;

    /// <summary>The entry of a packet's addresses, or null.</summary>
    public RouteRecord* Find(uint instance, uint source, uint group)
    {
        GrowingMap?[] instances = _instances;
        return instance < (uint)instances.Length && instances[instance] is { } map ? (RouteRecord*)map.Find(Key(source, group)) : null;
    }

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        RouteRow parsed;
        try
        {
            parsed = RouteRow.Parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException failure)
        {
            return $"Not a row of this table: {failure.Message}";
        }

        if (key != $"{parsed.Instance}/{Ipv4Address.Format(parsed.Source)}/{Ipv4Address.Format(parsed.Group)}")
        {
            return $"The multicast route '{key}' is of {Ipv4Address.Format(parsed.Source)}, {Ipv4Address.Format(parsed.Group)}.";
        }

        if (parsed.Instance > ForwardingTables.MaximumIndex || !Ipv4Address.IsMulticast(parsed.Group) || parsed.Incoming == 0
            || parsed.Outgoing.Any(o => o == 0 || o == parsed.Incoming || o > ForwardingTables.MaximumIndex)
            || parsed.Outgoing.Distinct().Count() != parsed.Outgoing.Count)
        {
            return $"The multicast route '{key}' has numbers out of range.";
        }

        if (!_rows.TryGetValue(key, out (nint Record, uint Instance, ulong Key) place))
        {
            if (_rows.Count >= MaximumRoutes)
            {
                return $"There are {MaximumRoutes} multicast routes already.";
            }

            // Safe: freed when the row goes; no packet keeps it from one batch to the next.
            var made = (RouteRecord*)NativeMemory.AlignedAlloc(RouteRecord.Bytes, 64);
            *made = default;
            made->AskedAt = long.MinValue / 2;
            place = ((nint)made, parsed.Instance, Key(parsed.Source, parsed.Group));
            _rows.Add(key, place);
            MapOf(parsed.Instance).Set(place.Key, place.Record);
        }

        Fill((RouteRecord*)place.Record, parsed);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (_rows.Remove(key, out (nint Record, uint Instance, ulong Key) place))
        {
            _ = MapOf(place.Instance).Remove(place.Key);
            Free((RouteRecord*)place.Record);
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        if (key.Length == 0)
        {
            foreach ((string each, (nint record, _, _)) in _rows)
            {
                write(each, Counters((RouteRecord*)record));
            }
        }
        else if (_rows.TryGetValue(key, out (nint Record, uint, ulong) place))
        {
            write(key, Counters((RouteRecord*)place.Record));
        }
    }

    private static ulong Key(uint source, uint group) => ((ulong)source << 32) | group;

    private static byte[] Counters(RouteRecord* record) => new RouteCounters
    {
        Packets = record->Packets,
        Bytes = record->Octets,
        Copies = record->Copies,
        WrongInterface = record->WrongInterface,
        TtlDrops = record->TtlDrops,
        RateDrops = record->RateDrops,
        BufferDrops = record->BufferDrops,
    }.ToByteArray();

    private static void Fill(RouteRecord* record, RouteRow row)
    {
        if (record->Outgoing != record->Inline)
        {
            NativeMemory.Free(record->Outgoing);
        }

        record->Incoming = row.Incoming;
        record->Count = row.Outgoing.Count;
        // Safe: the record stays where it is while it lives, and so does what lies in it.
        record->Outgoing = row.Outgoing.Count <= RouteRecord.InlineInterfaces
            ? record->Inline : (uint*)NativeMemory.Alloc((nuint)row.Outgoing.Count, sizeof(uint));
        for (int i = 0; i < row.Outgoing.Count; i++)
        {
            record->Outgoing[i] = row.Outgoing[i];
        }
    }

    private static void Free(RouteRecord* record)
    {
        if (record->Outgoing != record->Inline)
        {
            NativeMemory.Free(record->Outgoing);
        }

        NativeMemory.AlignedFree(record);
    }

    private GrowingMap MapOf(uint instance)
    {
        if (instance >= (uint)_instances.Length)
        {
            Array.Resize(ref _instances, (int)Math.Max(instance + 1, (uint)_instances.Length * 2));
        }

        return _instances[instance] ??= new GrowingMap();
    }
}
