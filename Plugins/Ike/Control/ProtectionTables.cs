using Google.Protobuf;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Tables;

namespace RouterOS.Ike.Control;

/// <summary>Writes the rows of the ESP tables: the same SA gives the same row, also after a restart.</summary>
internal sealed class ProtectionTables(ITableWriter tables)
{
    public const string Protection = "protection";
    public const string Inbound = "sa-in";
    public const string Outbound = "sa-out";

    private const string Peer = "control-peer";

    private readonly HashSet<PeerAddress> _peers = [];
    private bool _reportsUnknownSpi;

    /// <summary>Puts the row of a tunnel in place.</summary>
    public void Set(uint id, VpnPolicy vpn, uint interfaceIndex, PeerEndpoints ends, uint outboundSpi)
    {
        ProxyIdentity selector = vpn.Selector;
        tables.Set(Protection, Key(id), new ProtectionRow
        {
            Id = id,
            Name = vpn.Name,
            Interface = interfaceIndex,
            Instance = ends.Instance,
            LocalAddress = ends.Local.Number,
            RemoteAddress = ends.Remote.Number,
            LocalAddress6 = ends.Local.Bytes6,
            RemoteAddress6 = ends.Remote.Bytes6,
            LocalPort = ends.IsFloated ? ends.LocalPort : 0u,
            RemotePort = ends.IsFloated ? ends.RemotePort : 0u,
            OutboundSpi = outboundSpi,
            DfBit = (DfBit)vpn.DontFragment,
            Own = vpn.IsOwn,
            NoUdpChecksum = vpn.PassesNat,
            Takes = vpn.TrafficSelector.Length == 0 && !vpn.IsOwn && (!vpn.IsOfOnePeer || vpn.IsTransport) ? null : Selector(
                selector.Local.FirstAddress, selector.Local.LastAddress, selector.Remote.FirstAddress, selector.Remote.LastAddress, selector.Protocol,
                selector.LocalPort,
                selector.RemotePort),
            NextHops = { vpn.NextHops.Where(h => !h.IsVersion6).Select(h => h.Number) },
            NextHops6 = { vpn.NextHops.Where(h => h.IsVersion6).Select(h => h.Bytes6) },
        });
    }

    /// <summary>Removes the row of a tunnel.</summary>
    public void Remove(uint id) => tables.Remove(Protection, Key(id));

    /// <summary>Puts both SAs in place; completes when every module has them, with the reason when one refused.</summary>
    public async Task<string?> Install(IpsecSaPairState pair)
    {
        foreach (ulong version in Set(pair))
        {
            if (await tables.Acknowledged(version) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Puts both SAs, and those of AH around them, in place; returns the versions of the rows, outbound ones first.</summary>
    public ulong[] Set(IpsecSaPairState pair)
    {
        List<ulong> versions = [];
        if (pair.IsBundle())
        {
            versions.Add(tables.Set(Outbound, AroundOutboundKey(pair), Around(pair, pair.AroundOutboundSpi, pair.OutboundSpi, pair.AroundOutboundKey)));
        }

        SaRow outbound = Row(pair, pair.OutboundSpi, pair.OutboundCipherKey, pair.OutboundMacKey);
        outbound.Selector = Selector(pair.LocalFirst, pair.LocalLast, pair.RemoteFirst, pair.RemoteLast, pair.Protocol, pair.LocalPort, pair.PeerPort);
        outbound.PartnerSpi = pair.AroundOutboundSpi;
        versions.Add(tables.Set(Outbound, OutboundKey(pair), outbound));
        if (pair.IsBundle())
        {
            SaRow around = Around(pair, pair.AroundInboundSpi, pair.InboundSpi, pair.AroundInboundKey);
            around.ReplayWindow = pair.ReplayWindow;
            versions.Add(tables.Set(Inbound, Key(pair.AroundInboundSpi), around));
        }

        SaRow inbound = Row(pair, pair.InboundSpi, pair.InboundCipherKey, pair.InboundMacKey);
        inbound.PartnerSpi = pair.AroundInboundSpi;
        inbound.ReplayWindow = pair.ReplayWindow;
        inbound.OriginalSource = pair.OriginalRemote;
        inbound.OriginalDestination = pair.OriginalLocal;
        inbound.Selector = Selector(pair.RemoteFirst, pair.RemoteLast, pair.LocalFirst, pair.LocalLast, pair.Protocol, pair.PeerPort, pair.LocalPort);
        versions.Add(tables.Set(Inbound, Key(pair.InboundSpi), inbound));
        return [.. versions];
    }

    /// <summary>Removes both SAs.</summary>
    public void Remove(IpsecSaPairState pair)
    {
        _ = tables.Remove(Inbound, Key(pair.InboundSpi));
        _ = tables.Remove(Outbound, OutboundKey(pair));
        if (pair.IsBundle())
        {
            _ = tables.Remove(Inbound, Key(pair.AroundInboundSpi));
            _ = tables.Remove(Outbound, AroundOutboundKey(pair));
        }
    }

    /// <summary>Puts the addresses of configured peers in place, whose messages a flood must not keep away.</summary>
    public void SetPeers(IReadOnlySet<PeerAddress> addresses)
    {
        foreach (PeerAddress gone in _peers.Except(addresses).ToArray())
        {
            _ = tables.Remove(Peer, KeyOf(gone));
            _ = _peers.Remove(gone);
        }

        foreach (PeerAddress address in addresses.Where(_peers.Add))
        {
            _ = tables.Set(Peer, KeyOf(address), new ControlPeerRow { Address = address.Number });
        }
    }

    /// <summary>Asks the modules for packets with SPIs that no SA has, or no longer.</summary>
    public void ReportUnknownSpi(bool isWanted)
    {
        if (isWanted != _reportsUnknownSpi)
        {
            _reportsUnknownSpi = isWanted;
            _ = isWanted ? tables.Set("esp", "settings", new EspSettingsRow { ReportUnknownSpi = true }) : tables.Remove("esp", "settings");
        }
    }

    /// <summary>Says that every row has been written since the start.</summary>
    public void EndOfSync() => tables.EndOfSync();

    public static string Key(uint number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string KeyOf(PeerAddress address) => address.IsVersion6 ? address.ToString() : Key(address.Number);

    /// <summary>Key of the row of AH around what a pair sends.</summary>
    public static string AroundOutboundKey(IpsecSaPairState pair) => $"{pair.Protection}/{pair.AroundOutboundSpi}";

    // Its bytes are counted with those inside.
    private static SaRow Around(IpsecSaPairState pair, uint spi, uint inside, byte[] key) => new()
    {
        Spi = spi,
        Protection = pair.Protection,
        Protocol = Proto.Esp.V1.Protocol.Ah,
        Mac = pair.IsTagShort ? Mac.HmacSha25696 : (Mac)pair.AroundMac,
        MacKey = ByteString.CopyFrom(key),
        PartnerSpi = inside,
    };

    private static string OutboundKey(IpsecSaPairState pair) => $"{pair.Protection}/{pair.OutboundSpi}";

    private static SaRow Row(IpsecSaPairState pair, uint spi, byte[] cipherKey, byte[] macKey) => new()
    {
        Spi = spi,
        Protection = pair.Protection,
        Cipher = (Cipher)pair.Cipher,
        CipherKey = ByteString.CopyFrom(cipherKey),
        Mac = MacOf(pair),
        Mode = pair.IsTransport ? SaMode.Transport : SaMode.Tunnel,
        Protocol = pair.IsAh ? Proto.Esp.V1.Protocol.Ah : Proto.Esp.V1.Protocol.Esp,
        MacKey = ByteString.CopyFrom(macKey),
        SoftBytes = pair.SoftBytes,
        HardBytes = pair.HardBytes,
        ExtendedSequence = pair.IsExtended,
    };

    /// <summary>Keyed hash of a pair as the contract names it; of a bundle the one of ESP.</summary>
    public static Mac MacOf(IpsecSaPairState pair) =>
        pair.IsTagShort && pair.Mac != Abstractions.Crypto.MacAlgorithm.None ? Mac.HmacSha25696 : (Mac)pair.Mac;

    /// <summary>Keyed hash that proves every packet of a pair.</summary>
    public static Mac IntegrityOf(IpsecSaPairState pair) =>
        !pair.IsBundle() ? MacOf(pair) : pair.IsTagShort ? Mac.HmacSha25696 : (Mac)pair.AroundMac;

    private static Selector Selector(
        PeerAddress sourceFirst, PeerAddress sourceLast, PeerAddress destinationFirst, PeerAddress destinationLast, byte protocol, ushort sourcePort,
        ushort destinationPort) =>
        new()
        {
            SourceFirst = sourceFirst.Number,
            SourceLast = sourceLast.Number,
            DestinationFirst = destinationFirst.Number,
            DestinationLast = destinationLast.Number,
            SourceFirst6 = sourceFirst.Bytes6,
            SourceLast6 = sourceLast.Bytes6,
            DestinationFirst6 = destinationFirst.Bytes6,
            DestinationLast6 = destinationLast.Bytes6,
            Protocol = protocol,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
        };
}
