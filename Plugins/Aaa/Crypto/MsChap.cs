using System.Security.Cryptography;
using System.Text;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Aaa.Crypto;

/// <summary>MS-CHAP (RFC 2433) and MS-CHAPv2 (RFC 2759), of the NT hash alone: the LAN Manager response is never asked for nor given.</summary>
internal static class MsChap
{
    /// <summary>Bytes of the value of a response, of either version.</summary>
    public const int ResponseBytes = 49;

    private const int NtResponseAt = 24;
    private const int NtResponseBytes = 24;
    private const int PeerChallengeBytes = 16;
    private const int DesKeyBytes = 7;

    private static readonly byte[] s_sign = Encoding.ASCII.GetBytes("Magic server to client signing constant");
    private static readonly byte[] s_pad = Encoding.ASCII.GetBytes("Pad to make it do more than one iteration");

    /// <summary>NtPasswordHash: of the password in UTF-16.</summary>
    public static byte[] PasswordHash(ReadOnlySpan<byte> password) => Md4.Hash(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(password)));

    /// <summary>ChallengeHash, RFC 2759 section 8.2.</summary>
    public static byte[] ChallengeHash(IMac mac, ReadOnlySpan<byte> peerChallenge, ReadOnlySpan<byte> authenticatorChallenge, string user) =>
        mac.Hash(MacAlgorithm.HmacSha1, [.. peerChallenge, .. authenticatorChallenge, .. Encoding.UTF8.GetBytes(WithoutDomain(user))])[..8];

    /// <summary>ChallengeResponse: 24 bytes, RFC 2759 section 8.5.</summary>
    public static byte[] ChallengeResponse(ICipher cipher, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> passwordHash)
    {
        byte[] keys = new byte[3 * DesKeyBytes];
        passwordHash.CopyTo(keys);
        byte[] response = new byte[NtResponseBytes];
        for (int i = 0; i < 3; i++)
        {
            // One block in CBC with an IV of zeros is the block cipher itself.
            cipher.Encrypt(CipherAlgorithm.DesCbc, WithParity(keys.AsSpan(DesKeyBytes * i, DesKeyBytes)), new byte[8], challenge, response.AsSpan(8 * i, 8));
        }

        return response;
    }

    /// <summary>AuthenticatorResponse, RFC 2759 section 8.7: what proves to the peer that the password is known here, too.</summary>
    public static string AuthenticatorResponse(
        IMac mac, ReadOnlySpan<byte> passwordHash, ReadOnlySpan<byte> ntResponse, ReadOnlySpan<byte> challengeHash)
    {
        byte[] digest = mac.Hash(MacAlgorithm.HmacSha1, [.. Md4.Hash(passwordHash), .. ntResponse, .. s_sign]);
        return "S=" + Convert.ToHexString(mac.Hash(MacAlgorithm.HmacSha1, [.. digest, .. challengeHash, .. s_pad]));
    }

    /// <summary>True when a response of MS-CHAP is the password's.</summary>
    public static bool IsRight(ICipher cipher, ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response) =>
        response.Length == ResponseBytes && challenge.Length == 8
        // The last byte says whether the NT response is to be used.
        && response[^1] == 1
        && CryptographicOperations.FixedTimeEquals(
            ChallengeResponse(cipher, challenge, PasswordHash(password)), response.Slice(NtResponseAt, NtResponseBytes));

    /// <summary>What answers a right response of MS-CHAPv2; null when it is not right.</summary>
    public static string? Prove(
        IMac mac, ICipher cipher, string user, ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response)
    {
        if (response.Length != ResponseBytes || challenge.Length != PeerChallengeBytes)
        {
            return null;
        }

        byte[] hash = PasswordHash(password);
        byte[] mixed = ChallengeHash(mac, response[..PeerChallengeBytes], challenge, user);
        ReadOnlySpan<byte> given = response.Slice(NtResponseAt, NtResponseBytes);
        return CryptographicOperations.FixedTimeEquals(ChallengeResponse(cipher, mixed, hash), given)
            ? AuthenticatorResponse(mac, hash, given, mixed)
            : null;
    }

    /// <summary>The response of a peer to a challenge of MS-CHAP.</summary>
    public static byte[] Respond(ICipher cipher, ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge) =>
        [.. new byte[NtResponseAt], .. ChallengeResponse(cipher, challenge, PasswordHash(password)), 1];

    /// <summary>The response of a peer to a challenge of MS-CHAPv2.</summary>
    public static byte[] Respond(
        IMac mac, ICipher cipher, string user, ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> peerChallenge) =>
        [
            .. peerChallenge, .. new byte[8],
            .. ChallengeResponse(cipher, ChallengeHash(mac, peerChallenge, challenge, user), PasswordHash(password)), 0,
        ];

    // RFC 2759 section 8.2: the user's name without the domain before it.
    private static string WithoutDomain(string user) => user[(user.LastIndexOf('\\') + 1)..];

    // 56 bits, seven to a byte; the lowest bit of each byte is the parity that DES does not look at.
    private static byte[] WithParity(ReadOnlySpan<byte> key)
    {
        ulong bits = 0;
        foreach (byte part in key)
        {
            bits = (bits << 8) | part;
        }

        byte[] result = new byte[8];
        for (int i = 7; i >= 0; i--)
        {
            byte seven = (byte)((bits & 0x7f) << 1);
            result[i] = (byte)(seven | ((System.Numerics.BitOperations.PopCount(seven) & 1) ^ 1));
            bits >>= 7;
        }

        return result;
    }
}
