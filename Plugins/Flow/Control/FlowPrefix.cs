using System.Globalization;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Control;

/// <summary>IPv4 prefixes of the contract: as text, and as rows.</summary>
internal static class FlowPrefix
{
    private const byte AddressBits = 32;

    /// <summary>Reads an address or a prefix; null when it is none.</summary>
    public static PrefixRow? Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        byte length = AddressBits;
        return (slash < 0 || (byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= AddressBits))
            && TryReadAddress(slash < 0 ? text : text[..slash], out uint address)
            ? new PrefixRow { Prefix = address & Mask(length), PrefixLength = length }
            : null;
    }

    /// <summary>True when every address of <paramref name="inner"/> is in <paramref name="outer"/>.</summary>
    public static bool Contains(PrefixRow outer, PrefixRow inner) =>
        outer.PrefixLength <= inner.PrefixLength && Contains(outer, inner.Prefix);

    /// <summary>True when an address is in a prefix.</summary>
    public static bool Contains(PrefixRow outer, uint address) => ((outer.Prefix ^ address) & Mask(outer.PrefixLength)) == 0;

    private static uint Mask(uint length) => length == 0 ? 0 : uint.MaxValue << (int)(AddressBits - length);

    private static bool TryReadAddress(string text, out uint address)
    {
        string[] parts = text.Split('.');
        address = 0;
        foreach (string part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte octet) || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            address = (address << 8) | octet;
        }

        return parts.Length == 4;
    }
}
