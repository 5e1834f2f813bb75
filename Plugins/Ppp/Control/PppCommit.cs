using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Ppp.Control;

/// <summary>Checks a candidate intent: pure.</summary>
internal static class PppCommit
{
    private const uint SmallestMru = 64;
    private const uint LargestMru = 65535;

    public static IReadOnlyList<Finding> Validate(PppIntent intent)
    {
        List<Finding> findings = [];
        foreach (Profile profile in intent.Profiles)
        {
            if (profile.Mru is not 0 and (< SmallestMru or > LargestMru))
            {
                findings.Add(Error(profile, $"an MRU of {profile.Mru} is not from {SmallestMru} to {LargestMru}"));
            }

            if (profile.UnnumberedInterface.Length == 0 && (Ipv4Number.Parse(profile.LocalAddress) ?? 0) == 0)
            {
                findings.Add(new Finding
                {
                    Severity = Finding.Types.Severity.Warning, Source = profile.Source ?? new Source(),
                    Message = $"PPP profile {profile.Name}: the router's end has no address; sessions will be refused",
                });
            }

            if (intent.Profiles.Count(p => p.Name == profile.Name) > 1)
            {
                findings.Add(Error(profile, "there are two of that name"));
            }
        }

        return findings;
    }

    private static Finding Error(Profile profile, string message) => new()
    {
        Severity = Finding.Types.Severity.Error, Source = profile.Source ?? new Source(), Message = $"PPP profile {profile.Name}: {message}",
    };
}
