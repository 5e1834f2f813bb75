using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>The protections of one interface, found by what a packet is and where it goes: as fast with ten thousand as with one.</summary>
/// <remarks>
/// Those with next hops are found by these, the others by the prefix that they take: one look-up for each length of prefix that there is,
/// the narrowest first. Only ranges that are no prefix are walked. Changed on the worker's thread between batches.
/// </remarks>
internal sealed unsafe class ProtectionChoice
{
    private readonly Dictionary<uint, List<Protection>> _byNextHop = [];
    private readonly Dictionary<UInt128, List<Protection>> _byNextHop6 = [];
    private readonly PrefixProtections<uint> _prefixes = new();
    private readonly PrefixProtections<UInt128> _prefixes6 = new();

    // Narrow ones first, of two alike the newer one: the first that takes a packet is the one.
    private readonly List<Protection> _others = [];

    /// <summary>Adds a protection as it is configured now.</summary>
    public void Add(Protection protection)
    {
        foreach (uint nextHop in protection.NextHops)
        {
            Put(_byNextHop, nextHop, protection);
        }

        foreach (UInt128 nextHop in protection.NextHops6)
        {
            Put(_byNextHop6, nextHop, protection);
        }

        if (protection.HasNextHops)
        {
            return;
        }

        if (protection.TryGetPrefix(out uint first, out uint width))
        {
            _prefixes.Add(width, first, protection);
        }
        else if (protection.TryGetPrefix6(out UInt128 first6, out uint bits))
        {
            _prefixes6.Add(bits, first6, protection);
        }
        else
        {
            Insert(_others, protection);
        }
    }

    /// <summary>Takes a protection out, before it is configured anew.</summary>
    public void Remove(Protection protection)
    {
        foreach (uint nextHop in protection.NextHops)
        {
            Take(_byNextHop, nextHop, protection);
        }

        foreach (UInt128 nextHop in protection.NextHops6)
        {
            Take(_byNextHop6, nextHop, protection);
        }

        if (protection.HasNextHops)
        {
            return;
        }

        if (protection.TryGetPrefix(out uint first, out uint width))
        {
            _prefixes.Remove(width, first, protection);
        }
        else if (protection.TryGetPrefix6(out UInt128 first6, out uint bits))
        {
            _prefixes6.Remove(bits, first6, protection);
        }
        else
        {
            _ = _others.Remove(protection);
        }
    }

    /// <summary>The protection that takes a packet; null for none. Of several the narrowest, and then the newest one.</summary>
    public Protection? Find(ref PacketBuffer packet, EspTables tables)
    {
        if (packet.Length < Ipv4Header.MinimumLength)
        {
            return null;
        }

        Protection? found = First(_others, ref packet);
        if (!InnerPacket.IsVersion6(packet.Data))
        {
            // Safe: a whole header is there.
            uint destination = BinaryPrimitives.ReverseEndianness(*(uint*)(packet.Start + 16));
            found = _byNextHop.TryGetValue(packet.NextHop, out List<Protection>? behind) ? Better(found, First(behind, ref packet)) : found;
            foreach ((uint width, Dictionary<uint, List<Protection>> byFirst) in _prefixes.Widths)
            {
                if (byFirst.TryGetValue(destination & ~width, out List<Protection>? inside) && First(inside, ref packet) is { } taker)
                {
                    return Better(found, taker);
                }
            }

            return found;
        }

        if (packet.Length < Ipv6Header.Length)
        {
            return null;
        }

        UInt128 to = Ipv6Address.Read(packet.Data[Ipv6Header.DestinationOffset..]);
        // One without a next hop is on the link itself: its destination is the next hop.
        UInt128 hop = packet.NextHop != 0 ? tables.GatewayAt6(packet.NextHop) : to;
        found = _byNextHop6.TryGetValue(hop, out List<Protection>? behind6) ? Better(found, First(behind6, ref packet)) : found;
        foreach ((uint bits, Dictionary<UInt128, List<Protection>> byFirst) in _prefixes6.Widths)
        {
            if (byFirst.TryGetValue(to & Ipv6Address.Mask(128 - (int)bits), out List<Protection>? inside) && First(inside, ref packet) is { } taker)
            {
                return Better(found, taker);
            }
        }

        return found;
    }

    private static Protection? First(List<Protection> protections, ref PacketBuffer packet)
    {
        foreach (Protection protection in protections)
        {
            if (protection.Takes(ref packet))
            {
                return protection;
            }
        }

        return null;
    }

    private static Protection? Better(Protection? one, Protection? other) =>
        one is null || other is null ? one ?? other : IsBefore(other, one) ? other : one;

    private static bool IsBefore(Protection one, Protection other) =>
        one.Width < other.Width || (one.Width == other.Width && one.BoundAs > other.BoundAs);

    private static void Insert(List<Protection> into, Protection protection)
    {
        int at = into.Count;
        while (at > 0 && IsBefore(protection, into[at - 1]))
        {
            at--;
        }

        into.Insert(at, protection);
    }

    /// <summary>Adds a protection to those of a key.</summary>
    public static void Put<TKey>(Dictionary<TKey, List<Protection>> into, TKey key, Protection protection)
        where TKey : notnull
    {
        if (!into.TryGetValue(key, out List<Protection>? known))
        {
            into[key] = known = new List<Protection>(1);
        }

        Insert(known, protection);
    }

    /// <summary>Takes a protection from those of a key.</summary>
    public static void Take<TKey>(Dictionary<TKey, List<Protection>> from, TKey key, Protection protection)
        where TKey : notnull
    {
        if (from.TryGetValue(key, out List<Protection>? known) && known.Remove(protection) && known.Count == 0)
        {
            _ = from.Remove(key);
        }
    }
}
