using System.Globalization;
using System.Text;
using RouterOS.Erx.Bindings;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ipsec transport profile</c>.</summary>
internal static class TransportProfileLayout
{
    /// <summary>Profiles, each with its virtual router.</summary>
    public static string Text(IReadOnlyList<(string Router, StatementView Profile)> profiles, bool detail)
    {
        StringBuilder text = new();
        foreach ((string router, StatementView profile) in profiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"IPSEC transport profile {profile.Key}\n");
            if (detail)
            {
                Detail(text, profile, router);
            }
        }

        if (!detail)
        {
            text.Append(CultureInfo.InvariantCulture, $"{profiles.Count} Ipsec transport profile{(profiles.Count == 1 ? string.Empty : "s")} found\n");
        }

        return text.ToString();
    }

    /// <summary>Name of a transform in displays.</summary>
    public static string Shown(string transform) =>
        IpsecStatements.Transforms.FirstOrDefault(t => t.Word == transform).Shown ?? transform;

    private static void Detail(StringBuilder text, StatementView profile, string router)
    {
        (uint leastSeconds, uint mostSeconds, uint leastKilobytes, uint mostKilobytes) = IkeBinding.LifetimesOf(profile);
        text.Append(CultureInfo.InvariantCulture, $"  Virtual router {router}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Peer address {profile.Text("address")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Application {string.Join(',', IkeBinding.ApplicationsOf(profile))}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Lifetime range in seconds {leastSeconds} {mostSeconds}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Lifetime range in kilobytes {leastKilobytes} {mostKilobytes}\n");
        text.Append(CultureInfo.InvariantCulture, $"  TransformSet {string.Join(' ', IkeBinding.TransformsOf(profile).Select(Shown))}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Pfs group {profile.Text("pfs") ?? "0"}\n");
        foreach (StatementView local in profile["local"]["ip"].List("address"))
        {
            text.Append(CultureInfo.InvariantCulture, $"  Local ip address : {local.Key}\n");
        }
    }
}
