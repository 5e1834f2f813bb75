using RouterOS.Packets;

namespace RouterOS.Benchmarks.Graph;

/// <summary>Random prefixes with about the lengths of the Internet's, without duplicates, shortest first; each by one of a few next hops.</summary>
internal sealed class RouteSet
{
    // Share of each length from /16 to /24 in per cent, and some longer ones.
    private static readonly (int Length, int Share)[] s_lengths =
    [
        (16, 1), (17, 1), (18, 2), (19, 3), (20, 5), (21, 6), (22, 11), (23, 10), (24, 60), (28, 1),
    ];

    public const int Hops = 8;

    public RouteSet(int count, Numbers random)
    {
        HashSet<ulong> known = [];
        Prefixes = new (uint, byte, byte)[count];
        int made = 0;
        foreach ((int length, int share) in s_lengths)
        {
            int until = length == s_lengths[^1].Length ? count : Math.Min(count, made + (int)((long)count * share / 100));
            // A /16 has few values: what does not fit goes to the next length.
            for (int tries = 0; made < until && tries < 4 * count; tries++)
            {
                // 11.0.0.0 to 223.255.255.255 without 127/8 and the test's own nets.
                uint address = (0x0B00_0000 + random.Below(0xD500_0000)) & Ipv4Address.Mask(length);
                if (address >> 24 is not (127 or 192) && known.Add(((ulong)address << 6) | (uint)length))
                {
                    Prefixes[made++] = (address, (byte)length, (byte)(1 + (made % Hops)));
                }
            }
        }
    }

    public (uint Prefix, byte Length, byte Hop)[] Prefixes { get; }

    /// <summary>A random address that some prefix covers.</summary>
    public uint AddressWithin(Numbers random)
    {
        (uint prefix, byte length, _) = Prefixes[random.Below((uint)Prefixes.Length)];
        return prefix | ((uint)random.Next() & ~Ipv4Address.Mask(length));
    }
}
