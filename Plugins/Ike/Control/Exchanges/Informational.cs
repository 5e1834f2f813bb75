using System.Buffers.Binary;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Informational exchanges under a phase 1 SA (RFC 2409 section 5.7): notifications, deletes, dead peer detection.</summary>
internal sealed class Informational(IkeRuntime runtime, IkeStore store)
{
    // IPv4, UDP and the marker.
    private const int OuterHeaders = 20 + 8 + 4;

    /// <summary>Tells the peer to forget a phase 1 SA.</summary>
    public void DeletePhase1(IkeSa sa) =>
        Send(sa, PayloadType.Delete, DeletePayload.Create(
            SecurityProtocol.Isakmp, Bytes.Of(sa.State.InitiatorCookie, sa.State.ResponderCookie)));

    /// <summary>Tells the peer that we no longer receive on an SPI.</summary>
    public void DeletePhase2(IkeSa sa, uint spi, bool isAh) =>
        Send(sa, PayloadType.Delete, DeletePayload.Create(isAh ? SecurityProtocol.Ah : SecurityProtocol.Esp, Bytes.Of(spi)));

    /// <summary>Tells the peer why its quick mode is refused.</summary>
    public void Refuse(IkeSa sa, NotifyType type, uint peerSpi) =>
        Send(sa, PayloadType.Notification, NotificationPayload.Create(
            SecurityProtocol.Esp, type, peerSpi == 0 ? [] : Bytes.Of(peerSpi), []));

    /// <summary>Tells the peer that it sends on an SPI that we do not have (RFC 2408 section 3.14.1).</summary>
    public void RefuseSpi(IkeSa sa, uint spi, bool isAh) =>
        Send(sa, PayloadType.Notification, NotificationPayload.Create(
            isAh ? SecurityProtocol.Ah : SecurityProtocol.Esp, NotifyType.InvalidSpi, Bytes.Of(spi), []));

    /// <summary>Tells an initiator that we end the phase 1 SA earlier than it asked (RFC 2407 section 4.6.3.1).</summary>
    public void TellLifetime(IkeSa sa)
    {
        Span<byte> data = stackalloc byte[12];
        int length = DataAttributes.Write(data, (ushort)Phase1Attribute.LifeType, (uint)LifeType.Seconds);
        length += DataAttributes.Write(data[length..], (ushort)Phase1Attribute.LifeDuration, sa.State.LifetimeSeconds);
        Send(sa, PayloadType.Notification, NotificationPayload.Create(
            SecurityProtocol.Isakmp, NotifyType.ResponderLifetime, Bytes.Of(sa.State.InitiatorCookie, sa.State.ResponderCookie), data[..length]));
    }

    /// <summary>Asks the peer for a sign of life (RFC 3706 section 5.3).</summary>
    public void Probe(IkeSa sa)
    {
        if (sa.NextProbe())
        {
            store.Write(sa.State);
        }

        SendProbe(sa, NotifyType.RUThere, sa.ProbeSequence);
    }

    /// <summary>Asks the peer for a sign of life with a packet of about so many bytes, which must not be cut on the way; returns its number.</summary>
    public uint ProbePath(IkeSa sa, int packetBytes)
    {
        if (sa.NextProbe())
        {
            store.Write(sa.State);
        }

        byte[] question = NotificationPayload.Create(
            SecurityProtocol.Isakmp, NotifyType.RUThere, Bytes.Of(sa.State.InitiatorCookie, sa.State.ResponderCookie), Bytes.Of(sa.ProbeSequence));
        int others = OuterHeaders + IsakmpHeader.Length + (3 * PayloadChain.GenericHeader) + runtime.Context.Mac.OutputBytes(sa.Algorithms.Hash) + question.Length
            + sa.Algorithms.BlockBytes;
        sa.Session.SendWhole(sa, Make(sa, PayloadType.Notification, question, new byte[Math.Max(0, packetBytes - others)]));
        return sa.ProbeSequence;
    }

    /// <summary>Takes a datagram with the SA's cookies.</summary>
    public void Receive(IkeSa sa, IsakmpHeader header)
    {
        byte[]? text = header.MessageId == 0 ? null : QuickMode.CipherOf(runtime, sa, header.MessageId).Decrypt(header.Body);
        if (!SecuredMessage.TryOpen(header, text, out Payload hash, out PayloadChain chain, out ReadOnlySpan<byte> covered)
            || !SecuredMessage.IsAuthentic(
                hash, Phase2Keys.Hash1(
                    runtime.Context.Mac, sa.Algorithms.Hash, sa.Secrets.Authentication, header.MessageId, covered)))
        {
            runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            return;
        }

        if (sa.QuickModes.TryGetValue(header.MessageId, out QuickMode? exchange) && Says(chain, NotifyType.Connected))
        {
            // RFC 2408 section 3.1: it comes under the message ID of its quick mode.
            exchange.Connected();
            return;
        }

        if (!sa.TryUseOnce(header.MessageId))
        {
            runtime.Counters.Count(IkeDrop.Replayed);
            AnswerRepeatedProbe(sa, chain);
            return;
        }

        bool alive = true;
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.Delete)
            {
                Delete(sa, payload);
            }
            else if (payload.Type == PayloadType.Notification)
            {
                alive &= Notify(sa, payload);
            }

            if (sa.IsDead)
            {
                return;
            }
        }

        if (alive)
        {
            sa.Session.Heard(sa);
        }
    }

    private void Delete(IkeSa sa, Payload payload)
    {
        if (!DeletePayload.TryParse(payload.Body, out DeletePayload delete, out _))
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            return;
        }

        for (int i = 0; i < delete.Count && !sa.IsDead; i++)
        {
            ReadOnlySpan<byte> spi = delete.Spi(i);
            if (delete.Protocol == SecurityProtocol.Isakmp)
            {
                sa.Session.PeerDeletedPhase1(BinaryPrimitives.ReadUInt64BigEndian(spi), BinaryPrimitives.ReadUInt64BigEndian(spi[8..]));
            }
            else if (delete.Protocol is SecurityProtocol.Esp or SecurityProtocol.Ah)
            {
                sa.Session.PeerDeletedPhase2(SecuredMessage.SpiOf(spi));
            }
        }
    }

    // False when the message says nothing about the peer being alive now.
    private bool Notify(IkeSa sa, Payload payload)
    {
        if (!NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _))
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            return true;
        }

        switch (notify.Type)
        {
            case NotifyType.RUThere or NotifyType.RUThereAck:
                return Liveness(sa, notify);

            case NotifyType.InitialContact:
                sa.Session.ForgetOthers(sa, sa.State.Created);
                return true;

            case NotifyType.InvalidSpi when notify.Protocol is SecurityProtocol.Esp or SecurityProtocol.Ah:
                sa.Session.PeerDeletedPhase2(SecuredMessage.SpiOf(notify.Spi));
                return true;

            case < NotifyType.Connected:
                IkeSession.PeerRefused(sa, notify.Type, SecuredMessage.SpiOf(notify.Spi));
                return true;

            case NotifyType.ResponderLifetime when notify.Protocol == SecurityProtocol.Isakmp && sa is { IsDying: false, State.IsInitiator: true }:
                if (LifetimeOf(notify) is { } seconds && seconds < sa.State.LifetimeSeconds)
                {
                    sa.Session.Shorten(sa, seconds);
                }

                return true;

            default:
                // REPLAY-STATUS, RESPONDER-LIFETIME behind quick mode: nothing depends on them.
                return true;
        }
    }

    private static bool Says(PayloadChain chain, NotifyType type)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.Notification && NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _)
                && notify.Type == type)
            {
                return true;
            }
        }

        return false;
    }

    private static uint? LifetimeOf(NotificationPayload notify)
    {
        if (!DataAttributes.TryParse(notify.Data, out DataAttributes attributes, out _))
        {
            return null;
        }

        ulong unit = 0;
        foreach ((ushort type, ulong value) in attributes)
        {
            if (type == (ushort)Phase1Attribute.LifeType)
            {
                unit = value;
            }
            else if (type == (ushort)Phase1Attribute.LifeDuration && unit == (ulong)LifeType.Seconds && value is > 0 and <= uint.MaxValue)
            {
                return (uint)value;
            }
        }

        return null;
    }

    private bool Liveness(IkeSa sa, NotificationPayload notify)
    {
        if (!IsProbe(sa, notify, out uint sequence))
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            return false;
        }

        if (notify.Type == NotifyType.RUThereAck)
        {
            if (sa.PathProbes.Remove(sequence))
            {
                return true;
            }

            if (sequence != sa.ProbeSequence)
            {
                runtime.Counters.Count(IkeDrop.Replayed);
                return false;
            }

            sa.FollowPeer();
            return true;
        }

        // RFC 3706 section 6: numbers only rise, so an old probe is no sign of life.
        if (sa.PeerProbeSequence is { } last && (int)(sequence - last) < 0)
        {
            runtime.Counters.Count(IkeDrop.Replayed);
            return false;
        }

        bool fresh = sequence != sa.PeerProbeSequence;
        sa.PeerProbeSequence = sequence;
        if (fresh)
        {
            // Numbers outlast the book of message IDs: only they prove that this is no copy of an old message.
            sa.FollowPeer();
        }

        SendProbe(sa, NotifyType.RUThereAck, sequence);
        return fresh;
    }

    // The acknowledgement may have been lost: a peer that repeats its datagram gets it again.
    private static void AnswerRepeatedProbe(IkeSa sa, PayloadChain chain)
    {
        if (chain.TryFind(PayloadType.Notification, out Payload payload)
            && NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _)
            && notify.Type == NotifyType.RUThere && IsProbe(sa, notify, out uint sequence) && sequence == sa.PeerProbeSequence)
        {
            // The same bytes: copies of the question must not fill the book of message IDs.
            sa.Session.Send(sa, sa.LastAcknowledgement);
        }
    }

    private static bool IsProbe(IkeSa sa, NotificationPayload notify, out uint sequence)
    {
        sequence = 0;
        if (notify.Data.Length != 4 || !notify.Spi.SequenceEqual(Bytes.Of(sa.State.InitiatorCookie, sa.State.ResponderCookie)))
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadUInt32BigEndian(notify.Data);
        return true;
    }

    private void SendProbe(IkeSa sa, NotifyType type, uint sequence)
    {
        byte[] message = Send(sa, PayloadType.Notification, NotificationPayload.Create(
            SecurityProtocol.Isakmp, type, Bytes.Of(sa.State.InitiatorCookie, sa.State.ResponderCookie), Bytes.Of(sequence)));
        if (type == NotifyType.RUThereAck)
        {
            sa.LastAcknowledgement = message;
        }
    }

    private byte[] Send(IkeSa sa, PayloadType type, byte[] body)
    {
        byte[] message = Make(sa, type, body, []);
        sa.Session.Send(sa, message);
        return message;
    }

    // What makes a message longer is a vendor id that nobody knows.
    private byte[] Make(IkeSa sa, PayloadType type, byte[] body, byte[] padding)
    {
        uint messageId = runtime.NewNumber(1, sa.IsUsed);
        _ = sa.TryUseOnce(messageId);
        IsakmpWriter writer = new(sa.State.InitiatorCookie, sa.State.ResponderCookie, ExchangeType.Informational, messageId);
        int hashBytes = runtime.Context.Mac.OutputBytes(sa.Algorithms.Hash);
        int hash = writer.Add(PayloadType.Hash, new byte[hashBytes]);
        writer.Add(type, body);
        if (padding.Length > 0)
        {
            writer.Add(PayloadType.VendorId, padding);
        }

        writer.Patch(hash, Phase2Keys.Hash1(
            runtime.Context.Mac, sa.Algorithms.Hash, sa.Secrets.Authentication, messageId, writer.Payloads[(hash + hashBytes)..]));
        return QuickMode.CipherOf(runtime, sa, messageId).Encrypt(writer.Finish());
    }
}
