using System.Buffers.Binary;
using System.Security.Cryptography;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Parts that messages under a phase 1 SA have in common.</summary>
internal static class SecuredMessage
{
    /// <summary>Takes a decrypted message apart: the HASH, which must come first, and what it covers. Nothing is verified yet.</summary>
    public static bool TryOpen(
        IsakmpHeader header, ReadOnlySpan<byte> text, out Payload hash, out PayloadChain chain, out ReadOnlySpan<byte> covered)
    {
        hash = default;
        covered = default;
        if (text.IsEmpty || header.NextPayload != PayloadType.Hash || !PayloadChain.TryParse(header.NextPayload, text, out chain, out _))
        {
            chain = default;
            return false;
        }

        PayloadChain.Enumerator payloads = chain.GetEnumerator();
        _ = payloads.MoveNext();
        hash = payloads.Current;
        covered = chain.Bytes[hash.Whole.Length..];
        return true;
    }

    /// <summary>Compares a HASH in constant time.</summary>
    public static bool IsAuthentic(Payload hash, byte[] expected) => CryptographicOperations.FixedTimeEquals(hash.Body, expected);

    /// <summary>Reads the proxy identities of a quick mode message; without any, the two addresses in use (RFC 2409 section 5.5).</summary>
    public static bool TryReadProxies(PayloadChain chain, IkeSaState sa, bool weInitiated, out ProxyIdentity proxies)
    {
        proxies = new(AddressRange.Of(sa.Local), AddressRange.Of(sa.Remote), 0, 0, 0);
        int count = chain.Count(PayloadType.Identification);
        if (count == 0)
        {
            return true;
        }

        if (count != 2)
        {
            return false;
        }

        Payload initiator = default;
        Payload responder = default;
        bool second = false;
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.Identification)
            {
                initiator = second ? initiator : payload;
                responder = payload;
                second = true;
            }
        }

        return IdentificationPayload.TryParse(initiator.Body, out IdentificationPayload idci, out _)
            && IdentificationPayload.TryParse(responder.Body, out IdentificationPayload idcr, out _)
            && (weInitiated ? ProxyIdentity.TryRead(idci, idcr, out proxies) : ProxyIdentity.TryRead(idcr, idci, out proxies));
    }

    /// <summary>Body of the notification that tells an initiator that we end the SAs earlier than it asked (RFC 2407 section 4.6.3.1), or null.</summary>
    public static byte[]? ResponderLifetime(Phase2Choice choice, uint spi)
    {
        bool seconds = choice.OfferedSeconds == 0 || choice.OfferedSeconds > choice.LifetimeSeconds;
        if (!seconds && !choice.IsShorterInKilobytes)
        {
            return null;
        }

        Span<byte> data = stackalloc byte[24];
        int length = 0;
        if (seconds)
        {
            length += DataAttributes.Write(data, (ushort)Phase2Attribute.LifeType, (uint)LifeType.Seconds);
            length += DataAttributes.Write(data[length..], (ushort)Phase2Attribute.LifeDuration, choice.LifetimeSeconds);
        }

        if (choice.IsShorterInKilobytes)
        {
            length += DataAttributes.Write(data[length..], (ushort)Phase2Attribute.LifeType, (uint)LifeType.Kilobytes);
            length += DataAttributes.Write(data[length..], (ushort)Phase2Attribute.LifeDuration, choice.LifetimeKilobytes);
        }

        return NotificationPayload.Create(choice.Policy.Protocol, NotifyType.ResponderLifetime, Bytes.Of(spi), data[..length]);
    }

    /// <summary>Shortens the lifetime to what the responder says in message 2.</summary>
    public static Phase2Choice ApplyResponderLifetime(Phase2Choice choice, PayloadChain chain)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type != PayloadType.Notification || !NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _)
                || notify.Type != NotifyType.ResponderLifetime || !DataAttributes.TryParse(notify.Data, out DataAttributes attributes, out _))
            {
                continue;
            }

            ulong type = 0;
            foreach ((ushort kind, ulong value) in attributes)
            {
                if (kind == (ushort)Phase2Attribute.LifeType)
                {
                    type = value;
                }
                else if (kind == (ushort)Phase2Attribute.LifeDuration && type == (ulong)LifeType.Seconds && value > 0)
                {
                    choice = choice with { LifetimeSeconds = (uint)Math.Min(value, choice.LifetimeSeconds) };
                }
                else if (kind == (ushort)Phase2Attribute.LifeDuration && type == (ulong)LifeType.Kilobytes && value > 0)
                {
                    choice = choice with
                    {
                        LifetimeKilobytes = (uint)Math.Min(value, choice.LifetimeKilobytes == 0 ? uint.MaxValue : choice.LifetimeKilobytes),
                    };
                }
            }
        }

        return choice;
    }

    /// <summary>The number that an SPI field of four bytes holds, or 0.</summary>
    public static uint SpiOf(ReadOnlySpan<byte> spi) => spi.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(spi) : 0;
}
