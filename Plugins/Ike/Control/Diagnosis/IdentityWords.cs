using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Identities that do not match, in words.</summary>
internal static class IdentityWords
{
    /// <summary>The peer is somebody else than configured.</summary>
    public static IkeFailure Unexpected(byte[] body, string text, IdentityPolicy expected, PeerAddress remote)
    {
        string theirType = IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _) ? TypeWord(identity.Type) : "identity";
        string ourType = TypeWord(expected);
        bool type = theirType != ourType;
        string theirs = $"{theirType} {text}";
        string ours = $"{ourType} {PeerIdentity.Text(expected, remote)}";
        return new(
            FailureKind.Identity, 1, $"{(type ? "identity type" : "identity")} does not match: they say {theirs}, we expect {ours}", expected.Source)
        {
            Aspect = type ? FailureAspect.IdentityType : FailureAspect.IdentityValue,
            Theirs = theirs,
            Ours = ours,
        };
    }

    /// <summary>The peer takes us for somebody else.</summary>
    public static IkeFailure Refused(IdentityPolicy own, PeerAddress local, string notification)
    {
        string ours = $"{TypeWord(own)} {PeerIdentity.Text(own, local)}";
        return new(FailureKind.Identity, 1, $"the peer refuses our identity ({notification}): we say {ours}", own.Source)
        {
            Aspect = FailureAspect.RefusedByPeer,
            Ours = ours,
            Evidence = [notification],
        };
    }

    private static string TypeWord(IdentityType type) => type switch
    {
        IdentityType.Ipv4Address => "address",
        IdentityType.Fqdn => "hostname",
        IdentityType.UserFqdn => "user-at-hostname",
        IdentityType.KeyId => "key-id",
        _ => "identity",
    };

    private static string TypeWord(IdentityPolicy policy) => policy.Kind switch
    {
        IdentityKind.Fqdn => "hostname",
        IdentityKind.UserFqdn => "user-at-hostname",
        IdentityKind.KeyId => "key-id",
        _ => "address",
    };
}
