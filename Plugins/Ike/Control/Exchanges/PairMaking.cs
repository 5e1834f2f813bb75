using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Makes the pair of SAs that a quick mode agreed on.</summary>
internal static class PairMaking
{
    // 100 Mbit/s, also where less has been carried so far: what comes next may go faster, and a small byte limit needs room for the rekey.
    private const double LeastRate = 12_500_000;

    /// <summary>The pair, or null when its cipher would get a weak key. The secret and the key material are overwritten.</summary>
    public static IpsecSaPairState? Make(
        IkeRuntime runtime, TunnelSession tunnel, IkeSa sa, Phase2Choice choice, bool initiator, DateTimeOffset started, uint spi, uint aroundSpi,
        byte[] secret, byte[] initiatorNonce, byte[] responderNonce, OriginalAddresses originals)
    {
        Phase2Policy policy = choice.Policy;
        IMac mac = runtime.Context.Mac;
        int cipherBytes = policy.CipherMaterialBytes;
        int bytes = cipherBytes + (policy.Mac == MacAlgorithm.None ? 0 : mac.OutputBytes(policy.Mac));
        byte[] inbound = Phase2Keys.KeyMaterial(
            mac, sa.Algorithms.Hash, sa.Secrets.Derivation, secret, (byte)policy.Protocol, spi, initiatorNonce, responderNonce, bytes);
        byte[] outbound = Phase2Keys.KeyMaterial(
            mac, sa.Algorithms.Hash, sa.Secrets.Derivation, secret, (byte)policy.Protocol, choice.PeerSpi, initiatorNonce, responderNonce,
            bytes);
        // RFC 2409 section 5.5: protocol and SPI give every SA keys of its own.
        int aroundBytes = policy.IsBundle ? mac.OutputBytes(policy.AroundMac) : 0;
        byte[] aroundInbound = aroundBytes == 0 ? [] : Phase2Keys.KeyMaterial(
            mac, sa.Algorithms.Hash, sa.Secrets.Derivation, secret, (byte)SecurityProtocol.Ah, aroundSpi, initiatorNonce, responderNonce, aroundBytes);
        byte[] aroundOutbound = aroundBytes == 0 ? [] : Phase2Keys.KeyMaterial(
            mac, sa.Algorithms.Hash, sa.Secrets.Derivation, secret, (byte)SecurityProtocol.Ah, choice.AroundPeerSpi, initiatorNonce, responderNonce,
            aroundBytes);
        CryptographicOperations.ZeroMemory(secret);
        if (DesWeakKeys.IsWeak(policy.Cipher, inbound) || DesWeakKeys.IsWeak(policy.Cipher, outbound))
        {
            return null;
        }

        TimeSpan lifetime = TimeSpan.FromSeconds(choice.LifetimeSeconds);
        double fraction = runtime.NewFraction();
        DateTimeOffset now = runtime.Now;
        ulong hardBytes = choice.LifetimeKilobytes * 1024ul;
        ProxyIdentity selector = tunnel.Policy.Selector;
        IpsecSaPairState state = new()
        {
            Vpn = tunnel.Policy.Name,
            Fingerprint = tunnel.Fingerprint,
            Order = tunnel.NextOrder(),
            Protection = tunnel.ProtectionId,
            Gateway = tunnel.Session.Policy.Name,
            Peer = tunnel.Session.Key,
            IsInitiator = initiator,
            Instance = sa.State.Instance,
            Local = sa.State.Local,
            Remote = sa.State.Remote,
            RemotePort = sa.State.RemotePort,
            IsInsideUdp = sa.IsInsideUdp,
            IsLocalBehindNat = sa.State.IsLocalBehindNat,
            IsRemoteBehindNat = sa.State.IsRemoteBehindNat,
            InboundSpi = spi,
            OutboundSpi = choice.PeerSpi,
            Cipher = policy.Cipher,
            CipherKeyBytes = policy.CipherKeyBytes,
            Mac = policy.Mac,
            IsTransport = tunnel.Policy.IsTransport,
            OriginalRemote = originals.Remote,
            OriginalLocal = originals.Local,
            AroundMac = policy.AroundMac,
            AroundInboundSpi = policy.IsBundle ? aroundSpi : 0,
            AroundOutboundSpi = choice.AroundPeerSpi,
            AroundInboundKey = aroundInbound,
            AroundOutboundKey = aroundOutbound,
            IsAh = policy.Protocol == SecurityProtocol.Ah,
            IsTagShort = policy.IsTagShort,
            InboundCipherKey = inbound[..cipherBytes],
            InboundMacKey = inbound[cipherBytes..],
            OutboundCipherKey = outbound[..cipherBytes],
            OutboundMacKey = outbound[cipherBytes..],
            ReplayWindow = tunnel.Policy.AntiReplay ? tunnel.Policy.ReplayWindow : 0,
            IsExtended = choice.IsExtended,
            PfsGroup = choice.PfsGroup,
            LifetimeSeconds = choice.LifetimeSeconds,
            LifetimeKilobytes = choice.LifetimeKilobytes,
            SoftBytes = Schedules.SoftBytes(hardBytes, initiator, fraction, Math.Max(tunnel.Current?.RateAt(now) ?? 0, LeastRate)),
            HardBytes = hardBytes,
            Started = started,
            Created = now,
            Soft = now + Schedules.SoftLimit(lifetime, initiator, fraction),
            Hard = now + lifetime,
            LocalFirst = selector.Local.FirstAddress,
            LocalLast = selector.Local.LastAddress,
            RemoteFirst = selector.Remote.FirstAddress,
            RemoteLast = selector.Remote.LastAddress,
            Protocol = selector.Protocol,
            LocalPort = selector.LocalPort,
            PeerPort = selector.RemotePort,
        };
        CryptographicOperations.ZeroMemory(inbound);
        CryptographicOperations.ZeroMemory(outbound);
        return state;
    }
}
