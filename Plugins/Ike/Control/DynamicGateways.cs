using System.Text;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>Gateways whose peers may come from anywhere, by the identity that their peers show: one look-up, however many there are.</summary>
internal sealed class DynamicGateways
{
    private readonly Dictionary<(uint Instance, PeerAddress Local, IdentityType Type, string Value), IkeSession> _exact = [];
    private readonly Dictionary<(uint Instance, PeerAddress Local, string Domain), IkeSession> _groups = [];
    private readonly Dictionary<(uint Instance, PeerAddress Local), IkeSession> _any = [];

    // Parts of names have no order to look them up by.
    private readonly Dictionary<(uint Instance, PeerAddress Local), List<IkeSession>> _subjects = [];

    /// <summary>The gateway on an address of ours that takes whoever has the key, or null.</summary>
    public IkeSession? Find(PeerEndpoints ends) => _any.GetValueOrDefault((ends.Instance, ends.Local));

    /// <summary>True when there is a gateway on an address of ours.</summary>
    public bool IsServed(PeerEndpoints ends) => _any.ContainsKey((ends.Instance, ends.Local)) || _subjects.ContainsKey((ends.Instance, ends.Local))
        || _exact.Keys.Any(k => (k.Instance, k.Local) == (ends.Instance, ends.Local))
        || _groups.Keys.Any(k => (k.Instance, k.Local) == (ends.Instance, ends.Local));

    /// <summary>Takes the gateways as they are configured, with the addresses that we have now.</summary>
    public void Rebuild(IEnumerable<IkeSession> gateways)
    {
        _exact.Clear();
        _groups.Clear();
        _any.Clear();
        _subjects.Clear();
        foreach (IkeSession gateway in gateways.Where(g => g.Policy.Dynamic is not null))
        {
            foreach (PeerAddress local in gateway.Locals)
            {
                Add(gateway, local);
            }
        }
    }

    /// <summary>The gateway that an identity belongs to, or null.</summary>
    public IkeSession? Find(PeerEndpoints ends, ReadOnlySpan<byte> body)
    {
        if (!IdentificationPayload.TryParse(body, out IdentificationPayload identity, out _))
        {
            return null;
        }

        if (identity.Type == IdentityType.DistinguishedName)
        {
            return FindSubject(ends, body) ?? Find(ends);
        }

        string text = identity.Type switch
        {
            IdentityType.Ipv4Address or IdentityType.Ipv6Address => Ipv4.Text(PeerAddress.FromBytes(identity.Data)),
            IdentityType.Fqdn or IdentityType.UserFqdn => Encoding.ASCII.GetString(identity.Data).ToLowerInvariant(),
            IdentityType.KeyId => Convert.ToHexString(identity.Data),
            _ => string.Empty,
        };
        if (_exact.TryGetValue((ends.Instance, ends.Local, identity.Type, text), out IkeSession? gateway))
        {
            return gateway;
        }

        if (identity.Type is IdentityType.Fqdn or IdentityType.UserFqdn)
        {
            // A name has at most 127 labels.
            for (int at = text.IndexOfAny(['.', '@']); at >= 0; at = text.IndexOfAny(['.', '@'], at + 1))
            {
                if (_groups.TryGetValue((ends.Instance, ends.Local, text[(at + 1)..]), out gateway))
                {
                    return gateway;
                }
            }
        }

        return Find(ends);
    }

    private IkeSession? FindSubject(PeerEndpoints ends, ReadOnlySpan<byte> body)
    {
        foreach (IkeSession gateway in _subjects.GetValueOrDefault((ends.Instance, ends.Local)) ?? [])
        {
            if (PeerIdentity.Matches(gateway.Policy.RemoteIdentity, body, ends.Remote))
            {
                return gateway;
            }
        }

        return null;
    }

    /// <summary>What identities of a group end with: the configured name, without its user.</summary>
    public static string DomainOf(IdentityPolicy identity) => identity.Value[(identity.Value.LastIndexOf('@') + 1)..].ToLowerInvariant();

    private static string Folded(IdentityPolicy identity) => identity.Kind switch
    {
        IdentityKind.Fqdn or IdentityKind.UserFqdn => identity.Value.ToLowerInvariant(),
        IdentityKind.KeyId => Convert.ToHexString(Encoding.UTF8.GetBytes(identity.Value)),
        _ => identity.Value,
    };

    private void Add(IkeSession gateway, PeerAddress local)
    {
        IdentityPolicy identity = gateway.Policy.RemoteIdentity;
        if (gateway.Policy.AnyIdentity)
        {
            _ = _any.TryAdd((gateway.Instance, local), gateway);
        }

        if (identity.Kind == IdentityKind.DistinguishedName)
        {
            (_subjects.TryGetValue((gateway.Instance, local), out List<IkeSession>? known) ? known : _subjects[(gateway.Instance, local)] = []).Add(gateway);
        }
        else if (gateway.Policy.Dynamic!.IsGroup)
        {
            _ = _groups.TryAdd((gateway.Instance, local, DomainOf(identity)), gateway);
        }
        else if (identity.Value.Length > 0)
        {
            _ = _exact.TryAdd((gateway.Instance, local, TypeOf(identity), Folded(identity)), gateway);
        }
    }

    private static IdentityType TypeOf(IdentityPolicy identity) => identity.Kind switch
    {
        IdentityKind.Fqdn => IdentityType.Fqdn,
        IdentityKind.UserFqdn => IdentityType.UserFqdn,
        IdentityKind.KeyId => IdentityType.KeyId,
        _ => identity.Value.Contains(':', StringComparison.Ordinal) ? IdentityType.Ipv6Address : IdentityType.Ipv4Address,
    };
}
