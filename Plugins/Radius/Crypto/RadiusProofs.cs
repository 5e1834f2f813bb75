using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Crypto;

/// <summary>What the shared secret hides and proves. Comparisons take the same time wherever the bytes differ.</summary>
internal sealed class RadiusProofs(IMac mac)
{
    /// <summary>Longest password that User-Password can carry.</summary>
    public const int LongestPassword = 128;

    private const int Block = 16;

    /// <summary>Hides a password: RFC 2865 section 5.2.</summary>
    public byte[] Hide(ReadOnlySpan<byte> password, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> authenticator)
    {
        byte[] hidden = new byte[Math.Max(1, (password.Length + Block - 1) / Block) * Block];
        password.CopyTo(hidden);
        ReadOnlySpan<byte> before = authenticator;
        for (int at = 0; at < hidden.Length; at += Block)
        {
            byte[] pad = mac.Hash(MacAlgorithm.HmacMd5, [.. secret, .. before]);
            for (int i = 0; i < Block; i++)
            {
                hidden[at + i] ^= pad[i];
            }

            before = hidden.AsSpan(at, Block);
        }

        return hidden;
    }

    /// <summary>Signs an Access-Request, whose authenticator is random: the Message-Authenticator is its only proof (RFC 2869 section 5.14).</summary>
    public void SignAccess(byte[] packet, int messageAuthenticatorAt, ReadOnlySpan<byte> secret) =>
        mac.Mac(MacAlgorithm.HmacMd5, secret, packet).CopyTo(packet, messageAuthenticatorAt);

    /// <summary>Signs an Accounting-Request (RFC 2866 section 3), whose authenticator is zero so far; also those of RFC 5176.</summary>
    public void SignAccounting(byte[] packet, ReadOnlySpan<byte> secret) =>
        mac.Hash(MacAlgorithm.HmacMd5, [.. packet, .. secret]).CopyTo(packet, RadiusPacket.AuthenticatorAt);

    /// <summary>Signs an answer, in which the authenticator of the request stands so far.</summary>
    public void SignAnswer(byte[] packet, int messageAuthenticatorAt, ReadOnlySpan<byte> secret)
    {
        if (messageAuthenticatorAt > 0)
        {
            mac.Mac(MacAlgorithm.HmacMd5, secret, packet).CopyTo(packet, messageAuthenticatorAt);
        }

        mac.Hash(MacAlgorithm.HmacMd5, [.. packet, .. secret]).CopyTo(packet, RadiusPacket.AuthenticatorAt);
    }

    /// <summary>True when an answer comes from who knows the secret: Response Authenticator and, where it is there, Message-Authenticator.</summary>
    public bool IsRightAnswer(RadiusPacket answer, ReadOnlySpan<byte> requestAuthenticator, ReadOnlySpan<byte> secret)
    {
        byte[] packet = answer.Bytes.ToArray();
        requestAuthenticator.CopyTo(packet.AsSpan(RadiusPacket.AuthenticatorAt));
        byte[] wanted = mac.Hash(MacAlgorithm.HmacMd5, [.. packet, .. secret]);
        return CryptographicOperations.FixedTimeEquals(wanted, answer.Authenticator) & IsRightMessage(answer, packet, secret);
    }

    /// <summary>True when a request of a server comes from who knows the secret (RFC 5176 section 2.3).</summary>
    public bool IsRightRequest(RadiusPacket request, ReadOnlySpan<byte> secret)
    {
        byte[] packet = request.Bytes.ToArray();
        packet.AsSpan(RadiusPacket.AuthenticatorAt, RadiusPacket.AuthenticatorBytes).Clear();
        byte[] wanted = mac.Hash(MacAlgorithm.HmacMd5, [.. packet, .. secret]);
        return CryptographicOperations.FixedTimeEquals(wanted, request.Authenticator) & IsRightMessage(request, packet, secret);
    }

    // RFC 3579 section 3.2: over the packet with zeros in its own place and, in answers, the request's authenticator.
    private bool IsRightMessage(RadiusPacket message, byte[] packet, ReadOnlySpan<byte> secret)
    {
        if (message.MessageAuthenticatorAt == 0)
        {
            return true;
        }

        packet.AsSpan(message.MessageAuthenticatorAt, RadiusPacket.AuthenticatorBytes).Clear();
        return CryptographicOperations.FixedTimeEquals(
            mac.Mac(MacAlgorithm.HmacMd5, secret, packet),
            message.Bytes.Slice(message.MessageAuthenticatorAt, RadiusPacket.AuthenticatorBytes));
    }
}
