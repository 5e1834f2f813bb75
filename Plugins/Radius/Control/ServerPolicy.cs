using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Wire;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Control;

/// <summary>One server as configured.</summary>
internal sealed record ServerPolicy(
    uint Address, ushort Port, Secret Secret, TimeSpan Timeout, int Retries, TimeSpan DeadTime, int MaximumRequests, uint SourceAddress,
    bool RequiresMessageAuthenticator, Source Origin, string VirtualRouter)
{
    private const uint DefaultTimeoutSeconds = 3;
    private const uint DefaultRequests = 255;

    /// <summary>Attributes that requests do not have, by kind of request.</summary>
    public IReadOnlyDictionary<LeftOut.Types.Request, IReadOnlySet<RadiusType>> LeftOut { get; init; } =
        new Dictionary<LeftOut.Types.Request, IReadOnlySet<RadiusType>>();

    public string Name => $"{Ipv4Number.Text(Address)}:{Port}";

    public static ServerPolicy Of(Server server, ServerGroup group, bool accounting)
    {
        uint source = (Ipv4Number.Parse(server.SourceAddress) ?? 0);
        return new(
            (Ipv4Number.Parse(server.Address) ?? 0),
            (ushort)(server.Port != 0 ? server.Port : accounting ? RadiusPorts.Accounting : RadiusPorts.Authentication),
            new Secret(server.Secret.ToByteArray()),
            TimeSpan.FromSeconds(server.TimeoutSeconds != 0 ? server.TimeoutSeconds : DefaultTimeoutSeconds),
            (int)server.Retries,
            TimeSpan.FromSeconds(server.DeadSeconds),
            (int)(server.MaxRequests != 0 ? server.MaxRequests : DefaultRequests),
            source != 0 ? source : (Ipv4Number.Parse(group.SourceAddress) ?? 0),
            server.RequireMessageAuthenticator,
            server.Source ?? group.Source ?? new Source(),
            group.VirtualRouter)
        {
            LeftOut = group.LeftOut.GroupBy(l => l.Request).ToDictionary(
                g => g.Key, IReadOnlySet<RadiusType> (g) => g.Select(l => (RadiusType)l.Attribute).ToHashSet()),
        };
    }
}

/// <summary>A shared secret: prints as nothing.</summary>
internal sealed class Secret(byte[] bytes)
{
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <inheritdoc/>
    public override string ToString() => "redacted";
}
