using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace RouterOS.Sdk.Configuration;

/// <summary>The kinds of values that configuration languages share.</summary>
public static partial class Values
{
    /// <summary>A whole number of a range; <paramref name="unit"/> is for help only.</summary>
    public static ValueSyntax Integer(long minimum, long maximum, string unit = "", string placeholder = "number") =>
        new(placeholder, $"a number from {minimum} to {maximum}")
        {
            HelpSuffix = unit.Length == 0 ? $"{minimum}..{maximum}" : $"{minimum}..{maximum} {unit}",
            Read = text => text.Length is > 0 and <= 20
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                && value >= minimum && value <= maximum
                ? value.ToString(CultureInfo.InvariantCulture)
                : null,
        };

    /// <summary>One of the words.</summary>
    public static ValueSyntax OneOf(params ValueChoice[] choices) =>
        new("choice", "one of " + string.Join(", ", choices.Select(c => c.Text))) { Choices = choices };

    /// <summary>A word that may be chosen, with what the router does with it.</summary>
    public static ValueChoice Choice(string text, string help, Verdict? verdict = null) => new(text, help, verdict);

    /// <summary>A name: 1 to <paramref name="maximumLength"/> letters, digits and <c>- _ . :</c>, the first a letter, a digit or '_'.</summary>
    public static ValueSyntax Name(string placeholder, int maximumLength = 63) =>
        new(placeholder, $"a name of 1 to {maximumLength} letters, digits, '-', '_', '.' or ':'")
        {
            Read = text => text.Length >= 1 && text.Length <= maximumLength && NamePattern().IsMatch(text) ? text : null,
        };

    /// <summary>Text that a pattern matches whole.</summary>
    public static ValueSyntax Pattern(string placeholder, string pattern, string expected)
    {
        // Without going back: no text makes a pattern slow, and no time limit refuses a right one on a busy machine.
        Regex regex = new("^(?:" + pattern + ")$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return new(placeholder, expected) { Read = text => regex.IsMatch(text) ? text : null };
    }

    /// <summary>Any text of a length, quoted where it must be.</summary>
    public static ValueSyntax Text(string placeholder, int maximumLength = 255) =>
        new(placeholder, $"a text of 1 to {maximumLength} characters")
        {
            Read = text => text.Length >= 1 && text.Length <= maximumLength ? text : null,
        };

    /// <summary>An IPv4 address.</summary>
    public static ValueSyntax Address(string placeholder = "address") =>
        new(placeholder, "an IPv4 address")
        {
            Read = text => TryAddress(text, out IPAddress? address) ? address!.ToString() : null,
        };

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static ValueSyntax AnyAddress(string placeholder = "address") =>
        new(placeholder, "an IPv4 or IPv6 address")
        {
            Read = text => TryAddress(text, out IPAddress? address) || TryAddress6(text, out address) ? address!.ToString() : null,
        };

    /// <summary>An IPv6 prefix, its host bits zero; an address alone is a /128.</summary>
    public static ValueSyntax Prefix6(string placeholder = "prefix") =>
        new(placeholder, "an IPv6 prefix such as 2001:db8::/32, without host bits")
        {
            Read = text => ReadPrefix6(text, hostBits: false),
        };

    /// <summary>An IPv4 or IPv6 prefix, its host bits zero; an address alone is a host.</summary>
    public static ValueSyntax AnyPrefix(string placeholder = "prefix") =>
        new(placeholder, "a prefix such as 192.0.2.0/24 or 2001:db8::/32, without host bits")
        {
            Read = text => ReadPrefix(text, hostBits: false) ?? ReadPrefix6(text, hostBits: false),
        };

    /// <summary>An IPv6 address of an interface with the length of its network; an address alone is a /128.</summary>
    public static ValueSyntax InterfaceAddress6(string placeholder = "address") =>
        new(placeholder, "an IPv6 address with a prefix length such as 2001:db8::1/64")
        {
            Read = text => ReadPrefix6(text, hostBits: true),
        };

    /// <summary>An IPv4 prefix, its host bits zero; an address alone is a /32.</summary>
    public static ValueSyntax Prefix(string placeholder = "prefix") =>
        new(placeholder, "an IPv4 prefix such as 192.0.2.0/24, without host bits")
        {
            Read = text => ReadPrefix(text, hostBits: false),
        };

    /// <summary>An IPv4 address of an interface with the length of its network; an address alone is a /32.</summary>
    public static ValueSyntax InterfaceAddress(string placeholder = "address") =>
        new(placeholder, "an IPv4 address with a prefix length such as 192.0.2.1/24")
        {
            Read = text => ReadPrefix(text, hostBits: true),
        };

    /// <summary>The name of one of a list's entries, for example <c>Reference("proposal", "security ike proposal")</c>.</summary>
    /// <remarks>The entry must exist when the candidate is committed; entries that exist are offered for completion.</remarks>
    public static ValueSyntax Reference(string placeholder, string listPath) =>
        Text(placeholder) with
        {
            Expected = $"the name of a '{listPath}'",
            Reference = listPath,
            Suggest = root => root.Select(listPath).Select(entry => entry.Key),
        };

    /// <summary>A key or password in clear or obfuscated (<c>$9$…</c>); <paramref name="accept"/> judges the clear text.</summary>
    public static ValueSyntax Secret(string placeholder, string expected, Func<string, bool> accept) =>
        new(placeholder, expected + ", in clear or as a $9$ text")
        {
            Secret = true,
            Read = text => ObfuscatedSecret.IsObfuscated(text)
                ? ObfuscatedSecret.TryDecode(text, out string? clear) && accept(clear) ? text : null
                : accept(text) ? ObfuscatedSecret.Encode(text) : null,
        };

    /// <summary>A key of text of at most <paramref name="maximumLength"/> characters.</summary>
    public static ValueSyntax SecretText(string placeholder, int maximumLength = 255) =>
        Secret(placeholder, $"a key of 1 to {maximumLength} characters", clear => clear.Length >= 1 && clear.Length <= maximumLength);

    /// <summary>A key of an even number of hexadecimal digits.</summary>
    public static ValueSyntax SecretHexadecimal(string placeholder, int maximumLength = 510) =>
        Secret(placeholder, $"a key of 2 to {maximumLength} hexadecimal digits, an even number of them",
            clear => clear.Length >= 2 && clear.Length <= maximumLength && clear.Length % 2 == 0 && clear.All(char.IsAsciiHexDigit));

    /// <summary>Reads an IPv4 address in dotted form, four parts and nothing else.</summary>
    public static bool TryAddress(string text, out IPAddress? address)
    {
        address = null;
        return text is { Length: <= 15 } && text.Count(c => c == '.') == 3 && text.All(c => c == '.' || char.IsAsciiDigit(c))
            && !HasLeadingZero(text)
            && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork;
    }

    /// <summary>Reads an IPv6 address without a zone.</summary>
    public static bool TryAddress6(string text, out IPAddress? address)
    {
        address = null;
        return text is { Length: >= 2 and <= 45 } && text.All(c => c is ':' or '.' || char.IsAsciiHexDigit(c))
            && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool HasLeadingZero(string text) =>
        text.Split('.').Any(part => part.Length > 1 && part[0] == '0');

    private static string? ReadPrefix(string text, bool hostBits)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string length = slash < 0 ? "32" : text[(slash + 1)..];
        if (!TryAddress(slash < 0 ? text : text[..slash], out IPAddress? address) || length.Length is 0 or > 2
            || !length.All(char.IsAsciiDigit) || int.Parse(length, CultureInfo.InvariantCulture) is not (>= 0 and <= 32 and int bits))
        {
            return null;
        }

        byte[] bytes = address!.GetAddressBytes();
        uint value = ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
        uint mask = bits == 0 ? 0 : uint.MaxValue << (32 - bits);
        return hostBits || (value & ~mask) == 0 ? $"{address}/{bits}" : null;
    }

    private static string? ReadPrefix6(string text, bool hostBits)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string length = slash < 0 ? "128" : text[(slash + 1)..];
        if (!TryAddress6(slash < 0 ? text : text[..slash], out IPAddress? address) || length.Length is 0 or > 3
            || !length.All(char.IsAsciiDigit) || int.Parse(length, CultureInfo.InvariantCulture) is not (>= 0 and <= 128 and int bits))
        {
            return null;
        }

        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(address!.GetAddressBytes());
        UInt128 mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        return hostBits || (value & ~mask) == 0 ? $"{address}/{bits}" : null;
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.:-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
