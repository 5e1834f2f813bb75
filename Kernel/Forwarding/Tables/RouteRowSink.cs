using System.Globalization;
using RouterOS.Forwarding.Rows;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Takes rows of table "route" (message RouteRow, key = "instance/prefix/length", the prefix dotted or as a number).</summary>
internal sealed class RouteRowSink(ForwardingTables tables) : IRowSink
{
    /// <summary>Worker 0 writes the routes that all workers read.</summary>
    public bool IsShared => true;

    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        var reader = new ProtobufReader(row);
        ulong instance = 0;
        ulong length = 0;
        ulong kind = 0;
        ulong egress = 0;
        uint prefix = 0;
        uint gateway = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    instance = reader.Number;
                    break;
                case 2:
                    prefix = (uint)reader.Number;
                    break;
                case 3:
                    length = reader.Number;
                    break;
                case 4:
                    kind = reader.Number;
                    break;
                case 5:
                    egress = reader.Number;
                    break;
                case 6:
                    gateway = (uint)reader.Number;
                    break;
                default:
                    break;
            }
        }

        if (reader.Failed || length > 32 || instance > ForwardingTables.MaximumIndex || egress > ForwardingTables.MaximumIndex)
        {
            return $"The route row '{key}' is not a valid message.";
        }

        if (!TryParseKey(key, out uint keyInstance, out uint keyPrefix, out int keyLength)
            || keyInstance != instance || keyPrefix != prefix || keyLength != (int)length)
        {
            return $"The route row '{key}' is for {instance}/{Ipv4Address.Format(prefix)}/{length}.";
        }

        if ((prefix & ~Ipv4Address.Mask((int)length)) != 0)
        {
            return $"Route {key} has bits set behind its prefix length.";
        }

        if (kind is 0 or > (ulong)RouteKind.Broadcast)
        {
            return $"Route {key} has kind {kind}, which this module does not know.";
        }

        var what = (RouteKind)kind;
        if (what == RouteKind.Forward && tables.InterfaceAt((uint)egress) is null)
        {
            return $"Route {key} leaves by interface {egress}, which is not there.";
        }

        NextHops hops = tables.Fibs.NextHops;
        Fib fib = tables.Fibs.Make((uint)instance);
        uint number = hops.Acquire(what, (uint)egress, what == RouteKind.Forward ? gateway : 0);
        uint before = fib.Find(prefix, (int)length);
        if (number == 0 || !fib.Set(prefix, (int)length, number))
        {
            hops.Release(number);
            return $"There is no room for route {key}.";
        }

        if (before != 0)
        {
            hops.Release(before);
        }

        return null;
    }

    public void Remove(string key)
    {
        if (TryParseKey(key, out uint instance, out uint prefix, out int length)
            && tables.Fibs.Of(instance)?.Remove(prefix, length) is { } before and not 0)
        {
            tables.Fibs.NextHops.Release(before);
        }
    }

    private static bool TryParseKey(ReadOnlySpan<char> key, out uint instance, out uint prefix, out int length)
    {
        prefix = 0;
        length = 0;
        instance = 0;
        int first = key.IndexOf('/');
        int last = key.LastIndexOf('/');
        return first > 0 && last > first
            && uint.TryParse(key[..first], NumberStyles.None, CultureInfo.InvariantCulture, out instance)
            && (Ipv4Address.TryParse(key[(first + 1)..last], out prefix)
                || uint.TryParse(key[(first + 1)..last], NumberStyles.None, CultureInfo.InvariantCulture, out prefix))
            && int.TryParse(key[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= 32;
    }
}
