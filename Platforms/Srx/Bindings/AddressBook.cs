using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The named addresses of one zone.</summary>
internal sealed class AddressBook(StatementView zone)
{
    private readonly StatementView _book = zone["address-book"];

    /// <summary>Prefixes of the names of a match; empty for any, null when a name means nothing (with a finding).</summary>
    public IReadOnlyList<string>? Resolve(StatementView match, List<Finding> findings)
    {
        if (match.Values.Contains("any"))
        {
            return [];
        }

        List<string> prefixes = [];
        foreach (string name in match.Values)
        {
            if (name is "any-ipv4" or "any-ipv6")
            {
                prefixes.Add(name == "any-ipv4" ? "0.0.0.0/0" : "::/0");
            }
            else if (Add(name, match, prefixes, [], findings) is false)
            {
                return null;
            }
        }

        return [.. prefixes.Distinct(StringComparer.Ordinal)];
    }

    private bool Add(string name, StatementView user, List<string> prefixes, HashSet<string> path, List<Finding> findings)
    {
        if (_book.Entry("address", name) is { Exists: true } address)
        {
            if (address.Text(string.Empty) is not { } prefix)
            {
                findings.Add(address.Error($"address '{name}' has no prefix"));
                return false;
            }

            prefixes.Add(prefix);
            return true;
        }

        StatementView set = _book.Entry("address-set", name);
        StatementView[] members = [.. set.List("address"), .. set.List("address-set")];
        string? wrong = !set.Exists ? $"'{name}' is neither an address nor an address-set of zone '{zone.Key}'"
            : !path.Add(name) ? $"address-set '{name}' contains itself"
            // An empty list would mean any address.
            : members.Length == 0 ? $"address-set '{name}' is empty"
            : null;
        if (wrong is not null)
        {
            findings.Add(user.Error(wrong));
            return false;
        }

        bool good = true;
        foreach (StatementView member in members)
        {
            good &= Add(member.Key, member, prefixes, path, findings);
        }

        path.Remove(name);
        return good;
    }
}
