using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Addresses of a policy, of both families, or all but these; none at all means any.</summary>
internal sealed class PolicyPrefixes
{
    private readonly (uint Prefix, uint Mask)[] _version4;
    private readonly (UInt128 Prefix, UInt128 Mask)[] _version6;
    private readonly bool _any;
    private readonly bool _excluded;

    public PolicyPrefixes(IReadOnlyCollection<PrefixRow> rows, bool excluded = false)
    {
        _any = rows.Count == 0;
        _excluded = excluded;
        _version4 = [.. rows.Where(row => row.Prefix6.IsEmpty).Select(Compile)];
        _version6 = [.. rows.Where(row => !row.Prefix6.IsEmpty).Select(Compile6)];
    }

    /// <summary>False for a prefix that is longer than an address of its family.</summary>
    public static bool IsPossible(PrefixRow row) =>
        row.PrefixLength <= (row.Prefix6.IsEmpty ? 32 : 128) && row.Prefix6.Length is 0 or Ipv6Address.Length && (row.Wildcard == 0 || row.Prefix6.IsEmpty);

    public bool Matches(uint address) => Contains(address) != _excluded;

    public bool Matches(UInt128 address) => Contains(address) != _excluded;

    private bool Contains(uint address)
    {
        foreach ((uint prefix, uint mask) in _version4)
        {
            if ((address & mask) == prefix)
            {
                return true;
            }
        }

        return _any;
    }

    private bool Contains(UInt128 address)
    {
        foreach ((UInt128 prefix, UInt128 mask) in _version6)
        {
            if ((address & mask) == prefix)
            {
                return true;
            }
        }

        return _any;
    }

    private static (uint Prefix, uint Mask) Compile(PrefixRow row)
    {
        uint mask = row.Wildcard != 0 ? row.Wildcard : Ipv4Address.Mask((int)row.PrefixLength);
        return (row.Prefix & mask, mask);
    }

    private static (UInt128 Prefix, UInt128 Mask) Compile6(PrefixRow row)
    {
        UInt128 mask = Ipv6Address.Mask((int)row.PrefixLength);
        return (Ipv6Address.Read(row.Prefix6.Span) & mask, mask);
    }
}
