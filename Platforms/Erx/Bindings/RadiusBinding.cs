using Google.Protobuf;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>RADIUS servers to the intent of RADIUS: a group for each virtual router that has some.</summary>
internal static class RadiusBinding
{
    private const uint DefaultRetries = 3;
    private const uint SecondsOfMinute = 60;

    /// <summary>Reads the intent.</summary>
    public static RadiusIntent Bind(IReadOnlyList<VirtualRouter> routers, List<Finding> findings)
    {
        RadiusIntent intent = new();
        foreach (VirtualRouter router in routers)
        {
            ServerGroup group = Group(router, findings);
            intent.DynamicClients.Add(Clients(router, findings));
            if (group.AuthenticationServers.Count + group.AccountingServers.Count > 0)
            {
                intent.Groups.Add(group);
            }
        }

        return intent;
    }

    private static ServerGroup Group(VirtualRouter router, List<Finding> findings)
    {
        StatementView radius = router.View["radius"];
        StatementView source = radius["update-source-addr"];
        ServerGroup group = new()
        {
            Name = router.Instance,
            NasIdentifier = radius.Text("nas-identifier") ?? string.Empty,
            VirtualRouter = router.Name,
            Source = radius.Source,
            SourceAddress = radius.Text("update-source-addr") ?? string.Empty,
            SourceAddressSource = source.Source,
            Order = radius.Text("algorithm") == "round-robin" ? Order.RoundRobin : Order.Unspecified,
        };
        group.AuthenticationServers.Add(Servers(radius["authentication"], findings));
        group.AccountingServers.Add(Servers(radius["accounting"], findings));
        group.LeftOut.Add(
            from view in radius.List("include")
            where view.Text("choice") == "disable" && RadiusAttributes.NumberOf(view.Values[0]) != 0
            select new LeftOut
            {
                Attribute = RadiusAttributes.NumberOf(view.Values[0]),
                Request = view.Values[1] switch
                {
                    "acct-start" => LeftOut.Types.Request.Start,
                    "acct-stop" => LeftOut.Types.Request.Stop,
                    _ => LeftOut.Types.Request.Access,
                },
            });
        return group;
    }

    private static IEnumerable<DynamicClient> Clients(VirtualRouter router, List<Finding> findings)
    {
        foreach (StatementView view in router.View["radius"]["dynamic-request"].List("server"))
        {
            if (view.Secret("key") is not { Length: > 0 } key)
            {
                findings.Add(view.Warning($"RADIUS server {view.Key} has no key, so its requests are dropped"));
                continue;
            }

            yield return new DynamicClient
            {
                Address = view.Key,
                Source = view.Source,
                VirtualRouter = router.Name,
                Secret = ByteString.CopyFromUtf8(key),
                SecretSource = view["key"].Source,
                MayDisconnect = view["subscriber"].Has("disconnect"),
                MayChange = view["authorization"].Has("change"),
            };
        }
    }

    // A command takes effect at once, so a server is there before its key is: it is left out until then.
    private static IEnumerable<Server> Servers(StatementView kind, List<Finding> findings)
    {
        foreach (StatementView view in kind.List("server"))
        {
            if (view.Secret("key") is not { Length: > 0 } key)
            {
                findings.Add(view.Warning($"RADIUS server {view.Key} has no key, so it is not asked"));
                continue;
            }

            yield return new Server
            {
                Address = view.Key,
                Source = view.Source,
                Port = (uint)(view.Number("udp-port") ?? 0),
                Secret = ByteString.CopyFromUtf8(key),
                SecretSource = view["key"].Source,
                TimeoutSeconds = (uint)(view.Number("timeout") ?? 0),
                Retries = (uint?)view.Number("retransmit") ?? DefaultRetries,
                DeadSeconds = (uint)(view.Number("deadtime") ?? 0) * SecondsOfMinute,
                MaxRequests = (uint)(view.Number("max-sessions") ?? 0),
            };
        }
    }
}
