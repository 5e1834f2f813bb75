using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>One address of an address book.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shown">What it is, as people are told.</param>
/// <param name="Prefixes">The same as prefixes, or as an address with the bits that count; never empty.</param>
internal sealed record NamedAddress(string Name, string Shown, IReadOnlyList<string> Prefixes)
{
    private const int Bits4 = 32;
    private const int Bits6 = 128;

    /// <summary>Reads an entry; null with what is wrong with it.</summary>
    public static NamedAddress? Read(StatementView entry, StatementView root, out string wrong)
    {
        wrong = string.Empty;
        if (entry.Text(string.Empty) is { } prefix)
        {
            return new NamedAddress(entry.Key, prefix, [prefix]);
        }

        if (entry.Text("wildcard-address") is { } wildcard)
        {
            return new NamedAddress(entry.Key, wildcard, [wildcard]);
        }

        if (entry.List("dns-name").FirstOrDefault() is { } name)
        {
            string[] known = [.. HostMapping.Find(root, name.Key).Where(address =>
                !name.Has(address.Contains(':', StringComparison.Ordinal) ? "ipv4-only" : "ipv6-only"))];
            wrong = $"'{name.Key}' has no address that address '{entry.Key}' may have at 'system static-host-mapping'";
            return known.Length == 0 ? null : new NamedAddress(entry.Key, name.Key, known);
        }

        if (entry.List("range-address").FirstOrDefault() is { } low)
        {
            string high = low["to"].Text(string.Empty) ?? low.Key;
            wrong = $"{low.Key} to {high} is no range of addresses";
            return Range(IPAddress.Parse(low.Key), IPAddress.Parse(high)) is { } prefixes
                ? new NamedAddress(entry.Key, $"{low.Key} ~ {high}", prefixes)
                : null;
        }

        wrong = $"address '{entry.Key}' has no prefix";
        return null;
    }

    /// <summary>The fewest prefixes that are a range together; null when it is none.</summary>
    internal static IReadOnlyList<string>? Range(IPAddress low, IPAddress high)
    {
        if (low.AddressFamily != high.AddressFamily)
        {
            return null;
        }

        bool isVersion6 = low.AddressFamily == AddressFamily.InterNetworkV6;
        int bits = isVersion6 ? Bits6 : Bits4;
        (UInt128 first, UInt128 last) = (Number(low), Number(high));
        if (first > last)
        {
            return null;
        }

        List<string> prefixes = [];
        while (true)
        {
            // The largest block that begins here and does not end behind the range.
            int host = (int)Math.Min((uint)bits, (uint)UInt128.TrailingZeroCount(first));
            UInt128 block;
            while ((block = host == Bits6 ? UInt128.MaxValue : (UInt128.One << host) - 1) > last - first)
            {
                host--;
            }

            prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"{Address(first, isVersion6)}/{bits - host}"));
            if (first + block == last)
            {
                return prefixes;
            }

            first += block + 1;
        }
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        byte[] own = address.GetAddressBytes();
        own.CopyTo(bytes[(16 - own.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress Address(UInt128 number, bool isVersion6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(isVersion6 ? bytes : bytes[12..]);
    }
}
