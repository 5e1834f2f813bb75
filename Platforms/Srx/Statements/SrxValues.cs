using System.Globalization;
using System.Text.RegularExpressions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Srx.Statements;

/// <summary>Values and phrases that several subtrees of the language share.</summary>
internal static class SrxValues
{
    /// <summary>Why traces are accepted: they change nothing but what is written down.</summary>
    public const string TracesAlways = "negotiations and failures are always logged: see 'show log messages'";

    /// <summary>Why a filter or option of the data path is refused.</summary>
    public const string NotEnforced = "not enforced yet";

    /// <summary>Longest name of a proposal, policy, zone and the like.</summary>
    public const int NameLength = 32;

    /// <summary>A name of an object.</summary>
    public static ValueSyntax ObjectName(string placeholder) => Name(placeholder, NameLength);

    /// <summary>A name of a host or domain.</summary>
    public static ValueSyntax HostName =>
        Pattern("fqdn", @"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?", "a name such as gw.example.net");

    /// <summary>An IPv6 address in its shortest form, so that it compares as text.</summary>
    public static ValueSyntax Address6 => new("address", "an IPv6 address")
    {
        Read = text => TryAddress6(text, out System.Net.IPAddress? address) ? address!.ToString() : null,
    };

    /// <summary><c>description</c>.</summary>
    public static StatementSchema Description { get; } = Leaf("description", "Text description", Text("text"));

    /// <summary>A trace declaration, kept as written.</summary>
    public static StatementSchema TraceOptions { get; } =
        Anything("traceoptions", "Trace options").Ignored(TracesAlways);

    /// <summary>Trace file and flags; each flag says whether anything is written for it.</summary>
    public static StatementSchema TraceFileAndFlags(params ValueChoice[] flags) => Container("traceoptions", "Trace options",
        Container("file", "Trace file",
            Leaf(string.Empty, "Name of the file", TraceFileName),
            Leaf("size", "Size at which it is rotated", TraceFileSize),
            Leaf("files", "Files to keep", Integer(2, 1000)),
            Leaf("match", "Regular expression of lines to write", TraceMatch),
            Flag("world-readable", "Everybody on the host may read it").Exclusive("readers"),
            Flag("no-world-readable", "Only the router's user may read it").Exclusive("readers"))
            .OnLine(),
        List("flag", "What to trace", OneOf(flags)),
        Anything("level", "Amount of detail").Ignored("each flag writes all it has"),
        Flag("no-remote-trace", "No trace to another host").Equivalent("traces stay on this host"),
        Leaf("rate-limit", "Lines in a second", Integer(0, 4294967295)).Ignored("2000 lines in a second are written, those above are counted"),
        Anything("filter", "Peers to trace").Ignored("all peers are traced: use 'file … match' with an address"));

    /// <summary>Bytes of a size such as <c>128k</c>; 0 when it is none.</summary>
    public static long BytesOf(string text)
    {
        int shift = text.Length == 0 ? 0 : text[^1] switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= (1L << 40) ? number << shift : 0;
    }

    private static ValueSyntax TraceFileName
    {
        get
        {
            ValueSyntax name = Pattern("filename", "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", "a name of 1 to 64 letters, digits, '-', '_' or '.', not 'messages'");
            return name with { Read = text => text == "messages" ? null : name.Read!(text) };
        }
    }

    private static ValueSyntax TraceFileSize => new("size", "a size from 10k to 1g")
    {
        Read = text => BytesOf(text) is >= 10 << 10 and <= 1 << 30 ? text : null,
    };

    private static ValueSyntax TraceMatch => new("pattern", "a regular expression of at most 255 characters, without back-references")
    {
        Read = text => text.Length is > 0 and <= 255 && IsPattern(text) ? text : null,
    };

    private static bool IsPattern(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>A leaf of words of which the chassis does those that its capabilities name.</summary>
    /// <param name="name">Keyword.</param>
    /// <param name="help">Help.</param>
    /// <param name="capability">The capability that a word needs.</param>
    /// <param name="words">Words and their help.</param>
    public static StatementSchema Algorithm(string name, string help, Func<string, string> capability, params (string Word, string Help)[] words) =>
        Leaf(name, help, OneOf([.. words.Select(w => Choice(w.Word, w.Help))]))
            .Judged((view, profile) => Supported(view, profile, capability));

    /// <summary>Groups of the key exchange; the chassis says which of them it does.</summary>
    public static StatementSchema DiffieHellman(string name, string help) => Algorithm(name, help, word => "dh-" + word,
        ("group1", "Diffie-Hellman group 1, 768 bits"),
        ("group2", "Diffie-Hellman group 2, 1024 bits"),
        ("group5", "Diffie-Hellman group 5, 1536 bits"),
        ("group14", "Diffie-Hellman group 14, 2048 bits"),
        ("group19", "Diffie-Hellman group 19, 256-bit elliptic curve"),
        ("group20", "Diffie-Hellman group 20, 384-bit elliptic curve"),
        ("group24", "Diffie-Hellman group 24, 2048 bits with 256-bit subgroup"));

    /// <summary>A proposal set; the ones of Suite B need what the chassis does not do.</summary>
    public static StatementSchema ProposalSet { get; } = Leaf("proposal-set", "Predefined proposals", OneOf(
        Choice("basic", "DES with SHA-1 or MD5, group 1 in phase 1"),
        Choice("compatible", "3DES or DES with SHA-1 or MD5, group 2 in phase 1"),
        Choice("standard", "3DES or AES-128 with SHA-1, group 2"),
        Choice("suiteb-gcm-128", "Suite B, 128 bits", Verdict.Refused("elliptic curves and AES-GCM are not supported")),
        Choice("suiteb-gcm-256", "Suite B, 256 bits", Verdict.Refused("elliptic curves and AES-GCM are not supported"))));

    /// <summary>The capability that a cipher's name needs: all key lengths of AES in one mode are one.</summary>
    public static string CipherCapability(string word) => word switch
    {
        "aes-128-cbc" or "aes-192-cbc" or "aes-256-cbc" => "aes-cbc",
        "aes-128-gcm" or "aes-192-gcm" or "aes-256-gcm" => "aes-gcm",
        _ => word,
    };

    private static Verdict Supported(StatementView view, ChassisProfile profile, Func<string, string> capability) =>
        profile.Capabilities.Contains(capability(view.Key))
            ? Verdict.Applied
            : Verdict.Refused($"{view.Key} is not supported on {profile.Name}");
}
