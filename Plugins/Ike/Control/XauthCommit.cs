using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control;

/// <summary>Checks extended authentication before it is committed.</summary>
internal static class XauthCommit
{
    private const int LongestText = 255;

    public static void Check(Gateway gateway, List<Finding> findings)
    {
        ExtendedAuthentication xauth = gateway.Xauth;
        Source source = xauth.Source ?? gateway.Source;
        if (xauth.Client is not null)
        {
            if (xauth.Users.Count > 0 || xauth.Pool is not null)
            {
                Add(findings, source, $"gateway {gateway.Name}: either the peer's users are asked for or ours is, not both");
            }

            if (gateway.DynamicPeer is not null)
            {
                Add(findings, source, $"gateway {gateway.Name}: a user of ours needs a peer with an address to log in at");
            }

            Check(xauth.Client, source, findings);
            return;
        }

        if (xauth.Users.Count == 0 && !xauth.Order.Contains(UserSource.Radius))
        {
            Add(findings, source, $"gateway {gateway.Name}: access profile {xauth.Profile} has no user, so nobody could log in");
        }

        foreach (IGrouping<string, User> twice in xauth.Users.GroupBy(u => u.Name).Where(g => g.Count() > 1))
        {
            Add(findings, twice.Last().Source ?? source, $"user {twice.Key} is defined twice");
        }

        foreach (User user in xauth.Users)
        {
            Check(user, source, findings);
        }

        if (xauth.Pool is not null)
        {
            Check(xauth.Pool, findings);
        }
    }

    private static void Check(User user, Source fallback, List<Finding> findings)
    {
        if (user.Name.Length is 0 or > LongestText || user.Password.Length is 0 or > LongestText || user.Name.Any(c => c is <= ' ' or > '~'))
        {
            Add(findings, user.Source ?? fallback, $"user {user.Name} needs a name without spaces and a password, of at most {LongestText} characters each");
        }
    }

    private static void Check(AddressPool pool, List<Finding> findings)
    {
        Source source = pool.Source ?? new Source();
        if (pool.Network.Length == 0 || !AddressRange.TryParse(pool.Network, out AddressRange network))
        {
            Add(findings, source, $"address pool {pool.Name} needs a network, an IPv4 prefix");
            return;
        }

        List<AddressRange> known = [];
        foreach (AddressSpan span in pool.Ranges)
        {
            if (!Ipv4.TryParse(span.Low, out uint low) || !Ipv4.TryParse(span.High, out uint high) || low > high)
            {
                Add(findings, span.Source ?? source, $"address pool {pool.Name}: range {span.Name} needs a low and a high IPv4 address, in this order");
                continue;
            }

            AddressRange range = new(low, high);
            if (!network.Contains(range))
            {
                Add(findings, span.Source ?? source, $"address pool {pool.Name}: range {span.Name} ({range}) is not in the network {network}");
            }
            else if (known.Exists(k => k.First <= high && low <= k.Last))
            {
                Add(findings, span.Source ?? source, $"address pool {pool.Name}: range {span.Name} ({range}) has addresses of another range");
            }

            known.Add(range);
        }

        foreach (string server in pool.DnsServers.Concat(pool.WinsServers).Where(s => !Ipv4.TryParse(s, out _)))
        {
            Add(findings, source, $"address pool {pool.Name}: {server} is not an IPv4 address");
        }
    }

    private static void Add(List<Finding> findings, Source? source, string message) =>
        findings.Add(new Finding { Severity = Finding.Types.Severity.Error, Source = source ?? new Source(), Message = message });
}
