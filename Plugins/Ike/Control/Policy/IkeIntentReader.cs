using System.Security.Cryptography;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using Esp = RouterOS.Proto.Esp.V1;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Maps the contract's intent to policies; the intent has passed <see cref="IkeCommit"/>.</summary>
internal static class IkeIntentReader
{
    /// <summary>RFC 2407 section 4.5: the lifetime that holds where nobody says one.</summary>
    public const uint DefaultLifetimeSeconds = 28800;

    // Peers of one gateway where the configuration sets no limit.
    private const int MaximumPeers = 65536;

    // RFC 3948 section 4.
    private const uint DefaultNatKeepaliveSeconds = 20;

    public static GatewayPolicy Read(Gateway gateway) => new(
        gateway.Name,
        Read(gateway.Source),
        gateway.Mode == Mode.Aggressive,
        Read(gateway.ModeSource ?? gateway.Source),
        [.. gateway.Proposals.Select(p => XauthReader.Extend(Read(p, gateway.Mode), gateway.Xauth))],
        Read(gateway.ProposalsSource ?? gateway.Source),
        gateway.PreSharedKey.ToByteArray(),
        Read(gateway.KeySource ?? gateway.Source),
        [.. gateway.RemoteAddresses.Select(Address)],
        Read(gateway.RemoteSource ?? gateway.Source),
        gateway.ExternalInterface,
        Read(gateway.ExternalSource ?? gateway.Source),
        gateway.LocalAddress.Length == 0 ? 0 : Address(gateway.LocalAddress),
        Read(gateway.LocalIdentity, gateway.Source),
        Read(gateway.RemoteIdentity, gateway.Source),
        Read(gateway.DeadPeerDetection),
        !gateway.NoNatTraversal,
        gateway.NoNatKeepalive ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(gateway.NatKeepaliveSeconds == 0 ? DefaultNatKeepaliveSeconds : gateway.NatKeepaliveSeconds),
        FingerprintOf(gateway))
    {
        Dynamic = gateway.DynamicPeer is not { } peer ? null : new(
            peer.Users == DynamicPeer.Types.Users.SharedIdentity, peer.Users == DynamicPeer.Types.Users.GroupIdentity,
            peer.ConnectionsLimit == 0 ? MaximumPeers : (int)Math.Min(peer.ConnectionsLimit, MaximumPeers)),
        AnyIdentity = gateway.AnyIdentity,
        Certificate = gateway.LocalCertificate.Length == 0 ? null
            : new(gateway.LocalCertificate, gateway.AuthorityProfile, Read(gateway.CertificateSource ?? gateway.Source), gateway.PrefersPkcs7),
        Xauth = XauthReader.Read(gateway.Xauth, gateway.Source),
    };

    public static VpnPolicy Read(Vpn vpn)
    {
        _ = AddressRange.TryParse(vpn.LocalSelector, out AddressRange local);
        _ = AddressRange.TryParse(vpn.RemoteSelector, out AddressRange remote);
        return new(
            NameOf(vpn),
            Read(vpn.Source),
            vpn.Gateway,
            vpn.BindInterface,
            // RFC 4303 section 3.4.3: nothing but the window tells the upper half of a number.
            [.. vpn.Proposals.Select(Read).Select(p => p with { IsExtended = p.IsExtended && !vpn.NoAntiReplay })],
            Read(vpn.ProposalsSource ?? vpn.Source),
            (int)vpn.PfsGroup,
            Read(vpn.PfsSource ?? vpn.ProposalsSource ?? vpn.Source),
            vpn.EstablishImmediately,
            new ProxyIdentity(local, remote, (byte)vpn.SelectorProtocol, (ushort)vpn.LocalPort, (ushort)vpn.RemotePort),
            Read(vpn.SelectorSource ?? vpn.Source),
            (DontFragment)vpn.DfBit,
            !vpn.NoAntiReplay,
            FingerprintOf(vpn))
        {
            Vpn = vpn.Name,
            Policies = [.. vpn.Policies],
            TrafficSelector = vpn.TrafficSelector,
            NextHops = [.. vpn.NextHops.Select(Address)],
            Monitor = Read(vpn.Monitor, vpn.Source),
            Idle = TimeSpan.FromSeconds(vpn.IdleSeconds),
            InstallInterval = TimeSpan.FromSeconds(vpn.InstallSeconds),
            IsTransport = vpn.Transport,
            PassesNat = vpn.NatPassthrough,
            Lifetimes = vpn.AcceptedLifetimes is not { } range ? null
                : new(range.LeastSeconds, range.MostSeconds, range.LeastKilobytes, range.MostKilobytes),
            ReplayWindow = vpn.ReplayWindow == 0 ? TunnelSession.ReplayWindow : vpn.ReplayWindow,
        };
    }

    /// <summary>A VPN with keys by hand.</summary>
    public static ManualPolicy ReadManual(Vpn vpn)
    {
        ManualKeys keys = vpn.Manual;
        Vpn rows = vpn.Clone();
        rows.Source = rows.SelectorSource = rows.Manual.Source = null;
        rows.Policies.Clear();
        return new(
            Read(vpn), Address(keys.RemoteAddress), keys.ExternalInterface, keys.Spi,
            new Phase2Policy((CipherAlgorithm)keys.Cipher, keys.CipherKey.Length, OwnMac(keys.Protocol, keys.Mac), 0, 0)
            {
                Protocol = Protocol(keys.Protocol),
                AroundMac = AroundMac(keys.Protocol, keys.Mac),
                IsTagShort = keys.Mac == Esp.Mac.HmacSha25696,
            },
            keys.CipherKey.ToByteArray(),
            keys.MacKey.ToByteArray(), Digest(rows))
        {
            AuxiliarySpi = keys.AuxiliarySpi,
        };
    }

    /// <summary>The name that a tunnel alone has.</summary>
    public static string NameOf(Vpn vpn) => vpn.Tunnel.Length == 0 ? vpn.Name : vpn.Tunnel;

    public static ConfigSource Read(Source? source) => source is null ? ConfigSource.None : new(source.Path, source.Line);

    public static MacAlgorithm Hash(Hash hash) => hash switch
    {
        Proto.Ike.V1.Hash.Md5 => MacAlgorithm.HmacMd5,
        Proto.Ike.V1.Hash.Sha1 => MacAlgorithm.HmacSha1,
        Proto.Ike.V1.Hash.Sha256 => MacAlgorithm.HmacSha256,
        _ => MacAlgorithm.None,
    };

    private static Phase1Policy Read(Phase1Proposal proposal, Mode mode) => new(
        new Phase1Algorithms(
            (CipherAlgorithm)proposal.Cipher, KeyBytes(proposal.Cipher, proposal.CipherKeyBytes), Hash(proposal.Hash), (int)proposal.DhGroup),
        proposal.LifetimeSeconds == 0 ? DefaultLifetimeSeconds : proposal.LifetimeSeconds,
        proposal.Name)
    {
        Source = Read(proposal.Source),
        AcceptsOwn = proposal.AcceptedModes.Count == 0 || proposal.AcceptedModes.Contains(mode),
        AcceptsOther = proposal.AcceptedModes.Any(m => m != mode),
        Method = proposal.Authentication == Authentication.RsaSignatures ? Phase1Authentication.RsaSignatures : Phase1Authentication.PreSharedKey,
    };

    private static Phase2Policy Read(Phase2Proposal proposal) => new(
        (CipherAlgorithm)proposal.Cipher,
        KeyBytes(proposal.Cipher, proposal.CipherKeyBytes),
        OwnMac(proposal.Protocol, proposal.Mac),
        proposal.LifetimeSeconds == 0 ? DefaultLifetimeSeconds : proposal.LifetimeSeconds,
        proposal.LifetimeKilobytes,
        proposal.Name)
    {
        Protocol = Protocol(proposal.Protocol),
        AroundMac = AroundMac(proposal.Protocol, proposal.Mac),
        IsTagShort = proposal.Mac == Esp.Mac.HmacSha25696,
        IsExtended = proposal.ExtendedSequence,
        Source = Read(proposal.Source),
    };

    /// <summary>A keyed hash without regard to how much of it is sent.</summary>
    public static MacAlgorithm Mac(Esp.Mac mac) => mac == Esp.Mac.HmacSha25696 ? MacAlgorithm.HmacSha256 : (MacAlgorithm)mac;

    // What is proved twice is no better proved: of a bundle AH has the keyed hash.
    private static MacAlgorithm OwnMac(Esp.Protocol protocol, Esp.Mac mac) => protocol == Esp.Protocol.Bundle ? MacAlgorithm.None : Mac(mac);

    private static MacAlgorithm AroundMac(Esp.Protocol protocol, Esp.Mac mac) => protocol == Esp.Protocol.Bundle ? Mac(mac) : MacAlgorithm.None;

    private static SecurityProtocol Protocol(Esp.Protocol protocol) =>
        protocol == Esp.Protocol.Ah ? SecurityProtocol.Ah : SecurityProtocol.Esp;

    private static IdentityPolicy Read(Identity? identity, Source? fallback) =>
        identity is null ? new(IdentityKind.Address, string.Empty, Read(fallback))
        : new((IdentityKind)identity.Kind, identity.Value, Read(identity.Source ?? fallback)) { Ordered = identity.OrderedValue };

    private static LivenessPolicy? Read(Proto.Ike.V1.DeadPeerDetection? detection) =>
        detection is null ? null
        : new(
            (ProbeMode)detection.Probe,
            TimeSpan.FromSeconds(detection.IntervalSeconds == 0 ? 10 : detection.IntervalSeconds),
            detection.Threshold == 0 ? 5 : (int)detection.Threshold);

    private static MonitorPolicy? Read(Proto.Ike.V1.VpnMonitor? monitor, Source? fallback) =>
        monitor is null ? null
        : new(
            monitor.Optimized, monitor.SourceInterface, monitor.Destination.Length == 0 ? 0 : Address(monitor.Destination),
            TimeSpan.FromSeconds(monitor.IntervalSeconds == 0 ? 10 : monitor.IntervalSeconds),
            monitor.Threshold == 0 ? 10 : (int)monitor.Threshold, Read(monitor.Source ?? fallback));

    // Ciphers of one key length may leave it out.
    private static int KeyBytes(Esp.Cipher cipher, uint bytes) => cipher switch
    {
        Esp.Cipher.Null => 0,
        Esp.Cipher.DesCbc => 8,
        Esp.Cipher.TripleDesCbc => 24,
        _ => bytes == 0 ? 16 : (int)bytes,
    };

    private static PeerAddress Address(string text) => PeerAddress.TryParse(text, out PeerAddress address) ? address : 0;

    // Lines move when a file is loaded again, and probing or establishing differently needs no new keys: neither is part of it.
    private static string FingerprintOf(Gateway gateway)
    {
        Gateway copy = gateway.Clone();
        copy.Source = copy.ModeSource = copy.ProposalsSource = copy.KeySource = copy.RemoteSource = copy.ExternalSource = copy.CertificateSource = null;
        copy.DeadPeerDetection = null;
        copy.NatKeepaliveSeconds = 0;
        copy.NoNatKeepalive = false;
        // Users come and go without ending the others' SAs.
        copy.Xauth = copy.Xauth is null ? null : new ExtendedAuthentication { Client = copy.Xauth.Client is { } client ? new User { Name = client.Name } : null };
        foreach (Phase1Proposal proposal in copy.Proposals)
        {
            proposal.Source = null;
            proposal.Name = string.Empty;
        }

        foreach (Identity? identity in (Identity?[])[copy.LocalIdentity, copy.RemoteIdentity])
        {
            _ = identity is null ? null : identity.Source = null;
        }

        return Digest(copy);
    }

    private static string FingerprintOf(Vpn vpn)
    {
        Vpn copy = vpn.Clone();
        copy.Monitor = null;
        (copy.IdleSeconds, copy.InstallSeconds) = (0, 0);
        copy.Source = copy.ProposalsSource = copy.PfsSource = copy.SelectorSource = null;
        copy.EstablishImmediately = false;
        copy.Policies.Clear();
        copy.NextHops.Clear();
        copy.DfBit = Esp.DfBit.Clear;
        foreach (Phase2Proposal proposal in copy.Proposals)
        {
            proposal.Source = null;
            proposal.Name = string.Empty;
        }

        return Digest(copy);
    }

    private static string Digest(IMessage message) => Convert.ToHexString(SHA256.HashData(message.ToByteArray()));
}
