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
        ReadOnlySpan<byte> prefix6 = default;
        ReadOnlySpan<byte> gateway6 = default;
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
                case 7:
                    prefix6 = reader.Bytes;
                    break;
                case 8:
                    gateway6 = reader.Bytes;
                    break;
                default:
                    break;
            }
        }

        if (!reader.Failed && !prefix6.IsEmpty)
        {
            return Set6(key, ((uint)Math.Min(instance, uint.MaxValue), (uint)Math.Min(egress, uint.MaxValue)), prefix6, length, kind, gateway6);
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

    // An IPv6 route, key = "instance/address/length".
    private string? Set6(
        string key, (uint Instance, uint Egress) at, ReadOnlySpan<byte> prefix6, ulong length, ulong kind, ReadOnlySpan<byte> gateway6)
    {
        if (prefix6.Length != Ipv6Address.Length || gateway6.Length is not (0 or Ipv6Address.Length) || length > Fib6.Bits
            || at.Instance > ForwardingTables.MaximumIndex || at.Egress > ForwardingTables.MaximumIndex
            || kind is 0 or >= (ulong)RouteKind.Broadcast)
        {
            return $"The route row '{key}' is not a valid message.";
        }

        UInt128 prefix = Ipv6Address.Read(prefix6);
        if (!TryParseKey6(key, out uint keyInstance, out UInt128 keyPrefix, out int keyLength)
            || keyInstance != at.Instance || keyPrefix != prefix || keyLength != (int)length)
        {
            return $"The route row '{key}' is for {at.Instance}/{Ipv6Address.Format(prefix)}/{length}.";
        }

        if ((prefix & ~Ipv6Address.Mask((int)length)) != 0)
        {
            return $"Route {key} has bits set behind its prefix length.";
        }

        var what = (RouteKind)kind;
        if (what == RouteKind.Forward && tables.InterfaceAt(at.Egress) is null)
        {
            return $"Route {key} leaves by interface {at.Egress}, which is not there.";
        }

        Fib6 fib = tables.Fibs.Make6(at.Instance);
        UInt128 address = what == RouteKind.Forward && gateway6.Length > 0 ? Ipv6Address.Read(gateway6) : UInt128.Zero;
        uint gateway = address == 0 ? 0 : tables.Fibs.Gateways6.Acquire(address);
        uint number = address != 0 && gateway == 0 ? 0 : tables.Fibs.NextHops.Acquire(what, at.Egress, gateway);
        uint before = fib.Find(prefix, (int)length);
        if (number == 0 || !fib.Set(prefix, (int)length, number))
        {
            tables.Fibs.NextHops.Release(number);
            tables.Fibs.Gateways6.Release(gateway);
            return $"There is no room for route {key}.";
        }

        Release6(before);
        return null;
    }

    private void Release6(uint number)
    {
        if (number != 0)
        {
            uint gateway = tables.Fibs.NextHops[number].Gateway;
            tables.Fibs.NextHops.Release(number);
            tables.Fibs.Gateways6.Release(gateway);
        }
    }

    public void Remove(string key)
    {
        if (TryParseKey6(key, out uint instance6, out UInt128 prefix6, out int length6))
        {
            Release6(tables.Fibs.Of6(instance6)?.Remove(prefix6, length6) ?? 0);
            return;
        }

        if (TryParseKey(key, out uint instance, out uint prefix, out int length)
            && tables.Fibs.Of(instance)?.Remove(prefix, length) is { } before and not 0)
        {
            tables.Fibs.NextHops.Release(before);
        }
    }

    private static bool TryParseKey6(ReadOnlySpan<char> key, out uint instance, out UInt128 prefix, out int length)
    {
        prefix = 0;
        length = 0;
        instance = 0;
        int first = key.IndexOf('/');
        int last = key.LastIndexOf('/');
        return first > 0 && last > first
            && uint.TryParse(key[..first], NumberStyles.None, CultureInfo.InvariantCulture, out instance)
            && Ipv6Address.TryParse(key[(first + 1)..last], out prefix)
            && int.TryParse(key[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= Fib6.Bits;
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
