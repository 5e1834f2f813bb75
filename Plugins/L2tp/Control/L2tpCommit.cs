using System.Net;
using System.Net.Sockets;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Intents;

namespace RouterOS.L2tp.Control;

/// <summary>Checks a candidate intent: pure.</summary>
internal static class L2tpCommit
{
    private const int MostProfiles = 4000;

    public static IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        L2tpIntent intent = candidate.Get<L2tpIntent>();
        PppIntent ppp = candidate.Get<PppIntent>();
        List<Finding> findings = [];
        if (intent.DestinationProfiles.Count > MostProfiles)
        {
            findings.Add(Finding(Proto.Config.V1.Finding.Types.Severity.Error, intent.DestinationProfiles[MostProfiles].Source,
                $"there are {intent.DestinationProfiles.Count} L2TP destination profiles; {MostProfiles} are permitted"));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (DestinationProfile profile in intent.DestinationProfiles)
        {
            if (!names.Add(profile.Name))
            {
                findings.Add(Error(profile.Source, $"there are two L2TP destination profiles {profile.Name}"));
            }

            if (!IsAddress(profile.RemoteAddress))
            {
                findings.Add(Error(profile.Source, $"L2TP destination profile {profile.Name}: '{profile.RemoteAddress}' is no IPv4 address"));
            }

            if (profile.Hosts.Count == 0)
            {
                findings.Add(Finding(Proto.Config.V1.Finding.Types.Severity.Warning, profile.Source,
                    $"L2TP destination profile {profile.Name} has no host profile: no tunnel will be accepted by it"));
            }

            foreach (HostProfile host in profile.Hosts)
            {
                if (host.LocalAddress.Length > 0 && !IsAddress(host.LocalAddress))
                {
                    findings.Add(Error(host.Source, $"L2TP destination profile {profile.Name}: '{host.LocalAddress}' is no IPv4 address"));
                }

                if (host.Profile.Length > 0 && ppp.Profiles.All(p => p.Name != host.Profile))
                {
                    findings.Add(Finding(Proto.Config.V1.Finding.Types.Severity.Warning, host.Source,
                        $"L2TP destination profile {profile.Name}: there is no profile {host.Profile}; its sessions will be refused"));
                }
            }
        }

        return findings;
    }

    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? parsed) && parsed.AddressFamily == AddressFamily.InterNetwork;

    private static Finding Error(Source? source, string message) => Finding(Proto.Config.V1.Finding.Types.Severity.Error, source, message);

    private static Finding Finding(Finding.Types.Severity severity, Source? source, string message) =>
        new() { Severity = severity, Source = source ?? new Source(), Message = message };
}
