using System.Text;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Access;

/// <summary>What is said by transaction exchanges under one phase 1 SA, in either role: extended authentication, then settings.</summary>
internal abstract class AccessDialog(IkeRuntime runtime, IkeSa sa)
{
    /// <summary>Value of XAUTH-STATUS where the user is accepted.</summary>
    protected const uint StatusOk = 1;

    // Exchanges that are remembered, to answer repetitions alike.
    private const int MaximumRemembered = 8;

    private readonly List<Transaction> _transactions = [];

    protected IkeRuntime Runtime { get; } = runtime;

    protected IkeSa Sa { get; } = sa;

    protected XauthPolicy Policy => Sa.Session.Policy.Xauth!;

    /// <summary>Phase 1 is up.</summary>
    public abstract void Begin();

    /// <summary>An SA from before a crash: its user has logged in.</summary>
    public abstract void Resume();

    /// <summary>The peer has ended the phase 1 SA.</summary>
    public virtual void PeerLeft()
    {
    }

    /// <summary>Nothing is sent any more: the phase 1 SA ends.</summary>
    public virtual void Stop()
    {
        foreach (Transaction transaction in _transactions)
        {
            transaction.Stop();
        }
    }

    /// <summary>Takes a datagram of a transaction exchange with the SA's cookies.</summary>
    public void Receive(IsakmpHeader header)
    {
        uint messageId = header.MessageId;
        Transaction? transaction = _transactions.Find(t => t.MessageId == messageId);
        if (transaction?.TakeRepetition(header) == true)
        {
            return;
        }

        if (transaction is null && (messageId == 0 || Sa.IsUsed(messageId)))
        {
            Runtime.Counters.Count(IkeDrop.Replayed);
            return;
        }

        bool known = transaction is not null;
        transaction ??= new Transaction(Runtime, Sa, messageId, initiator: false);
        if (transaction.Open(header) is not { } body)
        {
            return;
        }

        if (!known)
        {
            _ = Sa.TryUseOnce(messageId);
            Remember(transaction);
        }

        Sa.FollowPeer();
        Sa.Session.Heard(Sa);
        _ = TransactionPayload.TryParse(body, out TransactionPayload payload, out _);
        Take(transaction, payload);
    }

    /// <summary>Takes an authentic message.</summary>
    protected abstract void Take(Transaction transaction, TransactionPayload payload);

    /// <summary>Starts an exchange of ours.</summary>
    protected Transaction Ask(TransactionType type, ushort identifier, ReadOnlySpan<byte> attributes, int attempts, Action silence)
    {
        uint messageId = Runtime.NewNumber(1, Sa.IsUsed);
        _ = Sa.TryUseOnce(messageId);
        Transaction transaction = new(Runtime, Sa, messageId, initiator: true);
        Remember(transaction);
        transaction.Send(type, identifier, attributes, attempts, silence);
        return transaction;
    }

    protected static byte[] Attribute(TransactionAttribute type) => DataAttributes.Make((ushort)type, []);

    protected static byte[] Attribute(TransactionAttribute type, ReadOnlySpan<byte> value) => DataAttributes.Make((ushort)type, value);

    protected static byte[] Attribute(TransactionAttribute type, uint number)
    {
        Span<byte> bytes = stackalloc byte[8];
        return bytes[..DataAttributes.Write(bytes, (ushort)type, number)].ToArray();
    }

    /// <summary>A name that came from a peer, fit for a log.</summary>
    protected static string Printable(ReadOnlySpan<byte> name)
    {
        const int Longest = 64;
        StringBuilder text = new();
        foreach (byte one in name[..Math.Min(name.Length, Longest)])
        {
            text.Append(one is > 0x20 and < 0x7f ? (char)one : '?');
        }

        return text.ToString();
    }

    /// <summary>Reports why the dialog fails.</summary>
    protected void Report(IkeFailure failure) => Sa.Session.Report(failure, Sa.State.Remote);

    private void Remember(Transaction transaction)
    {
        if (_transactions.Count == MaximumRemembered)
        {
            _transactions[0].Stop();
            _transactions.RemoveAt(0);
        }

        _transactions.Add(transaction);
    }
}
