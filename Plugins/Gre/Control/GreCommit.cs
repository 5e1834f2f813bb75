using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;

namespace RouterOS.Gre.Control;

/// <summary>Checks a candidate intent: pure.</summary>
internal static class GreCommit
{
    private const uint FirstGroup = 0xe000_0000;

    public static IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        List<Finding> findings = [];
        Dictionary<(string, string, string, Encapsulation, bool, uint), string> ends = [];
        Dictionary<(string, string, string, Encapsulation), (bool Secured, string Name)> secured = [];
        HashSet<(Encapsulation, string)> names = [];
        HashSet<string> interfaces = new(StringComparer.Ordinal);
        foreach (Tunnel tunnel in candidate.Get<GreIntent>().Tunnels)
        {
            void Add(string message) => findings.Add(new Finding
            {
                Severity = Finding.Types.Severity.Error, Source = tunnel.Source ?? new Source(), Message = $"tunnel {tunnel.Name}: {message}",
            });

            if (!names.Add((tunnel.Encapsulation, tunnel.Name)) || !interfaces.Add(tunnel.Interface))
            {
                Add("there are two of them");
            }

            if (tunnel.Encapsulation == Encapsulation.Ip && (tunnel.Checksum || tunnel.HasKey || tunnel.Sequence))
            {
                Add("only GRE has checksums, keys and sequence numbers");
            }

            if (tunnel.Keepalive is not null && (tunnel.Encapsulation == Encapsulation.Ip || tunnel.Sequence))
            {
                Add("keepalives go without sequence numbers, and in GRE alone");
            }

            if (tunnel.LocalAddress.Length == 0 || tunnel.RemoteAddress.Length == 0)
            {
                continue;
            }

            if (Ipv4Number.Parse(tunnel.LocalAddress) is not { } local || Ipv4Number.Parse(tunnel.RemoteAddress) is not { } remote
                || local is 0 or >= FirstGroup || remote is 0 or >= FirstGroup)
            {
                Add($"{tunnel.LocalAddress} and {tunnel.RemoteAddress} must be IPv4 addresses of hosts");
                continue;
            }

            if (local == remote)
            {
                Add($"source and destination are the same, {tunnel.LocalAddress}");
            }

            if (!ends.TryAdd(
                (tunnel.TransportInstance, tunnel.LocalAddress, tunnel.RemoteAddress, tunnel.Encapsulation, tunnel.HasKey, tunnel.Key), tunnel.Name))
            {
                Add($"tunnel {ends[(tunnel.TransportInstance, tunnel.LocalAddress, tunnel.RemoteAddress, tunnel.Encapsulation, tunnel.HasKey, tunnel.Key)]} "
                    + $"has the same source, destination{(tunnel.HasKey ? " and key" : string.Empty)}: its packets could not be told apart");
            }

            // The protection is of all packets between two addresses.
            (string, string, string, Encapsulation) pair = (tunnel.TransportInstance, tunnel.LocalAddress, tunnel.RemoteAddress, tunnel.Encapsulation);
            if (!secured.TryAdd(pair, (tunnel.Secured, tunnel.Name)) && secured[pair].Secured != tunnel.Secured)
            {
                Add($"tunnel {secured[pair].Name} between the same addresses is {(tunnel.Secured ? "not secured" : "secured")}: both are, or none");
            }
        }

        return findings;
    }
}
