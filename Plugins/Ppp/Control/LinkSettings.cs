using RouterOS.Ppp.Wire;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Ppp.Control;

/// <summary>What one link is to be: from its profile and from its lower layer; or, in the client's role, from the client.</summary>
internal sealed record LinkSettings
{
    private const ushort LargestMru = 1500;

    public string Profile { get; init; } = string.Empty;

    /// <summary>How the peer may be authenticated, the first choice first; empty: not at all.</summary>
    public IReadOnlyList<AuthenticationMethod> Authentication { get; init; } = [];

    /// <summary>How this side can prove who it is.</summary>
    public IReadOnlyList<AuthenticationMethod> OwnProofs { get; init; } = [];

    public IPppCredentials? Credentials { get; init; }

    /// <summary>Gives the peer its address; otherwise this side wants one.</summary>
    public bool IsServer { get; init; } = true;

    public ushort Mru { get; init; } = LargestMru;

    /// <summary>Largest frame that the lower layer carries whole.</summary>
    public int LinkMtu { get; init; } = LargestMru;

    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan NegotiationLimit { get; init; } = TimeSpan.FromSeconds(60);

    public uint LocalAddress { get; init; }

    public int IpMtu { get; init; }

    public string Pool { get; init; } = string.Empty;

    public string VirtualRouter { get; init; } = string.Empty;

    public bool ClampsTcp { get; init; } = true;

    public bool ValidatesSource { get; init; } = true;

    public string ChapName { get; init; } = "router";

    public bool HasIpv6 { get; init; }

    /// <summary>Largest IPv6 packet of the interface; 0: what the link carries.</summary>
    public int Ipv6Mtu { get; init; }

    /// <summary>What the peer is told of its router; null: nothing.</summary>
    public RouterAdvertisement? Advertisement { get; init; }

    /// <summary>Settings of a link over a lower layer.</summary>
    public static LinkSettings Of(Profile profile, LinkStart start, uint localAddress, string hostName)
    {
        int mtu = start.Mtu is > 0 and <= ushort.MaxValue ? (int)start.Mtu : LargestMru;
        return new()
        {
            Profile = profile.Name,
            Authentication = [.. profile.Authentication.Select(a => (AuthenticationMethod)a).Where(a => a != AuthenticationMethod.None)],
            Mru = (ushort)Math.Min(profile.Mru > 0 ? (int)profile.Mru : LargestMru, Math.Min(mtu, ushort.MaxValue)),
            LinkMtu = mtu,
            Keepalive = TimeSpan.FromSeconds(profile.HasKeepaliveSeconds ? profile.KeepaliveSeconds : 30),
            NegotiationLimit = TimeSpan.FromSeconds(profile.NegotiationTimeoutSeconds > 0 ? profile.NegotiationTimeoutSeconds : 60),
            LocalAddress = localAddress,
            IpMtu = (int)profile.IpMtu,
            Pool = profile.AddressPool,
            VirtualRouter = profile.VirtualRouter.Length > 0 ? profile.VirtualRouter : start.VirtualRouter,
            ClampsTcp = !profile.NoTcpMss,
            ValidatesSource = !profile.NoSourceValidation,
            ChapName = profile.ChapName.Length > 0 ? profile.ChapName : hostName,
            HasIpv6 = profile.Ipv6,
            Ipv6Mtu = (int)profile.Ipv6Mtu,
            Advertisement = profile.Advertisement,
        };
    }
}
