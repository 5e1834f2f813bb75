using System.Net;
using Google.Protobuf;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>From <c>profile</c> to PPP's intent.</summary>
internal static class PppBinding
{
    /// <summary>Reads the intent.</summary>
    public static PppIntent Bind(StatementView root)
    {
        PppIntent intent = new();
        foreach (StatementView view in root.List("profile"))
        {
            StatementView ip = view["ip"];
            StatementView ppp = view["ppp"];
            Profile profile = new()
            {
                Name = view.Key,
                Source = view.Source,
                AuthenticationSource = (ppp["authentication"].Exists ? ppp["authentication"] : view).Source,
                Mru = (uint)(ppp.Number("mru") ?? 0),
                UnnumberedInterface = InterfaceNames.Shown(ip.Text("unnumbered") ?? string.Empty),
                UnnumberedSource = (ip["unnumbered"].Exists ? ip["unnumbered"] : view).Source,
                VirtualRouter = ip.Text("virtual-router") ?? string.Empty,
                IpMtu = (uint)(ip.Number("mtu") ?? 0),
            };
            if (ppp.Number("keepalive") is { } seconds)
            {
                profile.KeepaliveSeconds = (uint)seconds;
            }

            Bind(view["ipv6"], profile);
            profile.Authentication.Add(ppp["authentication"].Values.Select(word => word switch
            {
                "pap" => Authentication.Pap,
                "chap" => Authentication.Chap,
                "mschap" => Authentication.MsChap,
                _ => Authentication.MsChapV2,
            }));
            intent.Profiles.Add(profile);
        }

        return intent;
    }

    private static void Bind(StatementView ipv6, Profile profile)
    {
        StatementView discovery = ipv6["nd"];
        StatementView prefix = discovery["prefix-advertisement"];
        profile.Ipv6 = ipv6.Has("enable") || ipv6["unnumbered"].Exists || prefix.Exists;
        if (!profile.Ipv6)
        {
            return;
        }

        profile.UnnumberedInterface6 = InterfaceNames.Shown(ipv6.Text("unnumbered") ?? string.Empty);
        profile.Ipv6Mtu = (uint)(ipv6.Number("mtu") ?? 0);
        if (discovery.Has("suppress-ra"))
        {
            return;
        }

        profile.Advertisement = new RouterAdvertisement
        {
            IntervalSeconds = (uint)(discovery.Number("ra-interval") ?? 0),
            Managed = discovery.Has("managed-config-flag"),
            OtherConfiguration = discovery.Has("other-config-flag"),
            ReachableMilliseconds = (uint)(discovery.Number("reachable-time") ?? 0),
        };
        if (discovery.Number("ra-lifetime") is { } lifetime)
        {
            profile.Advertisement.LifetimeSeconds = (uint)lifetime;
        }

        if (prefix.Text("prefix") is { } written)
        {
            profile.Advertisement.Prefix = new AdvertisedPrefix
            {
                Prefix = ByteString.CopyFrom(IPAddress.Parse(written.Split('/')[0]).GetAddressBytes()),
                PrefixLength = ErxValues.UserPrefixLength,
                ValidSeconds = (uint)prefix.Number("valid")!.Value,
                PreferredSeconds = (uint)prefix.Number("preferred")!.Value,
                OnLink = prefix.Has("onlink"),
                Autonomous = prefix.Has("autoconfig"),
            };
        }
    }
}
