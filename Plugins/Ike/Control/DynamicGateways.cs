using System.Text;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>Gateways whose peers may come from anywhere, by the identity that their peers show: one look-up, however many there are.</summary>
internal sealed class DynamicGateways
{
    private readonly Dictionary<(PeerAddress Local, IdentityType Type, string Value), IkeSession> _exact = [];
    private readonly Dictionary<(PeerAddress Local, string Domain), IkeSession> _groups = [];
    private readonly Dictionary<PeerAddress, IkeSession> _any = [];

    /// <summary>The gateway on an address of ours that takes whoever has the key, or null.</summary>
    public IkeSession? Find(PeerAddress local) => _any.GetValueOrDefault(local);

    /// <summary>True when there is a gateway on an address of ours.</summary>
    public bool IsServed(PeerAddress local) => _any.ContainsKey(local) || _exact.Keys.Any(k => k.Local == local) || _groups.Keys.Any(k => k.Local == local);

    /// <summary>Takes the gateways as they are configured, with the addresses that we have now.</summary>
    public void Rebuild(IEnumerable<IkeSession> gateways)
    {
        _exact.Clear();
        _groups.Clear();
        _any.Clear();
        foreach (IkeSession gateway in gateways.Where(g => g.Policy.Dynamic is not null))
        {
            IdentityPolicy identity = gateway.Policy.RemoteIdentity;
            if (gateway.Policy.AnyIdentity)
            {
                _ = _any.TryAdd(gateway.Local, gateway);
            }

            if (gateway.Policy.Dynamic!.IsGroup)
            {
                _ = _groups.TryAdd((gateway.Local, DomainOf(identity)), gateway);
            }
            else if (identity.Value.Length > 0)
            {
                _ = _exact.TryAdd((gateway.Local, TypeOf(identity.Kind), Folded(identity)), gateway);
            }
        }
    }

    /// <summary>The gateway that an identity belongs to, or null.</summary>
    public IkeSession? Find(PeerAddress local, ReadOnlySpan<byte> body)
    {
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return null;
        }

        string text = identity.Type switch
        {
            IdentityType.Ipv4Address => Ipv4.Text(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(identity.Data)),
            IdentityType.Fqdn or IdentityType.UserFqdn => Encoding.ASCII.GetString(identity.Data).ToLowerInvariant(),
            IdentityType.KeyId => Convert.ToHexString(identity.Data),
            _ => string.Empty,
        };
        if (_exact.TryGetValue((local, identity.Type, text), out IkeSession? gateway))
        {
            return gateway;
        }

        if (identity.Type is IdentityType.Fqdn or IdentityType.UserFqdn)
        {
            // A name has at most 127 labels.
            for (int at = text.IndexOfAny(['.', '@']); at >= 0; at = text.IndexOfAny(['.', '@'], at + 1))
            {
                if (_groups.TryGetValue((local, text[(at + 1)..]), out gateway))
                {
                    return gateway;
                }
            }
        }

        return _any.GetValueOrDefault(local);
    }

    /// <summary>What identities of a group end with: the configured name, without its user.</summary>
    public static string DomainOf(IdentityPolicy identity) => identity.Value[(identity.Value.LastIndexOf('@') + 1)..].ToLowerInvariant();

    private static string Folded(IdentityPolicy identity) => identity.Kind switch
    {
        IdentityKind.Fqdn or IdentityKind.UserFqdn => identity.Value.ToLowerInvariant(),
        IdentityKind.KeyId => Convert.ToHexString(Encoding.UTF8.GetBytes(identity.Value)),
        _ => identity.Value,
    };

    private static IdentityType TypeOf(IdentityKind kind) => kind switch
    {
        IdentityKind.Fqdn => IdentityType.Fqdn,
        IdentityKind.UserFqdn => IdentityType.UserFqdn,
        IdentityKind.KeyId => IdentityType.KeyId,
        _ => IdentityType.Ipv4Address,
    };
}
