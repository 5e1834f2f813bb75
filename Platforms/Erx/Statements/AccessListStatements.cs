using System.Net;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Access lists.</summary>
internal static class AccessListStatements
{
    /// <summary>Longest name of a list.</summary>
    public const int NameLength = 32;

    /// <summary>Name of a list.</summary>
    public static ValueSyntax ListName { get; } = ObjectName("accessListName", NameLength);

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new("access-list", "Add a rule to an access list: the first that fits decides, and what none fits is denied",
            Of("list", "Name of the list", ListName).Key(),
            Of("action", "What to do", OneOf(Choice("permit", "Permit what fits"), Choice("deny", "Deny what fits"))).Key(),
            Rest("what", "Addresses: a network and its wildcard bits, host and an address, an address, or any; with 'ip' before, source and destination", Condition).Key()),
    ];

    private static ValueSyntax Condition { get; } = new("what", "an address with wildcard bits, 'host' and an address, or 'any'; after 'ip' two of these")
    {
        Read = text => Canonical(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
    };

    /// <summary>Address and wildcard of a standard rule as it is kept; null for an extended one.</summary>
    public static (IPAddress Address, IPAddress Wildcard)? Standard(string what) => what.Split(' ') switch
    {
        ["any"] => (IPAddress.Any, IPAddress.Broadcast),
        ["host", string address] => (IPAddress.Parse(address), IPAddress.Any),
        [string address, string wildcard] when address != "ip" => (IPAddress.Parse(address), IPAddress.Parse(wildcard)),
        _ => null,
    };

    private static string? Canonical(string[] words)
    {
        bool logs = words is [.., "log"];
        Queue<string> left = new(logs ? words[..^1] : words);
        bool isExtended = left.TryPeek(out string? first) && first == "ip";
        if (isExtended)
        {
            _ = left.Dequeue();
        }

        List<string> kept = isExtended ? ["ip"] : [];
        for (int i = 0; i < (isExtended ? 2 : 1); i++)
        {
            if (One(left, mayBeBare: !isExtended) is not { } one)
            {
                return null;
            }

            kept.Add(one);
        }

        return left.Count > 0 ? null : string.Join(' ', logs ? kept.Append("log") : kept);
    }

    private static string? One(Queue<string> left, bool mayBeBare)
    {
        if (!left.TryDequeue(out string? word))
        {
            return null;
        }

        if (word == "any")
        {
            return word;
        }

        if (word == "host")
        {
            return left.TryDequeue(out string? host) && TryAddress(host, out _) ? "host " + host : null;
        }

        if (!TryAddress(word, out _))
        {
            return null;
        }

        if (left.Count == 0)
        {
            return mayBeBare ? "host " + word : null;
        }

        return left.TryDequeue(out string? wildcard) && TryAddress(wildcard, out _) ? $"{word} {wildcard}" : null;
    }
}
