using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Aaa.Control;

/// <summary>Domains of users: where each domain's belong.</summary>
internal static class DomainMaps
{
    private const string WithoutDomain = "none";
    private const string Others = "default";

    private static readonly DomainMap s_nowhere = new();

    /// <summary>The map of a user; one that says nothing where no map is its.</summary>
    public static DomainMap Of(IEnumerable<DomainMap> maps, string user)
    {
        int at = user.LastIndexOf('@');
        string domain = at < 0 ? WithoutDomain : user[(at + 1)..];
        DomainMap? others = null;
        foreach (DomainMap map in maps)
        {
            if (string.Equals(map.Domain, domain, StringComparison.OrdinalIgnoreCase))
            {
                return map;
            }

            others = map.Domain == Others ? map : others;
        }

        return others ?? s_nowhere;
    }
}
