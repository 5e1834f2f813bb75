using System.Buffers.Binary;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Sdk.Clients;

namespace RouterOS.Clients;

/// <summary>Main mode with a preshared key as initiator behind a NAT (RFC 2409 section 5.4, RFC 3947), as plainly as the messages allow.</summary>
internal sealed class IkePhase1(ClientSettings settings, ClientClock clock, IkeExchange exchange)
{
    private static readonly NatTraversalDocument s_natTraversal = NatTraversalDocument.All[0];

    public ulong Cookie { get; private set; }

    public ulong PeerCookie { get; private set; }

    public Phase1Secrets? Secrets { get; private set; }

    /// <summary>Last cipher block of phase 1, from which exchanges under it begin.</summary>
    public byte[] LastBlock { get; private set; } = [];

    /// <summary>Set once messages go to port 4500.</summary>
    public bool IsFloated { get; set; }

    /// <summary>Negotiates; the reason of failure or null.</summary>
    public async Task<string?> Negotiate()
    {
        Cookie = BinaryPrimitives.ReadUInt64BigEndian(clock.NewBytes(8)) | 1;
        IsakmpWriter first = new(Cookie, 0, ExchangeType.IdentityProtection);
        first.Add(PayloadType.SecurityAssociation, settings.Phase1Offer);
        first.Add(PayloadType.VendorId, s_natTraversal.VendorId);
        first.Add(PayloadType.VendorId, VendorIds.DeadPeerDetection);
        if (await exchange.Ask(first.Finish(), m => Has(m, PayloadType.SecurityAssociation)) is not { } answer)
        {
            return "no answer to the first message of IKE";
        }

        PeerCookie = BinaryPrimitives.ReadUInt64BigEndian(answer.AsSpan(8));
        (byte[] secret, byte[] own) = ClientCrypto.KeyExchange.Generate(settings.Algorithms.Group, clock.Random);
        byte[] nonce = clock.NewBytes(32);
        answer = await exchange.Ask(Message3(own, nonce), m => Has(m, PayloadType.KeyExchange));
        if (answer is null || Find(answer, PayloadType.KeyExchange) is not { } peer || Find(answer, PayloadType.Nonce) is not { } peerNonce
            || ClientCrypto.KeyExchange.Agree(settings.Algorithms.Group, secret, peer) is not { } shared)
        {
            return "no answer to the key exchange of IKE";
        }

        byte[] skeyId = Phase1Keys.SkeyId(ClientCrypto.Mac, settings.Algorithms.Hash, settings.PresharedKey, nonce, peerNonce);
        if (Phase1Keys.Derive(ClientCrypto.Mac, settings.Algorithms, skeyId, shared, Cookie, PeerCookie) is not { } secrets)
        {
            return "the key of phase 1 is weak";
        }

        IsFloated = true;
        MessageCipher cipher = new(
            ClientCrypto.Cipher, settings.Algorithms, secrets.CipherKey, Phase1Keys.FirstIv(ClientCrypto.Mac, settings.Algorithms, own, peer));
        answer = await exchange.Ask(cipher.Encrypt(Message5(own, peer, secrets)), IsEncrypted);
        if (answer is null || cipher.Decrypt(answer.AsSpan(IsakmpHeader.Length)) is not { } text || !IsProved(answer, text, own, peer, secrets))
        {
            return "the server has not proved that it knows the preshared key";
        }

        cipher.Accept(answer.AsSpan(IsakmpHeader.Length));
        (Secrets, LastBlock) = (secrets, cipher.Iv);
        return null;
    }

    /// <summary>A cipher for an exchange under this SA.</summary>
    public MessageCipher CipherOf(uint messageId) => new(
        ClientCrypto.Cipher, settings.Algorithms, Secrets!.CipherKey,
        Phase1Keys.ExchangeIv(ClientCrypto.Mac, settings.Algorithms, LastBlock, messageId));

    /// <summary>Body of a payload of a message, in the clear or decrypted; null without.</summary>
    public static byte[]? Find(byte[] message, PayloadType type, byte[]? text = null) =>
        IsakmpHeader.TryParse(message, out IsakmpHeader header, out _)
        && PayloadChain.TryParse(header.NextPayload, text ?? header.Body, out PayloadChain chain, out _)
        && chain.TryFind(type, out Payload found) ? found.Body.ToArray() : null;

    private bool Has(byte[] message, PayloadType type) =>
        IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) && header.InitiatorCookie == Cookie && header.ResponderCookie != 0
        && header.Exchange == ExchangeType.IdentityProtection && Find(message, type) is not null;

    private bool IsEncrypted(byte[] message) =>
        IsakmpHeader.TryParse(message, out IsakmpHeader header, out _) && header.InitiatorCookie == Cookie
        && header.Exchange == ExchangeType.IdentityProtection && header.NextPayload == PayloadType.Identification;

    private bool IsProved(byte[] message, byte[] text, byte[] own, byte[] peer, Phase1Secrets secrets) =>
        Find(message, PayloadType.Identification, text) is { } identity && Find(message, PayloadType.Hash, text) is { } hash
        && hash.AsSpan().SequenceEqual(Phase1Keys.IdentityHash(
            ClientCrypto.Mac, settings.Algorithms.Hash, secrets.SkeyId, peer, own, PeerCookie, Cookie, settings.Phase1Offer, identity));

    private byte[] Message3(byte[] own, byte[] nonce)
    {
        IsakmpWriter writer = new(Cookie, PeerCookie, ExchangeType.IdentityProtection);
        writer.Add(PayloadType.KeyExchange, own);
        writer.Add(PayloadType.Nonce, nonce);
        // The server's end as it is, and the client's as only itself knows it: whoever compares them finds the NAT.
        ClientPort port = IsFloated ? ClientPort.NatTraversal : ClientPort.Isakmp;
        writer.Add(s_natTraversal.Detection, EndHash(settings.Server, port));
        writer.Add(s_natTraversal.Detection, EndHash(settings.Address, port));
        return writer.Finish();
    }

    private byte[] EndHash(byte[] address, ClientPort port) => ClientCrypto.Mac.Hash(
        settings.Algorithms.Hash, [.. Bytes.Of(Cookie, PeerCookie), .. address, (byte)((int)port >> 8), (byte)port]);

    private byte[] Message5(byte[] own, byte[] peer, Phase1Secrets secrets)
    {
        byte[] identity = IdentificationPayload.Create(IdentityType.Ipv4Address, 0, 0, settings.Address);
        IsakmpWriter writer = new(Cookie, PeerCookie, ExchangeType.IdentityProtection);
        writer.Add(PayloadType.Identification, identity);
        writer.Add(PayloadType.Hash, Phase1Keys.IdentityHash(
            ClientCrypto.Mac, settings.Algorithms.Hash, secrets.SkeyId, own, peer, Cookie, PeerCookie, settings.Phase1Offer, identity));
        writer.Add(PayloadType.Notification, NotificationPayload.Create(
            SecurityProtocol.Isakmp, NotifyType.InitialContact, Bytes.Of(Cookie, PeerCookie), []));
        return writer.Finish();
    }
}
