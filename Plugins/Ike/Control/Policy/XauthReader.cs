using RouterOS.Ike.Wire;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Extended authentication of the intent as records.</summary>
internal static class XauthReader
{
    /// <summary>True where both sides sign, whoever's user is asked behind that.</summary>
    public static bool Signs(this Phase1Authentication method) =>
        method is Phase1Authentication.RsaSignatures or Phase1Authentication.XauthInitiatorRsa or Phase1Authentication.XauthResponderRsa;

    /// <summary>A proposal with the methods that say whose user is asked: the peer's where we ask, ours where we answer.</summary>
    public static Phase1Policy Extend(Phase1Policy proposal, ExtendedAuthentication? xauth)
    {
        if (xauth is null)
        {
            return proposal with { AnsweredMethod = proposal.Method };
        }

        Phase1Authentication initiators = proposal.Method.Signs() ? Phase1Authentication.XauthInitiatorRsa : Phase1Authentication.XauthInitiatorPreShared;
        Phase1Authentication responders = proposal.Method.Signs() ? Phase1Authentication.XauthResponderRsa : Phase1Authentication.XauthResponderPreShared;
        return xauth.Client is null ? proposal with { Method = responders, AnsweredMethod = initiators }
            : proposal with { Method = initiators, AnsweredMethod = responders };
    }

    public static XauthPolicy? Read(ExtendedAuthentication? xauth, Source? fallback) => xauth is null ? null : new(
        xauth.Profile,
        xauth.Users.DistinctBy(u => u.Name).ToDictionary(u => u.Name, Read, StringComparer.Ordinal),
        xauth.Pool is null ? null : Read(xauth.Pool, fallback),
        xauth.Push,
        xauth.Client is null ? null : Read(xauth.Client),
        IkeIntentReader.Read(xauth.Source ?? fallback))
    {
        Order = xauth.Order.Count > 0 ? [.. xauth.Order] : [UserSource.Profile],
        RadiusGroup = xauth.RadiusGroup,
    };

    private static UserPolicy Read(User user) => new(user.Name, user.Password.ToByteArray(), IkeIntentReader.Read(user.Source));

    private static PoolPolicy Read(AddressPool pool, Source? fallback)
    {
        _ = AddressRange.TryParse(pool.Network, out AddressRange network);
        AddressRange[] ranges = [.. pool.Ranges.Select(r => new AddressRange(Address(r.Low), Address(r.High)))];
        return new(
            pool.Name, network,
            ranges.Length > 0 ? ranges : network.Last - network.First < 2 ? [network] : [new(network.First + 1, network.Last - 1)],
            [.. pool.DnsServers.Select(Address)], [.. pool.WinsServers.Select(Address)], IkeIntentReader.Read(pool.Source ?? fallback));
    }

    private static uint Address(string text) => Ipv4.TryParse(text, out uint address) ? address : 0;
}
