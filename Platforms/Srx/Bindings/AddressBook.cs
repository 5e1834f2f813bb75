using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The named addresses that a policy may use: of a zone's own book, of the books that are attached to it, of the global one.</summary>
/// <remarks>The first book that has a name decides; members of a set are of the set's own book.</remarks>
internal sealed class AddressBook
{
    private const string GlobalName = "global";

    private readonly StatementView _root;
    private readonly StatementView[] _books;
    private readonly string _owner;

    private AddressBook(StatementView root, StatementView[] books, string owner) => (_root, _books, _owner) = (root, books, owner);

    /// <summary>What policies between zones use of one zone.</summary>
    public static AddressBook Of(StatementView root, string zone)
    {
        StatementView security = root["security"];
        return new AddressBook(
            root,
            [
                security["zones"].Entry("security-zone", zone)["address-book"],
                .. security["address-book"].List().Where(book => book["attach"].Entry("zone", zone).Exists),
                security["address-book"].Entry(string.Empty, GlobalName),
            ],
            $"zone '{zone}'");
    }

    /// <summary>What policies of all zones use.</summary>
    public static AddressBook Global(StatementView root) =>
        new(root, [root["security"]["address-book"].Entry(string.Empty, GlobalName)], $"address-book '{GlobalName}'");

    /// <summary>Books that are attached where they cannot be.</summary>
    public static void Check(StatementView root, List<Finding> findings)
    {
        Dictionary<string, string> attached = new(StringComparer.Ordinal);
        foreach (StatementView book in root["security"]["address-book"].List())
        {
            foreach (StatementView zone in book["attach"].List("zone"))
            {
                if (book.Key == GlobalName)
                {
                    findings.Add(zone.Error($"address-book '{GlobalName}' belongs to all zones and is attached to none"));
                }
                else if (!attached.TryAdd(zone.Key, book.Key))
                {
                    findings.Add(zone.Error($"zone '{zone.Key}' has address-book '{attached[zone.Key]}' already"));
                }
            }
        }
    }

    /// <summary>Prefixes of the names of a match; empty for any, null when a name means nothing (with a finding).</summary>
    public IReadOnlyList<string>? Resolve(StatementView match, List<Finding> findings) =>
        Find(match, findings) is { } found ? [.. found.SelectMany(address => address.Prefixes).Distinct(StringComparer.Ordinal)] : null;

    /// <summary>Addresses of the names of a match, sets taken apart; empty for any, null when a name means nothing (with a finding).</summary>
    public IReadOnlyList<NamedAddress>? Find(StatementView match, List<Finding> findings)
    {
        if (match.Values.Contains("any"))
        {
            return [];
        }

        List<NamedAddress> found = [];
        foreach (string name in match.Values)
        {
            if (name is "any-ipv4" or "any-ipv6")
            {
                string all = name == "any-ipv4" ? "0.0.0.0/0" : "::/0";
                found.Add(new NamedAddress(name, all, [all]));
            }
            else if (Array.Find(_books, book => book.Entry("address", name).Exists || book.Entry("address-set", name).Exists) is not { } book)
            {
                findings.Add(match.Error($"'{name}' is neither an address nor an address-set of {_owner}"));
                return null;
            }
            else if (!Add(book, name, match, found, [], findings))
            {
                return null;
            }
        }

        return found;
    }

    private bool Add(StatementView book, string name, StatementView user, List<NamedAddress> found, HashSet<string> path, List<Finding> findings)
    {
        if (book.Entry("address", name) is { Exists: true } address)
        {
            if (NamedAddress.Read(address, _root, out string wrongAddress) is not { } read)
            {
                findings.Add(address.Error(wrongAddress));
                return false;
            }

            found.Add(read);
            return true;
        }

        StatementView set = book.Entry("address-set", name);
        StatementView[] members = [.. set.List("address"), .. set.List("address-set")];
        string? wrong = !set.Exists ? $"'{name}' is neither an address nor an address-set of {Owner(book)}"
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
            good &= Add(book, member.Key, member, found, path, findings);
        }

        path.Remove(name);
        return good;
    }

    private string Owner(StatementView book) => book.Key.Length > 0 ? $"address-book '{book.Key}'" : _owner;
}
