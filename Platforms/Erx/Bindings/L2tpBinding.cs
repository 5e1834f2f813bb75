using Google.Protobuf;
using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Profiles;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>From <c>l2tp</c> to the intent of L2TP.</summary>
internal static class L2tpBinding
{
    /// <summary>Reads the intent.</summary>
    public static L2tpIntent Bind(StatementView root, IReadOnlyList<VirtualRouter> routers, ChassisProfile profile, List<Finding> findings)
    {
        StatementView view = root["l2tp"];
        L2tpIntent intent = new()
        {
            HostName = root.Text("hostname") ?? string.Empty,
            Source = view.Source,
            DataChecksums = view.Has("checksum"),
            IgnoreReceiveDataSequencing = view.Has("ignore-receive-data-sequencing"),
            DisableChallenge = view["disable"].Has("challenge"),
            DisconnectCause = view.Has("disconnect-cause"),
            ReceiveWindow = (uint)(view["tunnel"].Number("default-receive-window") ?? 0),
            Drain = view.Has("drain"),
            Shutdown = view.Has("shutdown"),
            AddressChange = view.Has("reject-transmit-address-change") ? AddressChange.Reject
                : view.Has("ignore-transmit-address-change") ? AddressChange.Ignore : AddressChange.Follow,
            Failover = view.Text("failover-resync") switch
            {
                "disable" => Failover.Disabled,
                "failover-protocol" => Failover.Protocol,
                "silent-failover" => Failover.Silent,
                _ => Failover.ProtocolOrSilent,
            },
        };
        Timers(view, intent);
        foreach (VirtualRouter router in routers)
        {
            intent.DestinationProfiles.Add(
                router.View["l2tp"]["destination"].List("profile").Select(destination => Destination(root, router, profile, destination, findings)));
        }

        return intent;
    }

    private static void Timers(StatementView view, L2tpIntent intent)
    {
        if (view["tunnel"].Number("idle-timeout") is { } idle)
        {
            intent.IdleTimeoutSeconds = (uint)idle;
        }

        if (view.Number("destruct-timeout") is { } destruct)
        {
            intent.DestructTimeoutSeconds = (uint)destruct;
        }

        if (view["tunnel"].Number("short-drain-timeout") is { } drain)
        {
            intent.ShortDrainTimeoutSeconds = (uint)drain;
        }

        foreach (StatementView limit in view.List("retransmission"))
        {
            uint times = (uint)limit.Number("times")!.Value;
            if (limit.Key is "all" or "established")
            {
                intent.RetransmissionsEstablished = times;
            }

            if (limit.Key is "all" or "not-established")
            {
                intent.RetransmissionsNotEstablished = times;
            }
        }
    }

    private static DestinationProfile Destination(
        StatementView root, VirtualRouter router, ChassisProfile profile, StatementView view, List<Finding> findings)
    {
        DestinationProfile destination = new()
        {
            Name = view.Key,
            Source = view.Source,
            VirtualRouter = router.Name,
            RemoteAddress = view.Text("address") ?? "0.0.0.0",
            MaxSessions = (uint)(view.Number("max-sessions") ?? 0),
        };
        foreach (StatementView host in view["remote"].List("host"))
        {
            bool secure = host["enable"].Has("ipsec-transport");
            if (!secure && !profile.Capabilities.Contains(ErxModel.ClearTunnels))
            {
                // An ISM takes tunnels under IPsec alone.
                findings.Add(host.Warning(
                    $"L2TP in the clear needs a Service Module (SM), and this {profile.Model} has none: only tunnels under IPsec are taken"));
                secure = true;
            }

            if (host.Text("profile") is { } name && !root.Entry("profile", name).Exists)
            {
                findings.Add(host["profile"].Warning($"there is no profile '{name}'"));
            }

            destination.Hosts.Add(new HostProfile
            {
                RemoteHost = host.Key == "default" ? string.Empty : host.Key,
                Source = host.Source,
                IpsecTransport = secure,
                SingleShot = host.Has("single-shot-tunnel"),
                LocalAddress = host["local"]["ip"].Text("address") ?? string.Empty,
                LocalHost = host["local"].Text("host") ?? string.Empty,
                Profile = host.Text("profile") ?? string.Empty,
                TunnelPassword = ByteString.CopyFromUtf8(host["tunnel"].Secret("password") ?? string.Empty),
                PasswordSource = host["tunnel"]["password"].Source,
                DisconnectCause = host.Has("disconnect-cause"),
                DisableProxyLcp = host["disable"]["proxy"].Has("lcp"),
                DisableProxyAuthenticate = host["disable"]["proxy"].Has("authenticate"),
                MaxSessions = (uint)(host.Number("max-sessions") ?? 0),
                ReceiveWindow = (uint)(host.Number("receive-window") ?? 0),
            });
        }

        return destination;
    }
}
