using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Control;

/// <summary>Checks a candidate intent: pure.</summary>
internal static class RadiusCommit
{
    public const int LongestSecret = 128;
    private const uint MaximumSeconds = 1000;
    private const uint MaximumRetries = 100;
    private const uint MaximumRequests = 32000;

    public static IReadOnlyList<Finding> Validate(RadiusIntent intent)
    {
        List<Finding> findings = [];
        foreach (ServerGroup twice in intent.Groups.GroupBy(g => g.Name).Where(g => g.Count() > 1).Select(g => g.Last()))
        {
            findings.Add(Error(twice.Source, $"RADIUS servers of {twice.Name} are configured twice"));
        }

        foreach (ServerGroup group in intent.Groups)
        {
            CheckSource(group.SourceAddress, group.SourceAddressSource ?? group.Source, findings);
            Check(group.AuthenticationServers, group, findings);
            Check(group.AccountingServers, group, findings);
        }

        foreach (DynamicClient client in intent.DynamicClients)
        {
            if (Ipv4Number.Parse(client.Address) is null)
            {
                findings.Add(Error(client.Source, $"'{client.Address}' is no IPv4 address"));
            }

            CheckSecret(client.Secret.Length, client.SecretSource ?? client.Source, client.Address, findings);
        }

        return findings;
    }

    private static void Check(IEnumerable<Server> servers, ServerGroup group, List<Finding> findings)
    {
        HashSet<(string, uint)> known = [];
        foreach (Server server in servers)
        {
            Source source = server.Source ?? group.Source ?? new Source();
            if (Ipv4Number.Parse(server.Address) is null)
            {
                findings.Add(Error(source, $"RADIUS server '{server.Address}' is no IPv4 address"));
            }

            if (!known.Add((server.Address, server.Port)))
            {
                findings.Add(Error(source, $"RADIUS server {server.Address} is configured twice"));
            }

            if (server.Port > ushort.MaxValue || server.TimeoutSeconds > MaximumSeconds || server.Retries > MaximumRetries
                || server.MaxRequests > MaximumRequests)
            {
                findings.Add(Error(source,
                    $"RADIUS server {server.Address}: a port is at most {ushort.MaxValue}, a timeout {MaximumSeconds} s, retries {MaximumRetries}, requests {MaximumRequests}"));
            }

            CheckSource(server.SourceAddress, server.SourceAddressSource ?? source, findings);
            CheckSecret(server.Secret.Length, server.SecretSource ?? source, server.Address, findings);
        }
    }

    private static void CheckSource(string address, Source? source, List<Finding> findings)
    {
        if (address.Length > 0 && Ipv4Number.Parse(address) is null)
        {
            findings.Add(Error(source, $"source address '{address}' is no IPv4 address"));
        }
    }

    private static void CheckSecret(int length, Source? source, string server, List<Finding> findings)
    {
        if (length is 0 or > LongestSecret)
        {
            findings.Add(Error(source, length == 0
                ? $"RADIUS server {server} needs a secret"
                : $"RADIUS server {server}: the secret is longer than {LongestSecret} characters"));
        }
    }

    private static Finding Error(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source ?? new Source(), Message = message };
}
