using System.Text;
using Google.Protobuf;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From a gateway's <c>xauth</c> and what it names under <c>access</c> to users and their addresses.</summary>
internal static class XauthBinding
{
    private static readonly string[] s_dns = ["primary-dns", "secondary-dns"];
    private static readonly string[] s_wins = ["primary-wins", "secondary-wins"];

    /// <summary>Reads the gateway's own statement; null where it has none.</summary>
    public static ExtendedAuthentication? Read(StatementView root, StatementView view, List<Finding> findings)
    {
        if (!view.Exists)
        {
            return null;
        }

        StatementView client = view["client"];
        if (client.Exists)
        {
            return new ExtendedAuthentication
            {
                Source = client.Source,
                Client = new User
                {
                    Name = client.Text("username") ?? string.Empty,
                    Password = Password(client),
                    Source = client.Source,
                },
            };
        }

        StatementView profile = root["access"].Entry("profile", view.Text("access-profile") ?? string.Empty);
        ExtendedAuthentication xauth = new() { Source = view["access-profile"].Source, Profile = view.Text("access-profile") ?? string.Empty };
        foreach (StatementView user in profile.List("client"))
        {
            if (!user["firewall-user"].Has("password"))
            {
                findings.Add(user.Warning($"user '{user.Key}' has no password, so it cannot log in: give it 'firewall-user password'"));
                continue;
            }

            xauth.Users.Add(new User { Name = user.Key, Password = Password(user["firewall-user"]), Source = user.Source });
        }

        xauth.Order.Add(profile["authentication-order"].Values.Select(word => word == "radius" ? UserSource.Radius : UserSource.Profile));
        if (xauth.Order.Contains(UserSource.Radius))
        {
            xauth.RadiusGroup = profile.Key;
            if (!profile.List("radius-server").Any())
            {
                findings.Add(profile["authentication-order"].Error($"access profile {profile.Key} asks RADIUS and has no 'radius-server'"));
            }
        }

        xauth.Pool = Pool(Network(root, profile), profile["address-assignment"]);
        return xauth;
    }

    /// <summary>The network that the users of a VPN's gateway have addresses of; null for none.</summary>
    public static StatementView? Network(StatementView root, string gateway)
    {
        StatementView xauth = root["security"]["ike"].Entry("gateway", gateway)["xauth"];
        StatementView? pool = xauth.Exists ? Network(root, root["access"].Entry("profile", xauth.Text("access-profile") ?? string.Empty)) : null;
        return pool is { Exists: true } ? pool["family"]["inet"]["network"] : null;
    }

    private static StatementView Network(StatementView root, StatementView profile) =>
        root["access"]["address-assignment"].Entry("pool", profile["address-assignment"].Text("pool") ?? string.Empty);

    private static AddressPool? Pool(StatementView view, StatementView asked)
    {
        if (!view.Exists || !asked.Has("pool"))
        {
            return null;
        }

        StatementView inet = view["family"]["inet"];
        StatementView attributes = inet["xauth-attributes"];
        AddressPool pool = new() { Name = view.Key, Source = view.Source, Network = inet.Text("network") ?? string.Empty };
        pool.Ranges.Add(inet.List("range").Select(r => new AddressSpan
        {
            Name = r.Key,
            Low = r.Text("low") ?? string.Empty,
            High = r.Text("high") ?? string.Empty,
            Source = r.Source,
        }));
        pool.DnsServers.Add(Servers(attributes, s_dns));
        pool.WinsServers.Add(Servers(attributes, s_wins));
        return pool;
    }

    // The vendor writes them with the length 32.
    private static IEnumerable<string> Servers(StatementView attributes, string[] names) =>
        names.Select(attributes.Text).OfType<string>().Select(text => text.Split('/')[0]);

    private static ByteString Password(StatementView view) => ByteString.CopyFrom(Encoding.UTF8.GetBytes(view.Secret("password") ?? string.Empty));
}
