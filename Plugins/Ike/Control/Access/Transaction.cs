using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Access;

/// <summary>One transaction exchange under a phase 1 SA (draft-dukes-ike-mode-cfg-02 section 4): a question and its answer, with one message ID.</summary>
internal sealed class Transaction(IkeRuntime runtime, IkeSa sa, uint messageId, bool initiator)
{
    private readonly MessageCipher _cipher = QuickMode.CipherOf(runtime, sa, messageId);
    private byte[] _lastSent = [];
    private byte[] _lastAccepted = [];
    private int _sent;
    private IDisposable? _timer;

    public uint MessageId { get; } = messageId;

    /// <summary>Sends a message; the peer's silence is only minded where we ask.</summary>
    public void Send(TransactionType type, ushort identifier, ReadOnlySpan<byte> attributes, int attempts = 0, Action? silence = null)
    {
        IsakmpWriter writer = new(sa.State.InitiatorCookie, sa.State.ResponderCookie, ExchangeType.Transaction, MessageId);
        int hashBytes = runtime.Context.Mac.OutputBytes(sa.Algorithms.Hash);
        int hash = writer.Add(PayloadType.Hash, new byte[hashBytes]);
        writer.Add(PayloadType.Attributes, TransactionPayload.Create(type, identifier, attributes));
        writer.Patch(hash, Hash(writer.Payloads[(hash + hashBytes)..]));
        _lastSent = _cipher.Encrypt(writer.Finish());
        _sent = 0;
        Transmit(attempts, silence);
    }

    /// <summary>True for the message that was accepted last: a question is answered alike, an answer is known.</summary>
    public bool TakeRepetition(IsakmpHeader header)
    {
        bool repeated = header.Datagram.SequenceEqual(_lastAccepted);
        if (repeated && !initiator && _lastSent.Length > 0)
        {
            sa.Session.Send(sa, _lastSent);
        }

        return repeated;
    }

    /// <summary>The attribute payload's body of an authentic message, or null.</summary>
    public byte[]? Open(IsakmpHeader header)
    {
        byte[]? text = _cipher.Decrypt(header.Body);
        if (!SecuredMessage.TryOpen(header, text, out Payload hash, out PayloadChain chain, out ReadOnlySpan<byte> covered)
            || !SecuredMessage.IsAuthentic(hash, Hash(covered)))
        {
            runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            return null;
        }

        if (!chain.TryFindOnly(PayloadType.Attributes, out Payload payload) || !TransactionPayload.TryParse(payload.Body, out _, out _))
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            return null;
        }

        _cipher.Accept(header.Body);
        _lastAccepted = header.Datagram.ToArray();
        Stop();
        return payload.Body.ToArray();
    }

    /// <summary>Nothing is sent again.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void Transmit(int attempts, Action? silence)
    {
        Stop();
        _sent++;
        sa.Session.Send(sa, _lastSent);
        if (silence is not null)
        {
            _timer = runtime.After(Schedules.WaitAfter(_sent), () =>
            {
                if (_sent < attempts)
                {
                    Transmit(attempts, silence);
                }
                else
                {
                    silence();
                }
            });
        }
    }

    private byte[] Hash(ReadOnlySpan<byte> covered) =>
        Phase2Keys.Hash1(runtime.Context.Mac, sa.Algorithms.Hash, sa.Secrets.Authentication, MessageId, covered);
}
