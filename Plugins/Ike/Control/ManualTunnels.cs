using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Ike.Control;

/// <summary>Tunnels with keys by hand: nothing is negotiated, their rows are there while the configuration is.</summary>
internal sealed class ManualTunnels(IkeRuntime runtime, ProtectionTables tables, ChangeWatch<VpnChange> vpns)
{
    private readonly Dictionary<string, (ManualPolicy Policy, uint Protection, IpsecSaPairState? Written)> _tunnels = new(StringComparer.Ordinal);

    /// <summary>The tunnels: policy, number of the protection, and the pair once it is in force.</summary>
    public IEnumerable<(ManualPolicy Policy, uint Protection, IpsecSaPairState? Pair)> All => _tunnels.Values;

    /// <summary>True for an SPI that one of them has.</summary>
    public bool Has(uint spi) => _tunnels.Values.Any(t => t.Policy.Spi == spi || (spi != 0 && t.Policy.AuxiliarySpi == spi));

    /// <summary>Converges toward a configuration.</summary>
    public void Apply(IReadOnlyList<ManualPolicy> wanted, Func<string, uint> protectionOf)
    {
        foreach ((string name, (ManualPolicy policy, uint protection, IpsecSaPairState? written)) in _tunnels.ToArray())
        {
            if (wanted.FirstOrDefault(w => w.Vpn.Name == name)?.Fingerprint != policy.Fingerprint)
            {
                if (written is not null)
                {
                    tables.Remove(protection);
                    tables.Remove(written);
                }

                vpns.Tell(new VpnChange { Name = policy.Vpn.Vpn, Protection = protection, Gone = true });

                _ = _tunnels.Remove(name);
            }
        }

        foreach (ManualPolicy policy in wanted)
        {
            IpsecSaPairState? written = _tunnels.TryGetValue(policy.Vpn.Name, out var known) ? known.Written : null;
            _tunnels[policy.Vpn.Name] = (policy, protectionOf(policy.Vpn.Name), written);
        }

        Write();
    }

    /// <summary>Writes the rows as addresses and interfaces are now.</summary>
    public void Write()
    {
        foreach ((string name, (ManualPolicy policy, uint protection, IpsecSaPairState? written)) in _tunnels.ToArray())
        {
            InterfaceState? external = runtime.Context.Interfaces.Find(policy.ExternalInterface);
            PeerAddress local = (policy.Remote.IsVersion6 ? external?.Addresses6 : external?.Addresses) is [var first, ..] ? PeerAddress.Of(first.Address) : 0;
            if (local == 0)
            {
                // No row without an outer address: the interface will bring it.
                continue;
            }

            uint index = policy.Vpn.BindInterface.Length == 0 ? 0 : runtime.Context.Interfaces.Find(policy.Vpn.BindInterface)?.Index ?? 0;
            IpsecSaPairState pair = Pair(policy, protection, local, external!.Instance);
            tables.Set(protection, policy.Vpn, index, pair.Endpoints(), pair.OutboundSpi);
            if (written is null)
            {
                _ = tables.Set(pair);
                vpns.Tell(new VpnChange { Name = policy.Vpn.Vpn, Protection = protection, Up = true });
            }

            _tunnels[name] = (policy, protection, pair);
        }
    }

    // No replay window: the sequence starts anew with the keys (RFC 4303 section 2.2), and nobody can tell the peer.
    private static IpsecSaPairState Pair(ManualPolicy policy, uint protection, PeerAddress local, uint instance) => new()
    {
        Vpn = policy.Vpn.Name,
        Protection = protection,
        Instance = instance,
        Local = local,
        Remote = policy.Remote,
        RemotePort = PeerEndpoints.Port,
        InboundSpi = policy.Algorithms.IsBundle ? policy.AuxiliarySpi : policy.Spi,
        OutboundSpi = policy.Algorithms.IsBundle ? policy.AuxiliarySpi : policy.Spi,
        AroundInboundSpi = policy.Algorithms.IsBundle ? policy.Spi : 0,
        AroundOutboundSpi = policy.Algorithms.IsBundle ? policy.Spi : 0,
        AroundMac = policy.Algorithms.AroundMac,
        AroundInboundKey = policy.Algorithms.IsBundle ? policy.MacKey : [],
        AroundOutboundKey = policy.Algorithms.IsBundle ? policy.MacKey : [],
        Cipher = policy.Algorithms.Cipher,
        CipherKeyBytes = policy.Algorithms.CipherKeyBytes,
        Mac = policy.Algorithms.Mac,
        IsAh = policy.Algorithms.Protocol == SecurityProtocol.Ah,
        IsTagShort = policy.Algorithms.IsTagShort,
        InboundCipherKey = policy.CipherKey,
        InboundMacKey = policy.Algorithms.IsBundle ? [] : policy.MacKey,
        OutboundCipherKey = policy.CipherKey,
        OutboundMacKey = policy.Algorithms.IsBundle ? [] : policy.MacKey,
        RemoteLast = uint.MaxValue,
        LocalLast = uint.MaxValue,
        IsConfirmed = true,
    };
}
