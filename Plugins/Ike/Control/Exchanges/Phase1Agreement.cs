using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Ike.Crypto;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Diffie-Hellman values, nonces and keys of one exchange of phase 1.</summary>
internal sealed class Phase1Agreement(IControlContext context, bool initiator)
{
    private const int NonceBytes = 32;

    private byte[] _private = [];
    private byte[] _public = [];
    private byte[] _nonce = [];
    private byte[] _peerPublic = [];
    private byte[] _peerNonce = [];

    public byte[] Public => _public;

    public byte[] Nonce => _nonce;

    /// <summary>The peer's values are there.</summary>
    public bool HasPeerValues => _peerNonce.Length > 0;

    /// <summary>Null until the keys are derived, and again when the SA has taken them.</summary>
    public Phase1Secrets? Secrets { get; private set; }

    /// <summary>Encryption of messages 5 and 6; null until the keys are derived.</summary>
    public MessageCipher? Cipher { get; private set; }

    /// <summary>Takes the peer's public value and nonce.</summary>
    public void Take(ReadOnlySpan<byte> peerPublic, ReadOnlySpan<byte> peerNonce)
    {
        _peerPublic = peerPublic.ToArray();
        _peerNonce = peerNonce.ToArray();
    }

    /// <summary>Makes the own values.</summary>
    public async Task PrepareAsync(int group)
    {
        IKeyExchange exchange = context.KeyExchange;
        ISecureRandom random = context.Random;
        (_private, _public) = await context.Strand.Offload(() => exchange.Generate(group, random));
        NewNonce();
    }

    /// <summary>Makes the own values where there are none yet, and the shared secret; null when the peer's value is no good.</summary>
    public async Task<byte[]?> AgreeAsync(int group)
    {
        IKeyExchange exchange = context.KeyExchange;
        ISecureRandom random = context.Random;
        (byte[] Private, byte[] Public) own = (_private, _public);
        byte[] peerPublic = _peerPublic;
        (own, byte[]? secret) = await context.Strand.Offload(() =>
        {
            (byte[] Private, byte[] Public) pair = own.Private.Length > 0 ? own : exchange.Generate(group, random);
            return (pair, exchange.Agree(group, pair.Private, peerPublic));
        });
        (_private, _public) = own;
        if (_nonce.Length == 0)
        {
            NewNonce();
        }

        return secret;
    }

    /// <summary>Derives the keys, without a preshared key where both sides sign, and forgets what they came from; false when DES would get a weak key.</summary>
    public bool Derive(
        Phase1Algorithms algorithms, byte[]? preSharedKey, byte[] sharedSecret, ulong initiatorCookie, ulong responderCookie)
    {
        IMac mac = context.Mac;
        (byte[] first, byte[] second) = initiator ? (_nonce, _peerNonce) : (_peerNonce, _nonce);
        byte[] skeyId = preSharedKey is null
            ? Phase1Keys.SkeyIdOfSignatures(mac, algorithms.Hash, sharedSecret, first, second)
            : Phase1Keys.SkeyId(mac, algorithms.Hash, preSharedKey, first, second);
        Secrets = Phase1Keys.Derive(mac, algorithms, skeyId, sharedSecret, initiatorCookie, responderCookie);
        CryptographicOperations.ZeroMemory(sharedSecret);
        if (Secrets is null)
        {
            return false;
        }

        byte[] iv = initiator
            ? Phase1Keys.FirstIv(mac, algorithms, _public, _peerPublic)
            : Phase1Keys.FirstIv(mac, algorithms, _peerPublic, _public);
        Cipher = new MessageCipher(context.Cipher, algorithms, Secrets.CipherKey, iv);
        return true;
    }

    /// <summary>HASH_I or HASH_R over our own identity.</summary>
    public byte[] OwnHash(Phase1Exchange exchange, Phase1Algorithms algorithms, ReadOnlySpan<byte> initiatorSa, ReadOnlySpan<byte> identity) =>
        Phase1Keys.IdentityHash(
            context.Mac, algorithms.Hash, Secrets!.SkeyId, _public, _peerPublic, exchange.OwnCookie, exchange.PeerCookie, initiatorSa, identity);

    /// <summary>True when a HASH is the peer's over its identity, compared in constant time.</summary>
    public bool IsPeersHash(
        Phase1Exchange exchange, Phase1Algorithms algorithms, ReadOnlySpan<byte> initiatorSa, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> hash) =>
        CryptographicOperations.FixedTimeEquals(hash, PeersHash(exchange, algorithms, initiatorSa, identity));

    /// <summary>The HASH that the peer must have made, or signed.</summary>
    public byte[] PeersHash(Phase1Exchange exchange, Phase1Algorithms algorithms, ReadOnlySpan<byte> initiatorSa, ReadOnlySpan<byte> identity) =>
        Phase1Keys.IdentityHash(
            context.Mac, algorithms.Hash, Secrets!.SkeyId, _peerPublic, _public, exchange.PeerCookie, exchange.OwnCookie, initiatorSa, identity);

    /// <summary>Gives the keys to the SA; what only phase 1 needed is overwritten.</summary>
    public void Release()
    {
        CryptographicOperations.ZeroMemory(Secrets!.SkeyId);
        CryptographicOperations.ZeroMemory(_private);
        _private = _public = _nonce = _peerPublic = _peerNonce = [];
        Secrets = null;
        Cipher = null;
    }

    /// <summary>Overwrites everything: the exchange has failed.</summary>
    public void Forget()
    {
        Secrets?.Zero();
        Secrets = null;
        Cipher = null;
        CryptographicOperations.ZeroMemory(_private);
    }

    private void NewNonce()
    {
        _nonce = new byte[NonceBytes];
        context.Random.Fill(_nonce);
    }
}
