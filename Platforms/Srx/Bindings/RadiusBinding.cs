using System.Text;
using Google.Protobuf;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From the RADIUS servers of access profiles to groups of servers, one for each profile.</summary>
internal static class RadiusBinding
{
    private const uint DefaultRetries = 3;

    /// <summary>Reads the intent.</summary>
    public static RadiusIntent Bind(StatementView root)
    {
        RadiusIntent intent = new();
        string name = root["system"].Text("host-name") ?? string.Empty;
        foreach (StatementView profile in root["access"].List("profile").Where(p => p.List("radius-server").Any()))
        {
            ServerGroup group = new() { Name = profile.Key, Source = profile.Source, NasIdentifier = name };
            group.AuthenticationServers.Add(profile.List("radius-server").Select(Server));
            intent.Groups.Add(group);
        }

        return intent;
    }

    private static Server Server(StatementView view) => new()
    {
        Address = view.Key,
        Source = view.Source,
        Port = (uint)(view.Number("port") ?? 0),
        Secret = ByteString.CopyFrom(Encoding.UTF8.GetBytes(view.Secret("secret") ?? string.Empty)),
        SecretSource = view["secret"].Source,
        TimeoutSeconds = (uint)(view.Number("timeout") ?? 0),
        Retries = (uint?)view.Number("retry") ?? DefaultRetries,
        MaxRequests = (uint)(view.Number("max-outstanding-requests") ?? 0),
        SourceAddress = view.Text("source-address") ?? string.Empty,
        SourceAddressSource = view["source-address"].Source,
    };
}
