using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Aaa.Control;

/// <summary>Checks a candidate intent: pure.</summary>
internal static class AaaCommit
{
    public static IReadOnlyList<Finding> Validate(AaaIntent intent, RadiusIntent radius)
    {
        List<Finding> findings = [];
        foreach (Proto.Aaa.V1.AddressPool pool in intent.Pools)
        {
            foreach (AddressRange range in pool.Ranges)
            {
                if (Ipv4Number.Parse(range.First) is not { } first || Ipv4Number.Parse(range.Last) is not { } last || first > last)
                {
                    findings.Add(Error(range.Source ?? pool.Source, $"address pool {pool.Name}: {range.First} to {range.Last} is no range of IPv4 addresses"));
                }
            }
        }

        foreach (User user in intent.Users)
        {
            if (user.Address.Length > 0 && Ipv4Number.Parse(user.Address) is null)
            {
                findings.Add(Error(user.Source, $"user {user.Name}: '{user.Address}' is no IPv4 address"));
            }

            if (user.Pool.Length > 0 && intent.Pools.All(p => p.Name != user.Pool))
            {
                findings.Add(Error(user.Source, $"user {user.Name}: there is no address pool {user.Pool}"));
            }

            findings.AddRange(user.Routes.Where(r => FramedRoutes.Of(r) is null)
                .Select(r => Error(user.Source, $"user {user.Name}: '{r}' is no IPv4 prefix")));
        }

        if (intent.PppMethods.Count > 0 && intent.PppMethods.All(m => m == Method.Radius)
            && !radius.Groups.Any(g => g.Name.Length == 0 && g.AuthenticationServers.Count > 0))
        {
            findings.Add(new Finding
            {
                Severity = Finding.Types.Severity.Warning,
                Source = intent.PppMethodsSource,
                Message = "there is no RADIUS server, and no other method is named: nobody will be let in",
            });
        }

        return findings;
    }

    private static Finding Error(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source ?? new Source(), Message = message };
}
