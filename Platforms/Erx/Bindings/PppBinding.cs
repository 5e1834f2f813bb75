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
}
