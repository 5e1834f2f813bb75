using RouterOS.Proto.L2tp.V1;

namespace RouterOS.L2tp.Control.Policy;

/// <summary>What is offered to peers of a host name.</summary>
internal sealed record HostPolicy
{
    /// <summary>Empty: any name.</summary>
    public string RemoteHost { get; init; } = string.Empty;

    public bool NeedsProtection { get; init; }

    public bool IsSingleShot { get; init; }

    /// <summary>0: any of ours.</summary>
    public uint LocalAddress { get; init; }

    public string LocalHost { get; init; } = string.Empty;

    public string Profile { get; init; } = string.Empty;

    public byte[] Secret { get; init; } = [];

    public bool SendsDisconnectCause { get; init; }

    public bool UsesProxyLcp { get; init; } = true;

    public bool UsesProxyAuthentication { get; init; } = true;

    public uint MaximumSessions { get; init; }

    public uint ReceiveWindow { get; init; }

    public static HostPolicy Read(HostProfile host) => new()
    {
        RemoteHost = host.RemoteHost,
        NeedsProtection = host.IpsecTransport,
        IsSingleShot = host.SingleShot,
        LocalAddress = L2tpPolicy.Address(host.LocalAddress),
        LocalHost = host.LocalHost,
        Profile = host.Profile,
        Secret = host.TunnelPassword.ToByteArray(),
        SendsDisconnectCause = host.DisconnectCause,
        UsesProxyLcp = !host.DisableProxyLcp,
        UsesProxyAuthentication = !host.DisableProxyAuthenticate,
        MaximumSessions = host.MaxSessions,
        ReceiveWindow = host.ReceiveWindow,
    };

    public bool TakesLocal(uint address) => LocalAddress == 0 || LocalAddress == address;
}
