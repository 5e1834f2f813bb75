using Google.Protobuf;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Bindings;

/// <summary>Users and pools to the intent of AAA.</summary>
internal static class AaaBinding
{
    /// <summary>Reads the intent.</summary>
    public static AaaIntent Bind(StatementView root, IReadOnlyList<VirtualRouter> routers, List<Finding> findings)
    {
        AaaIntent intent = new();
        StatementView aaa = root["aaa"];
        StatementView methods = aaa["authentication"]["ppp"]["default"];
        intent.PppMethods.Add(methods.Values.Select(word => word == "none" ? Method.None : word == "radius" ? Method.Radius : Method.Local));
        intent.PppMethodsSource = methods.Exists ? methods.Source : null;
        intent.RadiusAccounting = aaa["accounting"]["ppp"]["default"].Values.Contains("radius");
        Add(intent.DnsServers, aaa["dns"]);
        Add(intent.NbnsServers, aaa["wins"]);
        intent.Domains.Add(aaa.List("domain-map").Select(view => Domain(view, routers, findings)));
        foreach (StatementView view in root.List("username").Concat(aaa["local"].List("username")))
        {
            intent.Users.Add(User(view, findings));
        }

        // A router whose users get addresses nowhere has no pools for them.
        foreach (VirtualRouter router in routers.Where(r => r.View["ip"].Text("address-pool") != "none"))
        {
            intent.Pools.Add(router.View["ip"]["local"].List("pool").Select(view => Pool(view, router, findings)));
        }

        return intent;
    }

    private static void Add(Google.Protobuf.Collections.RepeatedField<string> servers, StatementView view) =>
        servers.Add(new[] { view.Text("primary"), view.Text("secondary") }.OfType<string>());

    private static DomainMap Domain(StatementView view, IReadOnlyList<VirtualRouter> routers, List<Finding> findings)
    {
        foreach (string word in new[] { "virtual-router", "auth-router-name", "ip-router-name" })
        {
            if (view.Text(word) is { } name && routers.All(r => r.Name != name))
            {
                findings.Add(view[word].Warning($"there is no virtual router {name}, so the domain's users are refused"));
            }
        }

        return new DomainMap
        {
            Domain = view.Key,
            Source = view.Source,
            AuthenticationRouter = view.Text("auth-router-name") ?? view.Text("virtual-router") ?? string.Empty,
            VirtualRouter = view.Text("ip-router-name") ?? view.Text("virtual-router") ?? string.Empty,
            LocalInterface = view.Text("loopback") is { } number ? "loopback" + number : string.Empty,
            Pool = view.Text("address-pool-name") ?? string.Empty,
        };
    }

    private static User User(StatementView view, List<Finding> findings)
    {
        string? password = view.Secret("secret") ?? view.Secret("password");
        if (password is null)
        {
            findings.Add(view.Warning($"user {view.Key} has no password, so nobody can be it"));
        }

        return new User
        {
            Name = view.Key,
            Source = view.Source,
            Password = ByteString.CopyFromUtf8(password ?? string.Empty),
            PasswordSource = view[view.Has("secret") ? "secret" : "password"].Source,
            Address = view["ip"].Text("address") ?? string.Empty,
            Pool = view["ip"].Text("address-pool") ?? string.Empty,
            VirtualRouter = view.Text("operational-virtual-router") ?? string.Empty,
        };
    }

    private static Proto.Aaa.V1.AddressPool Pool(StatementView view, VirtualRouter router, List<Finding> findings)
    {
        Proto.Aaa.V1.AddressPool pool = new()
        {
            Name = view.Key,
            Source = view.Source,
            VirtualRouter = router.Name,
            WarningHigh = (uint)(view["warning"].Number("high") ?? 0),
            WarningLow = (uint)(view["warning"].Number("low") ?? 0),
        };
        if (view.Text("first") is { } first)
        {
            string last = view.Text("last") ?? first;
            if (Ipv4Number.Parse(first) > Ipv4Number.Parse(last))
            {
                findings.Add(view.Error($"the pool ends before it begins: {first} is above {last}"));
            }
            else
            {
                pool.Ranges.Add(new AddressRange { First = first, Last = last, Source = view.Source });
            }
        }

        foreach (StatementView network in view.List("network"))
        {
            int length = ErxValues.PrefixLength(network.Text("mask")!)!.Value;
            uint mask = Ipv4Number.Mask(length);
            uint low = (Ipv4Number.Parse(network.Key) ?? 0) & mask;
            uint high = low | ~mask;
            bool hosts = length < 31;
            pool.Ranges.Add(new AddressRange { First = Ipv4Number.Text(low + (hosts ? 1u : 0)), Last = Ipv4Number.Text(high - (hosts ? 1u : 0)), Source = network.Source });
        }

        return pool;
    }
}
