using System.Buffers.Binary;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using EncapsulationMode = RouterOS.Ike.Wire.EncapsulationMode;

namespace RouterOS.Clients;

/// <summary>IKE of one client: phase 1, quick modes for UDP port 1701 in transport mode, and the SAs that came of them.</summary>
internal sealed class IkeConnection
{
    private const ushort L2tpPort = 1701;
    private const byte Udp = 17;
    private const int HashBytes = 20;

    // What is under way with the old keys when new ones are there.
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(5);

    private readonly ClientSettings _settings;
    private readonly ClientClock _clock;
    private readonly Action<bool, byte[]> _send;
    private readonly IkeExchange _exchange;
    private readonly Dictionary<uint, EspDirection> _inbound = [];
    private readonly IkePhase1 _phase1;
    private EspDirection? _outbound;
    private uint _ownSpi;
    private (uint Id, byte[] Message) _lastQuick;

    /// <summary>IKE of a client.</summary>
    /// <param name="settings">What the client is.</param>
    /// <param name="clock">Its time and gate.</param>
    /// <param name="send">Sends a message, to port 4500 or to port 500.</param>
    public IkeConnection(ClientSettings settings, ClientClock clock, Action<bool, byte[]> send)
    {
        (_settings, _clock, _send) = (settings, clock, send);
        _exchange = new IkeExchange(clock, message => _send(_phase1!.IsFloated, message));
        _phase1 = new IkePhase1(settings, clock, _exchange);
    }

    /// <summary>Told when the server has deleted what the client sends by.</summary>
    public Action Deleted { get; set; } = () => { };

    public int Repeated => _exchange.Repeated;

    /// <summary>Negotiates both phases; the reason of failure or null.</summary>
    public async Task<string?> Connect()
    {
        string? failure = await _phase1.Negotiate();
        return failure ?? await Rekey();
    }

    /// <summary>New SAs by the phase 1 there is.</summary>
    public async Task<string?> Rekey()
    {
        IkePhase1 phase1 = _phase1;
        uint id = _clock.NewNumber();
        uint spi = _clock.NewNumber();
        byte[] nonce = _clock.NewBytes(32);
        MessageCipher cipher = phase1.CipherOf(id);
        byte[]? answer = await _exchange.Ask(
            cipher.Encrypt(Message1(phase1, id, spi, nonce)), m => IdOf(m) == id);
        byte[]? text = answer is null ? null : cipher.Decrypt(answer.AsSpan(IsakmpHeader.Length));
        if (text is null || IkePhase1.Find(answer!, PayloadType.Nonce, text) is not { } peerNonce
            || IkePhase1.Find(answer!, PayloadType.SecurityAssociation, text) is not { } body || ChosenSpi(body) is not (> 0 and var peerSpi))
        {
            return answer is null ? "no answer to quick mode" : "the answer to quick mode cannot be used";
        }

        cipher.Accept(answer.AsSpan(IsakmpHeader.Length));
        EspDirection inbound = Direction(phase1, spi, nonce, peerNonce);
        EspDirection outbound = Direction(phase1, peerSpi, nonce, peerNonce);
        _inbound[spi] = inbound;
        IsakmpWriter writer = new(phase1.Cookie, phase1.PeerCookie, ExchangeType.QuickMode, id);
        writer.Add(PayloadType.Hash, Phase2Keys.Hash3(
            ClientCrypto.Mac, _settings.Algorithms.Hash, phase1.Secrets!.Authentication, id, nonce, peerNonce));
        byte[] message3 = cipher.Encrypt(writer.Finish());
        _lastQuick = (id, message3);
        _send(true, message3);
        uint old = _ownSpi;
        (_outbound, _ownSpi) = (outbound, spi);
        if (old != 0)
        {
            _ = _clock.After(s_overlap, () => Delete(old));
        }

        return null;
    }

    /// <summary>Protects a payload of UDP; null before there are SAs.</summary>
    public byte[]? Protect(ReadOnlySpan<byte> payload) => _outbound?.Protect(payload, Udp, _clock);

    /// <summary>Opens a packet of ESP; null when it is not of one of the SAs.</summary>
    public byte[]? Open(ReadOnlySpan<byte> packet) =>
        packet.Length > 8 && _inbound.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(packet), out EspDirection? sa)
        && sa.Open(packet, out byte protocol) is { } payload && protocol == Udp ? payload : null;

    /// <summary>Takes a message.</summary>
    public void Receive(byte[] message)
    {
        if (!IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) || header.InitiatorCookie != _phase1.Cookie || _exchange.Take(message))
        {
            return;
        }

        if (header.Exchange == ExchangeType.Informational && _phase1.Secrets is not null)
        {
            Inform(message, header.MessageId);
        }
        else if (header.Exchange == ExchangeType.QuickMode && header.MessageId == _lastQuick.Id)
        {
            // Message 3 was lost on its way.
            _send(true, _lastQuick.Message);
        }
    }

    /// <summary>Tells the server that all is over.</summary>
    public void Close()
    {
        if (_phase1.Secrets is not null)
        {
            Delete(_ownSpi);
            Tell(PayloadType.Delete, DeletePayload.Create(SecurityProtocol.Isakmp, Bytes.Of(_phase1.Cookie, _phase1.PeerCookie)));
        }

        _outbound = null;
    }

    private byte[] Message1(IkePhase1 phase1, uint id, uint spi, byte[] nonce)
    {
        IsakmpWriter writer = new(phase1.Cookie, phase1.PeerCookie, ExchangeType.QuickMode, id);
        int hash = writer.Add(PayloadType.Hash, new byte[HashBytes]);
        writer.Add(PayloadType.SecurityAssociation, Phase2Negotiation.Offer(_settings.Vpn, spi, EncapsulationMode.UdpTunnel));
        writer.Add(PayloadType.Nonce, nonce);
        writer.Add(PayloadType.Identification, IdentificationPayload.Create(IdentityType.Ipv4Address, Udp, L2tpPort, _settings.Address));
        writer.Add(PayloadType.Identification, IdentificationPayload.Create(IdentityType.Ipv4Address, Udp, L2tpPort, _settings.Server));
        writer.Add(PayloadType.NatOriginalAddress, IdentificationPayload.Create(IdentityType.Ipv4Address, 0, 0, _settings.Address));
        writer.Add(PayloadType.NatOriginalAddress, IdentificationPayload.Create(IdentityType.Ipv4Address, 0, 0, _settings.Server));
        writer.Patch(hash, Phase2Keys.Hash1(
            ClientCrypto.Mac, _settings.Algorithms.Hash, phase1.Secrets!.Authentication, id, writer.Payloads[(hash + HashBytes)..]));
        return writer.Finish();
    }

    private uint ChosenSpi(byte[] body) =>
        SaPayload.TryParse(body, out SaPayload reply, out _)
        && Phase2Negotiation.Confirm(reply, _settings.Vpn, EncapsulationMode.UdpTunnel, out _) is { } choice ? choice.PeerSpi : 0;

    private EspDirection Direction(IkePhase1 phase1, uint spi, byte[] nonce, byte[] peerNonce) => new(
        _settings.Suite, spi, Phase2Keys.KeyMaterial(
            ClientCrypto.Mac, _settings.Algorithms.Hash, phase1.Secrets!.Derivation, [], (byte)SecurityProtocol.Esp, spi, nonce, peerNonce,
            _settings.Suite.CipherKeyBytes + _settings.Suite.MacKeyBytes));

    // RFC 3706 section 5.3: R-U-THERE with its own cookies and sequence number comes back as an acknowledgement.
    private void Inform(byte[] message, uint id)
    {
        if (_phase1.CipherOf(id).Decrypt(message.AsSpan(IsakmpHeader.Length)) is not { } text)
        {
            return;
        }

        if (IkePhase1.Find(message, PayloadType.Notification, text) is { } body
            && NotificationPayload.TryParse(body, out NotificationPayload notification, out _) && notification.Type == NotifyType.RUThere)
        {
            Tell(PayloadType.Notification, NotificationPayload.Create(
                SecurityProtocol.Isakmp, NotifyType.RUThereAck, Bytes.Of(_phase1.Cookie, _phase1.PeerCookie), notification.Data));
        }
        else if (IkePhase1.Find(message, PayloadType.Delete, text) is { } deleted
            && DeletePayload.TryParse(deleted, out DeletePayload delete, out _) && delete.Protocol == SecurityProtocol.Esp)
        {
            for (int i = 0; i < delete.Count; i++)
            {
                if (_outbound?.Spi == BinaryPrimitives.ReadUInt32BigEndian(delete.Spi(i)))
                {
                    _outbound = null;
                    Deleted();
                }
            }
        }
    }

    private void Delete(uint spi)
    {
        if (_inbound.Remove(spi))
        {
            Tell(PayloadType.Delete, DeletePayload.Create(SecurityProtocol.Esp, Bytes.Of(spi)));
        }
    }

    private void Tell(PayloadType type, byte[] body)
    {
        uint id = _clock.NewNumber();
        IsakmpWriter writer = new(_phase1.Cookie, _phase1.PeerCookie, ExchangeType.Informational, id);
        int hash = writer.Add(PayloadType.Hash, new byte[HashBytes]);
        writer.Add(type, body);
        writer.Patch(hash, Phase2Keys.Hash1(
            ClientCrypto.Mac, _settings.Algorithms.Hash, _phase1.Secrets!.Authentication, id, writer.Payloads[(hash + HashBytes)..]));
        _send(true, _phase1.CipherOf(id).Encrypt(writer.Finish()));
    }

    private static uint IdOf(byte[] message) => IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) ? header.MessageId : 0;
}
