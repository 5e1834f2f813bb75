using System.Security.Cryptography;
using System.Text;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Explain;

/// <summary>Tries a preshared key on an exchange: aggressive mode shows all that its HASH covers, main mode does not.</summary>
internal sealed class CapturedKeyCheck
{
    private byte[] _initiatorNonce = [];
    private byte[] _initiatorPublic = [];
    private byte[] _responderNonce = [];
    private byte[] _responderPublic = [];
    private byte[] _responderIdentity = [];
    private byte[] _responderHash = [];
    private ulong _responderCookie;
    private string _algorithm = string.Empty;

    /// <summary>Takes what a message in the clear shows.</summary>
    public void Take(PayloadChain chain, IsakmpHeader header, bool fromInitiator, string hash)
    {
        byte[] nonce = chain.TryFindOnly(PayloadType.Nonce, out Payload n) ? n.Body.ToArray() : [];
        byte[] value = chain.TryFindOnly(PayloadType.KeyExchange, out Payload k) ? k.Body.ToArray() : [];
        if (fromInitiator)
        {
            (_initiatorNonce, _initiatorPublic) = nonce.Length > 0 ? (nonce, value) : (_initiatorNonce, _initiatorPublic);
        }
        else if (nonce.Length > 0 && chain.TryFindOnly(PayloadType.Hash, out Payload proof) && chain.TryFindOnly(PayloadType.Identification, out Payload id))
        {
            (_responderNonce, _responderPublic) = (nonce, value);
            (_responderIdentity, _responderHash) = (id.Body.ToArray(), proof.Body.ToArray());
            (_responderCookie, _algorithm) = (header.ResponderCookie, hash);
        }
    }

    /// <summary>What a key says about the exchange.</summary>
    public string Try(string key, byte[] offer, ulong initiatorCookie)
    {
        if (_responderHash.Length == 0 || _initiatorNonce.Length == 0 || offer.Length == 0)
        {
            return "The key cannot be tried: only message 2 of aggressive mode shows a hash of it.";
        }

        // RFC 2409 section 5.4: HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b).
        byte[] skeyId = Mac(_algorithm, Encoding.UTF8.GetBytes(key), [.. _initiatorNonce, .. _responderNonce]);
        byte[] expected = Mac(
            _algorithm, skeyId,
            [.. _responderPublic, .. _initiatorPublic, .. Bytes.Of(_responderCookie, initiatorCookie), .. offer, .. _responderIdentity]);
        return CryptographicOperations.FixedTimeEquals(expected, _responderHash)
            ? "The key is the responder's." : "The key is not the responder's.";
    }

    /// <summary>A hash by its name; nothing for an unknown one.</summary>
    public static byte[] Hash(string name, byte[] data) => NameOf(name) is { } algorithm ? CryptographicOperations.HashData(algorithm, data) : [];

    private static byte[] Mac(string name, byte[] key, byte[] data) =>
        NameOf(name) is { } algorithm ? CryptographicOperations.HmacData(algorithm, key, data) : [];

    private static HashAlgorithmName? NameOf(string name) => name switch
    {
        "md5" => HashAlgorithmName.MD5,
        "sha1" => HashAlgorithmName.SHA1,
        "sha-256" => HashAlgorithmName.SHA256,
        "sha-384" => HashAlgorithmName.SHA384,
        "sha-512" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
