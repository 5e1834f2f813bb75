using System.Text;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Certificates;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Phase 1 identities between policy, wire and words.</summary>
internal static class PeerIdentity
{
    private const byte Udp = 17;

    /// <summary>Body of the identification payload of an own identity.</summary>
    public static byte[] Body(IdentityPolicy identity, PeerAddress address, LocalCertificate? certificate = null) => identity.Kind switch
    {
        IdentityKind.DistinguishedName when certificate is not null =>
            IdentificationPayload.Create(IdentityType.DistinguishedName, 0, 0, CertificateCheck.Subject(certificate.Chain[0])),
        IdentityKind.Fqdn => IdentificationPayload.Create(IdentityType.Fqdn, 0, 0, Encoding.ASCII.GetBytes(identity.Value)),
        IdentityKind.UserFqdn => IdentificationPayload.Create(IdentityType.UserFqdn, 0, 0, Encoding.ASCII.GetBytes(identity.Value)),
        IdentityKind.KeyId => IdentificationPayload.Create(IdentityType.KeyId, 0, 0, Encoding.UTF8.GetBytes(identity.Value)),
        _ => OfAddress(AddressOf(identity, address)),
    };

    /// <summary>The body of an identification payload that says an address.</summary>
    public static byte[] OfAddress(PeerAddress address) =>
        IdentificationPayload.Create(address.IsVersion6 ? IdentityType.Ipv6Address : IdentityType.Ipv4Address, 0, 0, address.ToBytes());

    /// <summary>Says what a peer calls itself; false when the payload is not an identity at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out string text)
    {
        text = "nothing valid";
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return false;
        }

        text = SharedText.Of(identity.Type switch
        {
            IdentityType.Ipv4Address or IdentityType.Ipv6Address => Ipv4.Text(PeerAddress.FromBytes(identity.Data)),
            IdentityType.Fqdn or IdentityType.UserFqdn or IdentityType.KeyId => Printable(identity.Data),
            IdentityType.DistinguishedName => DistinguishedNames.Text(identity.Data),
            _ => $"identity type {(byte)identity.Type}",
        });
        return true;
    }

    /// <summary>True when the peer is who the policy expects. Its payload was accepted by <see cref="TryRead"/>.</summary>
    public static bool Matches(IdentityPolicy expected, ReadOnlySpan<byte> body, PeerAddress address)
    {
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return false;
        }

        // RFC 2407 section 4.6.2: phase 1 identities name no port, or IKE's own.
        if ((identity.Protocol, identity.Port) is not ((0, 0) or (Udp, 0) or (Udp, 500) or (Udp, 4500)))
        {
            return false;
        }

        return expected.Kind switch
        {
            IdentityKind.Fqdn => identity.Type == IdentityType.Fqdn && IsText(identity.Data, expected.Value),
            IdentityKind.UserFqdn => identity.Type == IdentityType.UserFqdn && IsText(identity.Data, expected.Value),
            IdentityKind.DistinguishedName => identity.Type == IdentityType.DistinguishedName
                && DistinguishedNames.Has(identity.Data, expected.Value) && DistinguishedNames.HasInOrder(identity.Data, expected.Ordered),
            IdentityKind.KeyId => identity.Type == IdentityType.KeyId && identity.Data.SequenceEqual(Encoding.UTF8.GetBytes(expected.Value)),
            _ => identity.Type is IdentityType.Ipv4Address or IdentityType.Ipv6Address
                && PeerAddress.FromBytes(identity.Data) == AddressOf(expected, address),
        };
    }

    /// <summary>True when a peer's name ends with the domain of a group, or the subject of its certificate has the parts that the group has.</summary>
    public static bool IsOfGroup(IdentityPolicy group, ReadOnlySpan<byte> body)
    {
        if (group.Kind == IdentityKind.DistinguishedName)
        {
            return Matches(group, body, default);
        }

        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _)
            || identity.Type is not (IdentityType.Fqdn or IdentityType.UserFqdn))
        {
            return false;
        }

        string name = Encoding.ASCII.GetString(identity.Data).ToLowerInvariant();
        string domain = DynamicGateways.DomainOf(group);
        return name.Length > domain.Length + 1 && name.EndsWith(domain, StringComparison.Ordinal) && name[^(domain.Length + 1)] is '.' or '@';
    }

    /// <summary>What a peer has called itself, as a policy for its next exchanges; where it is no identity that a policy can name, the given one.</summary>
    public static IdentityPolicy AsPolicy(ReadOnlySpan<byte> body, IdentityPolicy otherwise)
    {
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return otherwise;
        }

        return identity.Type switch
        {
            IdentityType.Ipv4Address or IdentityType.Ipv6Address =>
                new(IdentityKind.Address, SharedText.Of(Ipv4.Text(PeerAddress.FromBytes(identity.Data))), otherwise.Source),
            IdentityType.Fqdn => new(IdentityKind.Fqdn, Encoding.ASCII.GetString(identity.Data), otherwise.Source),
            IdentityType.UserFqdn => new(IdentityKind.UserFqdn, Encoding.ASCII.GetString(identity.Data), otherwise.Source),
            _ => otherwise,
        };
    }

    /// <summary>An identity of the policy in words.</summary>
    public static string Text(IdentityPolicy identity, PeerAddress address) =>
        identity.Kind == IdentityKind.Address ? Ipv4.Text(AddressOf(identity, address))
        : identity.Value.Length + identity.Ordered.Length == 0 ? "the subject of a certificate"
        : identity.Ordered.Length == 0 ? identity.Value
        : $"{(identity.Value.Length == 0 ? string.Empty : identity.Value + " and ")}{identity.Ordered} in this order";

    /// <summary>True when an identity is one of the names in a certificate.</summary>
    public static bool IsIn(PeerCertificate certificate, ReadOnlySpan<byte> body)
    {
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return false;
        }

        string text = Encoding.ASCII.GetString(identity.Data);
        return identity.Type switch
        {
            IdentityType.Ipv4Address or IdentityType.Ipv6Address => certificate.Addresses.Contains(new System.Net.IPAddress(identity.Data)),
            IdentityType.Fqdn => certificate.DnsNames.Contains(text, StringComparer.OrdinalIgnoreCase),
            IdentityType.UserFqdn => certificate.EmailNames.Contains(text, StringComparer.OrdinalIgnoreCase),
            IdentityType.DistinguishedName => identity.Data.SequenceEqual(certificate.Subject),
            _ => false,
        };
    }

    private static PeerAddress AddressOf(IdentityPolicy identity, PeerAddress address) =>
        PeerAddress.TryParse(identity.Value, out PeerAddress configured) ? configured : address;

    private static bool IsText(ReadOnlySpan<byte> data, string text) =>
        Encoding.ASCII.GetString(data).Equals(text, StringComparison.OrdinalIgnoreCase);

    // A peer's bytes end up in logs and on terminals.
    private static string Printable(ReadOnlySpan<byte> data)
    {
        StringBuilder text = new(data.Length);
        foreach (byte value in data)
        {
            text.Append(value is > 0x20 and < 0x7f ? (char)value : '?');
        }

        return text.ToString();
    }
}
