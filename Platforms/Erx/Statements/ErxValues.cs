using System.Globalization;
using System.Net;
using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Values that several modes share.</summary>
internal static class ErxValues
{
    /// <summary>A name of up to <paramref name="length"/> visible characters.</summary>
    public static ValueSyntax ObjectName(string placeholder, int length = 80) => new(placeholder, $"a name of 1 to {length} characters")
    {
        Read = text => text.Length >= 1 && text.Length <= length && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) ? text : null,
    };

    /// <summary>The name of a virtual router.</summary>
    public static ValueSyntax VirtualRouter { get; } = ObjectName("virtualRouter", 32) with
    {
        Suggest = root => root.List("virtual-router").Select(v => v.Key).Prepend("default").Distinct(),
    };

    /// <summary>A network mask such as 255.255.255.0.</summary>
    public static ValueSyntax Mask { get; } = new("mask", "a network mask such as 255.255.255.0")
    {
        Read = text => PrefixLength(text) is null ? null : text,
    };

    /// <summary>Bits of a prefix that users are told.</summary>
    public const int UserPrefixLength = 64;

    /// <summary>An IPv6 prefix of the length that hosts make addresses of.</summary>
    public static ValueSyntax UserPrefix { get; } = Prefix6() with { Read = text => Prefix6().Read!(text) is { } read && read.EndsWith("/64", StringComparison.Ordinal) ? read : null };

    /// <summary>A preshared key, kept masked.</summary>
    public static ValueSyntax PresharedKey { get; } = new("key", $"a key of 1 to {ErxLimits.PresharedKey} characters")
    {
        Secret = true,
        Read = text => Stored(text)
            ?? (text.Length is >= 1 and <= ErxLimits.PresharedKey && !text.Contains('\0', StringComparison.Ordinal) ? ObfuscatedSecret.Encode(MaskedKey.Mask(text)) : null),
    };

    /// <summary>A preshared key as the router shows it.</summary>
    public static ValueSyntax MaskedPresharedKey { get; } = new("maskedKey", "a masked key as 'show configuration' prints it")
    {
        Secret = true,
        Read = text => MaskedKey.IsWellFormed(text) ? ObfuscatedSecret.Encode(text) : Stored(text),
    };

    /// <summary>A password. It is shown in clear, so it must fit a line.</summary>
    public static ValueSyntax Password { get; } =
        Secret("password", "a password of 1 to 64 characters", clear => clear.Length is >= 1 and <= 64 && !clear.Any(char.IsControl));

    /// <summary>Two numbers, the first not above the second.</summary>
    public static ValueSyntax Range(long minimum, long maximum, string unit) => new("minimum maximum", $"two numbers from {minimum} to {maximum}, the lower one first")
    {
        HelpSuffix = $"{minimum}..{maximum} {unit}",
        Read = text => text.Split(' ') is [string low, string high] && Number(low) is { } first && Number(high) is { } last
            && first >= minimum && last <= maximum && first <= last
            ? string.Create(CultureInfo.InvariantCulture, $"{first} {last}") : null,
    };

    /// <summary>The two numbers of a range.</summary>
    public static (uint Low, uint High)? RangeOf(string? text) => text?.Split(' ') is [string low, string high]
        ? (uint.Parse(low, CultureInfo.InvariantCulture), uint.Parse(high, CultureInfo.InvariantCulture)) : null;

    /// <summary>The clear text of a secret that is shown in clear.</summary>
    public static string Clear(string kept) => ObfuscatedSecret.TryDecode(kept, out string? clear) ? clear : string.Empty;

    /// <summary>Bits of a mask; null when the text is none.</summary>
    public static int? PrefixLength(string mask)
    {
        if (!TryAddress(mask, out IPAddress? address))
        {
            return null;
        }

        uint bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address!.GetAddressBytes());
        int length = System.Numerics.BitOperations.LeadingZeroCount(~bits);
        return length == 32 || bits << length == 0 ? length : null;
    }

    /// <summary>The mask of a prefix length.</summary>
    public static string MaskOf(int length) => new IPAddress(
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(length == 0 ? 0u : uint.MaxValue << (32 - length))).ToString();

    /// <summary>Verdict of what only a chassis with an ISM can do.</summary>
    public static Verdict NeedsIsm(Abstractions.Chassis.ChassisProfile profile) =>
        profile.Capabilities.Contains(ErxModel.SecureTunnels) ? Verdict.Applied
        : profile.Capabilities.Contains(ErxModel.TakesIpsec)
            ? Verdict.Ignored($"the {profile.Model} takes the configuration, but without an IPSec Service Module no secure connection comes up")
        : Verdict.Refused($"secure tunnels need an IPSec Service Module (ISM), and this {profile.Model} has none");

    // What the tree holds is read again from the router's own files.
    private static string? Stored(string text) =>
        ObfuscatedSecret.TryDecode(text, out string? masked) && MaskedKey.IsWellFormed(masked) ? text : null;

    private static long? Number(string text) =>
        text.Length <= 12 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
