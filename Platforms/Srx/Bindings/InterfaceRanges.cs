using System.Globalization;
using System.Text.RegularExpressions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary><c>interfaces interface-range</c>: each member has what its ranges say and it does not say itself.</summary>
internal static class InterfaceRanges
{
    private const string Keyword = "interface-range";

    /// <summary>The tree without ranges, their statements where their members are.</summary>
    public static Statement Expand(Statement tree, StatementSchema root, ChassisProfile profile, ICollection<Finding> findings)
    {
        if (tree.Find("interfaces") is not { } interfaces || interfaces.Find(Keyword) is null)
        {
            return tree;
        }

        Dictionary<string, List<InheritanceSource>> sources = new(StringComparer.Ordinal);
        foreach (Statement range in interfaces.Children.Where(child => child.Name == Keyword && !child.Inactive))
        {
            InheritanceSource source = new(
                range.Values[0],
                $"expanded from interface-range '{range.Values[0]}'",
                range.WithChildren([.. range.Children.Where(child => child.Name is not ("member" or "member-range"))]));
            foreach (string name in Members(range, profile, findings).Distinct())
            {
                (sources.TryGetValue(name, out List<InheritanceSource>? own) ? own : sources[name] = []).Add(source);
            }
        }

        StatementSchema schema = root.Child("interfaces")!.Child(string.Empty)!;
        List<Statement> children = [];
        foreach (Statement child in interfaces.Children.Where(child => child.Name != Keyword))
        {
            children.Add(child.Name.Length == 0 && !child.Inactive && sources.Remove(child.Values[0], out List<InheritanceSource>? own)
                ? GroupInheritance.Merge(child, schema, own)
                : child);
        }

        children.AddRange(sources.Select(member => GroupInheritance.Merge(
            new Statement(StatementKind.List, string.Empty, [member.Key])
                .WithInheritance(member.Value[0].Label).WithPosition(member.Value[0].Statement.Position),
            schema,
            member.Value)));
        Statement whole = interfaces.WithChildren([.. children.OrderBy(child => child.Name.Length > 0 ? 0 : 1)
            .ThenBy(child => child.Values, Comparer<IReadOnlyList<string>>.Create(NaturalOrder.Compare))]);
        return tree.WithChildren([.. tree.Children.Select(child => ReferenceEquals(child, interfaces) ? whole : child)
            .Where(child => !ReferenceEquals(child, whole) || children.Count > 0)]);
    }

    private static IEnumerable<string> Members(Statement range, ChassisProfile profile, ICollection<Finding> findings)
    {
        foreach (Statement member in range.Children.Where(child => !child.Inactive && child.Name is "member" or "member-range"))
        {
            string[] names = member.Name == "member" ? One(member.Values[0], profile) : Several(member.Values[0], member.Values[1]);
            if (names.Length == 0)
            {
                findings.Add(new Finding
                {
                    Severity = Finding.Types.Severity.Error,
                    Source = new Source { Path = $"interfaces {Keyword} {range.Values[0]} {member.Name}", Line = (uint)member.Position.Line },
                    Message = member.Name == "member"
                        ? $"{profile.Name} has no port {member.Values[0]}"
                        : $"{member.Values[0]} to {member.Values[1]} is no range of ports of one card",
                });
            }

            foreach (string name in names)
            {
                yield return name;
            }
        }
    }

    private static string[] One(string member, ChassisProfile profile)
    {
        if (!member.AsSpan().ContainsAny("*?["))
        {
            return [member];
        }

        Regex pattern = NamePattern.Read(member)!;
        return [.. profile.Slots.SelectMany(slot => slot.Ports).Select(port => port.Name).Where(name => pattern.IsMatch(name))];
    }

    private static string[] Several(string first, string last)
    {
        (int cut, int lastCut) = (first.LastIndexOf('/') + 1, last.LastIndexOf('/') + 1);
        return cut > 0 && first[..cut] == last[..lastCut]
            && int.TryParse(first[cut..], NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            && int.TryParse(last[lastCut..], NumberStyles.None, CultureInfo.InvariantCulture, out int to) && from <= to
            ? [.. Enumerable.Range(from, to - from + 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{first[..cut]}{number}"))]
            : [];
    }
}
