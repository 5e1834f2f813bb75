using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using EncapsulationMode = RouterOS.Ike.Wire.EncapsulationMode;

namespace RouterOS.Benchmarks.Ike;

/// <summary>One initiator: main mode with a preshared key and one quick mode, as plainly as the messages allow.</summary>
/// <remarks>It claims to be behind a NAT, so that every responder does the same thing: it floats to port 4500 and its ESP goes inside UDP.</remarks>
internal sealed class LoadPeer(LoadSettings settings, IPAddress local, IPAddress behindResponder) : IDisposable
{
    private const int Attempts = 6;
    private const int MarkerBytes = 4;
    private const int HashBytes = 20;
    private const byte EspProtocol = 50;

    // After 1, 2, 4 … seconds, as peers do.
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1);
    private static readonly NatTraversalDocument s_natTraversal = NatTraversalDocument.All[0];

    private readonly byte[] _buffer = new byte[2048];

    // What lasts between the first quick mode and the next ones.
    private Socket? _floated;
    private Channel<byte[]>? _answers;
    private ulong _cookie;
    private ulong _peerCookie;
    private Phase1Secrets? _secrets;
    private byte[] _lastBlock = [];
    private uint _lastExchange;
    private byte[] _lastMessage = [];

    /// <summary>Messages that had to be sent again.</summary>
    public int Repeated { get; private set; }

    /// <summary>Negotiates both phases; false when the responder does not answer or answers something else.</summary>
    public async Task<bool> SetUpAsync()
    {
        using Socket main = Open(500);
        ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(settings.NewBytes(8)) | 1;
        IsakmpWriter first = new(cookie, 0, ExchangeType.IdentityProtection);
        first.Add(PayloadType.SecurityAssociation, settings.Phase1Offer);
        first.Add(PayloadType.VendorId, s_natTraversal.VendorId);
        first.Add(PayloadType.VendorId, VendorIds.DeadPeerDetection);
        byte[]? answer = await Ask(main, first.Finish(), floated: false, IsFromHeader);
        if (answer is null)
        {
            return false;
        }

        ulong peerCookie = BinaryPrimitives.ReadUInt64BigEndian(answer.AsSpan(8));
        int group = settings.Algorithms.Group;
        (byte[] secretValue, byte[] publicValue) = settings.KeyExchange.Generate(group, settings.Random);
        byte[] nonce = settings.NewBytes(32);
        answer = await Ask(main, Message3(cookie, peerCookie, publicValue, nonce), floated: false, m => Find(m, PayloadType.KeyExchange) is not null);
        if (answer is null)
        {
            return false;
        }

        byte[] peerPublic = Find(answer, PayloadType.KeyExchange)!;
        byte[] peerNonce = Find(answer, PayloadType.Nonce)!;
        byte[]? shared = settings.KeyExchange.Agree(group, secretValue, peerPublic);
        byte[] skeyId = Phase1Keys.SkeyId(settings.Mac, settings.Algorithms.Hash, settings.PreSharedKey, nonce, peerNonce);
        Phase1Secrets secrets = Phase1Keys.Derive(settings.Mac, settings.Algorithms, skeyId, shared!, cookie, peerCookie)!;
        byte[] iv = Phase1Keys.FirstIv(settings.Mac, settings.Algorithms, publicValue, peerPublic);
        MessageCipher cipher = new(settings.Cipher, settings.Algorithms, secrets.CipherKey, iv);
        _floated = Open(4500);
        answer = await Ask(_floated, cipher.Encrypt(Message5(cookie, peerCookie, publicValue, peerPublic, secrets)), floated: true, IsFromHeader);
        if (answer is null)
        {
            return false;
        }

        cipher.Accept(answer.AsSpan(IsakmpHeader.Length));
        (_cookie, _peerCookie, _secrets, _lastBlock) = (cookie, peerCookie, secrets, cipher.Iv);
        return await RekeyAsync();
    }

    /// <summary>Negotiates another pair of SAs by the phase 1 there is.</summary>
    public async Task<bool> RekeyAsync()
    {
        (Socket socket, ulong cookie, ulong peerCookie, Phase1Secrets secrets, byte[] lastBlock) = (_floated!, _cookie, _peerCookie, _secrets!, _lastBlock);
        uint id = BinaryPrimitives.ReadUInt32BigEndian(settings.NewBytes(4)) | 1;
        uint spi = BinaryPrimitives.ReadUInt32BigEndian(settings.NewBytes(4)) | 0x1000;
        byte[] nonce = settings.NewBytes(32);
        MessageCipher cipher = new(
            settings.Cipher, settings.Algorithms, secrets.CipherKey, Phase1Keys.ExchangeIv(settings.Mac, settings.Algorithms, lastBlock, id));
        IsakmpWriter writer = new(cookie, peerCookie, ExchangeType.QuickMode, id);
        int hash = writer.Add(PayloadType.Hash, new byte[HashBytes]);
        writer.Add(PayloadType.SecurityAssociation, Phase2Negotiation.Offer(settings.Vpn, spi, EncapsulationMode.UdpTunnel));
        writer.Add(PayloadType.Nonce, nonce);
        writer.Add(PayloadType.Identification, Identity(local));
        writer.Add(PayloadType.Identification, Identity(behindResponder));
        writer.Patch(hash, Phase2Keys.Hash1(settings.Mac, settings.Algorithms.Hash, secrets.Authentication, id, writer.Payloads[(hash + HashBytes)..]));
        byte[]? answer = await Ask(socket, cipher.Encrypt(writer.Finish()), floated: true, m => IdOf(m) == id);
        if (answer is null)
        {
            return false;
        }

        byte[]? text = cipher.Decrypt(answer.AsSpan(IsakmpHeader.Length));
        byte[]? peerNonce = text is null ? null : Find(answer, PayloadType.Nonce, text);
        if (peerNonce is null)
        {
            return false;
        }

        cipher.Accept(answer.AsSpan(IsakmpHeader.Length));
        // Both sides' keys, as a real initiator derives them.
        foreach (uint one in (uint[])[spi, id])
        {
            _ = Phase2Keys.KeyMaterial(settings.Mac, settings.Algorithms.Hash, secrets.Derivation, [], EspProtocol, one, nonce, peerNonce, 36);
        }

        writer = new(cookie, peerCookie, ExchangeType.QuickMode, id);
        writer.Add(
            PayloadType.Hash, Phase2Keys.Hash3(settings.Mac, settings.Algorithms.Hash, secrets.Authentication, id, nonce, peerNonce));
        (_lastExchange, _lastMessage) = (id, cipher.Encrypt(writer.Finish()));
        await Send(socket, _lastMessage, floated: true);
        return true;
    }

    /// <summary>From now on answers what the responder asks at any time: whether the peer lives, and the last message of quick mode once more.</summary>
    public async Task ListenAsync()
    {
        _answers = Channel.CreateUnbounded<byte[]>();
        byte[] buffer = new byte[2048];
        while (true)
        {
            int length;
            try
            {
                length = await _floated!.ReceiveAsync(buffer);
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: not SocketError.ConnectionRefused } or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                continue;
            }

            byte[] message = length > MarkerBytes ? buffer[MarkerBytes..length] : [];
            if (!IsakmpHeader.TryParse(message, out IsakmpHeader header, out _))
            {
                continue;
            }

            if (header.Exchange == ExchangeType.Informational)
            {
                await AnswerProbe(message, header.MessageId);
            }
            else if (header.Exchange == ExchangeType.QuickMode && header.MessageId == _lastExchange)
            {
                await Send(_floated!, _lastMessage, floated: true);
            }
            else
            {
                _answers.Writer.TryWrite(message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _floated?.Dispose();

    // RFC 3706 section 5.3: R-U-THERE with its own cookies and sequence number comes back as an acknowledgement.
    private async Task AnswerProbe(byte[] message, uint id)
    {
        byte[] iv = Phase1Keys.ExchangeIv(settings.Mac, settings.Algorithms, _lastBlock, id);
        byte[]? text = new MessageCipher(settings.Cipher, settings.Algorithms, _secrets!.CipherKey, iv).Decrypt(message.AsSpan(IsakmpHeader.Length));
        byte[]? body = text is null ? null : Find(message, PayloadType.Notification, text);
        if (body is null || !NotificationPayload.TryParse(body, out NotificationPayload probe, out _) || probe.Type != NotifyType.RUThere)
        {
            return;
        }

        byte[] answer = NotificationPayload.Create(SecurityProtocol.Isakmp, NotifyType.RUThereAck, Bytes.Of(_cookie, _peerCookie), probe.Data);
        uint own = BinaryPrimitives.ReadUInt32BigEndian(settings.NewBytes(4)) | 1;
        IsakmpWriter writer = new(_cookie, _peerCookie, ExchangeType.Informational, own);
        int hash = writer.Add(PayloadType.Hash, new byte[HashBytes]);
        writer.Add(PayloadType.Notification, answer);
        writer.Patch(hash, Phase2Keys.Hash1(settings.Mac, settings.Algorithms.Hash, _secrets.Authentication, own, writer.Payloads[(hash + HashBytes)..]));
        MessageCipher cipher = new(
            settings.Cipher, settings.Algorithms, _secrets.CipherKey, Phase1Keys.ExchangeIv(settings.Mac, settings.Algorithms, _lastBlock, own));
        await Send(_floated!, cipher.Encrypt(writer.Finish()), floated: true);
    }

    private byte[] Message3(ulong cookie, ulong peerCookie, byte[] publicValue, byte[] nonce)
    {
        IsakmpWriter writer = new(cookie, peerCookie, ExchangeType.IdentityProtection);
        writer.Add(PayloadType.KeyExchange, publicValue);
        writer.Add(PayloadType.Nonce, nonce);
        byte[] ends = [.. Bytes.Of(cookie, peerCookie), .. settings.Responder.GetAddressBytes(), 500 >> 8, 500 & 0xff];
        writer.Add(s_natTraversal.Detection, settings.Mac.Hash(settings.Algorithms.Hash, ends));
        // Of no address and port at all: there is a NAT.
        writer.Add(s_natTraversal.Detection, settings.NewBytes(HashBytes));
        return writer.Finish();
    }

    private byte[] Message5(ulong cookie, ulong peerCookie, byte[] publicValue, byte[] peerPublic, Phase1Secrets secrets)
    {
        byte[] identity = Identity(local);
        IsakmpWriter writer = new(cookie, peerCookie, ExchangeType.IdentityProtection);
        writer.Add(PayloadType.Identification, identity);
        writer.Add(PayloadType.Hash, Phase1Keys.IdentityHash(
            settings.Mac, settings.Algorithms.Hash, secrets.SkeyId, publicValue, peerPublic, cookie, peerCookie, settings.Phase1Offer, identity));
        return writer.Finish();
    }

    private static byte[] Identity(IPAddress address) =>
        IdentificationPayload.Create(IdentityType.Ipv4Address, 0, 0, address.GetAddressBytes());

    private Socket Open(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(local, port));
        socket.Connect(new IPEndPoint(settings.Responder, port));
        return socket;
    }

    private static async Task Send(Socket socket, byte[] message, bool floated) =>
        _ = await socket.SendAsync((byte[])(floated ? [0, 0, 0, 0, .. message] : message));

    private async Task<byte[]?> Ask(Socket socket, byte[] message, bool floated, Func<byte[], bool> isAnswer)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Repeated += attempt == 0 ? 0 : 1;
            await Send(socket, message, floated);
            using CancellationTokenSource limit = new(s_firstWait * (1 << attempt));
            try
            {
                while (true)
                {
                    byte[] datagram;
                    if (_answers is null)
                    {
                        int length = await socket.ReceiveAsync(_buffer, limit.Token);
                        int skip = floated ? MarkerBytes : 0;
                        datagram = length > skip ? _buffer[skip..length] : [];
                    }
                    else
                    {
                        datagram = await _answers.Reader.ReadAsync(limit.Token);
                    }

                    if (IsakmpHeader.TryParse(datagram, out _, out _) && isAnswer(datagram))
                    {
                        return datagram;
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Silence, or nobody there yet.
            }
        }

        return null;
    }

    private static bool IsFromHeader(byte[] message) =>
        IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) && header.Exchange == ExchangeType.IdentityProtection
        && header.ResponderCookie != 0 && header.NextPayload is PayloadType.SecurityAssociation or PayloadType.Identification;

    private static uint IdOf(byte[] message) => IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) ? header.MessageId : 0;

    private static byte[]? Find(byte[] message, PayloadType type, byte[]? text = null) =>
        IsakmpHeader.TryParse(message, out IsakmpHeader header, out _)
        && PayloadChain.TryParse(header.NextPayload, text ?? header.Body, out PayloadChain chain, out _)
        && chain.TryFind(type, out Payload found) ? found.Body.ToArray() : null;
}
