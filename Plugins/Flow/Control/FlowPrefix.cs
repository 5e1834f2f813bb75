using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Control;

/// <summary>Prefixes of the contract: as text, and as rows.</summary>
internal static class FlowPrefix
{
    private const byte AddressBits = 32;
    private const byte AddressBits6 = 128;

    /// <summary>Reads an address, a prefix, or an address and the bits of it that count; null when it is none of these.</summary>
    public static PrefixRow? Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return Parse6(text);
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && text.AsSpan(slash).Contains('.'))
        {
            return TryReadAddress(text[..slash], out uint fixedBits) && TryReadAddress(text[(slash + 1)..], out uint wildcard)
                ? new PrefixRow { Prefix = fixedBits & wildcard, Wildcard = wildcard }
                : null;
        }

        byte length = AddressBits;
        return (slash < 0 || (byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= AddressBits))
            && TryReadAddress(slash < 0 ? text : text[..slash], out uint address)
            ? new PrefixRow { Prefix = address & Mask(length), PrefixLength = length }
            : null;
    }

    /// <summary>True when every address of <paramref name="inner"/> is in <paramref name="outer"/>.</summary>
    public static bool Contains(PrefixRow outer, PrefixRow inner) =>
        (outer.Prefix6.IsEmpty && inner.Prefix6.IsEmpty ? (Mask(outer) & ~Mask(inner)) == 0 : outer.PrefixLength <= inner.PrefixLength)
        && Contains(outer, inner.Prefix, inner.Prefix6);

    /// <summary>True when an address is in a prefix of its family: the one of 16 bytes, or the number where there is none.</summary>
    public static bool Contains(PrefixRow outer, uint address, ByteString address6) =>
        outer.Prefix6.IsEmpty == address6.IsEmpty
        && (address6.IsEmpty ? ((outer.Prefix ^ address) & Mask(outer)) == 0
            : ((Number(outer.Prefix6.Span) ^ Number(address6.Span)) & Mask6(outer.PrefixLength)) == 0);

    private static PrefixRow? Parse6(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        byte length = AddressBits6;
        if ((slash >= 0 && (!byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > AddressBits6))
            || !IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address) || address.ScopeId != 0)
        {
            return null;
        }

        byte[] bytes = address.GetAddressBytes();
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Number(bytes) & Mask6(length));
        return new PrefixRow { Prefix6 = ByteString.CopyFrom(bytes), PrefixLength = length };
    }

    private static UInt128 Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    private static UInt128 Mask6(uint length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (int)(AddressBits6 - length);

    private static uint Mask(PrefixRow row) => row.Wildcard != 0 ? row.Wildcard : Mask(row.PrefixLength);

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
