using System.Collections.Frozen;
using System.Globalization;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The named applications of a configuration and those that every configuration has.</summary>
internal sealed class ApplicationBook(StatementView root)
{
    private const uint Icmp = 1;
    private const uint Icmp6 = 58;

    private readonly StatementView _applications = root["applications"];

    /// <summary>Predefined applications of TCP and UDP that have ports of their own, by name.</summary>
    public static IEnumerable<Application> Known =>
        from entry in ApplicationCatalog.Predefined.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        from term in entry.Value
        where term is { Protocol: 6 or 17, FirstPort: > 0, LastPort: < ushort.MaxValue, FirstSource: 0 }
        select ToApplication(entry.Key, term);

    /// <summary>Forms of the names of a match; empty for any, null when a name means nothing (with a finding).</summary>
    public IReadOnlyList<Application>? Resolve(StatementView match, List<Finding> findings)
    {
        if (match.Values.Contains("any"))
        {
            return [];
        }

        List<Application> found = [];
        bool good = true;
        foreach (string name in match.Values)
        {
            good &= Add(name, match, found, [], findings);
        }

        return good ? [.. found.Distinct()] : null;
    }

    private bool Add(string name, StatementView user, List<Application> found, HashSet<string> path, List<Finding> findings)
    {
        if (_applications.Entry("application", name) is { Exists: true } application)
        {
            StatementView[] terms = [.. application.List("term")];
            bool good = true;
            foreach (StatementView term in terms.Length == 0 ? [application] : terms)
            {
                good &= AddTerm(name, term, found, findings);
            }

            return good;
        }

        if (ApplicationCatalog.Predefined.TryGetValue(name, out ApplicationTerm[]? known))
        {
            found.AddRange(known.Select(term => ToApplication(name, term)));
            return true;
        }

        StatementView set = _applications.Entry("application-set", name);
        StatementView[] members = [.. set.List("application"), .. set.List("application-set")];
        string? wrong = !set.Exists ? $"'{name}' is neither a configured nor a predefined application"
            : !path.Add(name) ? $"application-set '{name}' contains itself"
            // An empty list would mean any application.
            : members.Length == 0 ? $"application-set '{name}' is empty"
            : null;
        if (wrong is not null)
        {
            findings.Add(user.Error(wrong));
            return false;
        }

        bool all = true;
        foreach (StatementView member in members)
        {
            all &= Add(member.Key, member, found, path, findings);
        }

        path.Remove(name);
        return all;
    }

    private static bool AddTerm(string name, StatementView term, List<Application> found, List<Finding> findings)
    {
        if (term.Text("protocol") is not { } word)
        {
            findings.Add(term.Error($"application '{name}' has no protocol"));
            return false;
        }

        uint protocol = ApplicationCatalog.Protocols.TryGetValue(word, out uint named) ? named : uint.Parse(word, CultureInfo.InvariantCulture);
        bool ports = protocol is 6 or 17 or 132;
        if (!ports && (term.Has("source-port") || term.Has("destination-port")))
        {
            findings.Add(term.Error($"protocol {word} of application '{name}' has no ports"));
            return false;
        }

        if (ForeignMessage(term, protocol) is { } foreign)
        {
            findings.Add(term.Error($"protocol {word} of application '{name}' has no {foreign}"));
            return false;
        }

        (uint firstSource, uint lastSource) = Range(term.Text("source-port"));
        (uint first, uint last) = protocol switch
        {
            Icmp => Message(term.Text("icmp-type"), IcmpNames.Types),
            Icmp6 => Message(term.Text("icmp6-type"), IcmpNames.Types6),
            _ => Range(term.Text("destination-port")),
        };
        found.Add(ToApplication(name, new ApplicationTerm(protocol, first, last, firstSource, lastSource, (uint)(term.Number("inactivity-timeout") ?? 0))
        {
            IcmpCode = Number(term.Text("icmp-code"), IcmpNames.Codes) ?? Number(term.Text("icmp6-code"), IcmpNames.Codes6),
        }));
        return true;
    }

    private static string? ForeignMessage(StatementView term, uint protocol) =>
        protocol != Icmp && (term.Has("icmp-type") || term.Has("icmp-code")) ? "types and codes of ICMP"
        : protocol != Icmp6 && (term.Has("icmp6-type") || term.Has("icmp6-code")) ? "types and codes of ICMPv6"
        : null;

    // In the flow contract the type of ICMP stands where others have their destination port; there 0 is any, and an echo reply begins nothing.
    private static (uint First, uint Last) Message(string? word, FrozenDictionary<string, uint> names) => Number(word, names) switch
    {
        null => (0, 0),
        0 => (IcmpNames.NeverBegins, IcmpNames.NeverBegins),
        uint type => (type, type),
    };

    private static uint? Number(string? word, FrozenDictionary<string, uint> names) =>
        word is null ? null : names.TryGetValue(word, out uint named) ? named : uint.Parse(word, CultureInfo.InvariantCulture);

    private static (uint First, uint Last) Range(string? text)
    {
        if (text is null)
        {
            return (0, 0);
        }

        string[] ends = text.Split('-');
        return (uint.Parse(ends[0], CultureInfo.InvariantCulture), uint.Parse(ends[^1], CultureInfo.InvariantCulture));
    }

    private static Application ToApplication(string name, ApplicationTerm term)
    {
        Application application = new()
        {
            Name = name,
            Protocol = term.Protocol,
            FirstSourcePort = term.FirstSource,
            LastSourcePort = term.LastSource,
            FirstDestinationPort = term.FirstPort,
            LastDestinationPort = term.LastPort,
            TimeoutSeconds = term.TimeoutSeconds,
        };
        if (term.IcmpCode is { } code)
        {
            application.IcmpCode = code;
        }

        return application;
    }
}
