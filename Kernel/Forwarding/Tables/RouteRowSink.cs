using System.Globalization;
using RouterOS.Forwarding.Rows;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Takes rows of table "route" (message RouteRow, key = "instance/prefix/length", the prefix dotted or as a number).</summary>
internal sealed class RouteRowSink(ForwardingTables tables) : IRowSink
{
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        var reader = new ProtobufReader(row);
        ulong instance = 0;
        ulong length = 0;
        ulong kind = 0;
        ulong egress = 0;
        var route = default(Fib.Route);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    instance = reader.Number;
                    break;
                case 2:
                    route.Prefix = (uint)reader.Number;
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
                    route.Gateway = (uint)reader.Number;
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
            || keyInstance != instance || keyPrefix != route.Prefix || keyLength != (int)length)
        {
            return $"The route row '{key}' is for {instance}/{Ipv4Address.Format(route.Prefix)}/{length}.";
        }

        if ((route.Prefix & ~Ipv4Address.Mask((int)length)) != 0)
        {
            return $"Route {key} has bits set behind its prefix length.";
        }

        if (kind is 0 or > (ulong)RouteKind.Broadcast)
        {
            return $"Route {key} has kind {kind}, which this module does not know.";
        }

        route.Length = (byte)length;
        route.Kind = (RouteKind)kind;
        route.Interface = (uint)egress;
        if (route.Kind == RouteKind.Forward)
        {
            if (tables.InterfaceAt(route.Interface) is null)
            {
                return $"Route {key} leaves by interface {route.Interface}, which is not there.";
            }

            route.Adjacency = tables.Adjacencies.Acquire(route.Interface, route.Gateway);
        }

        Fib fib = tables.MakeFib((uint)instance);
        if (fib.TryGet(route.Prefix, route.Length, out Fib.Route before))
        {
            tables.Adjacencies.Release(before.Adjacency);
        }

        fib.Set(route);
        return null;
    }

    public void Remove(string key)
    {
        if (TryParseKey(key, out uint instance, out uint prefix, out int length)
            && tables.FibOf(instance) is { } fib
            && fib.TryGet(prefix, length, out Fib.Route route))
        {
            fib.Remove(prefix, length);
            tables.Adjacencies.Release(route.Adjacency);
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
