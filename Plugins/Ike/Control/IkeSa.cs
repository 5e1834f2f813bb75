using RouterOS.Ike.Control.Access;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;

namespace RouterOS.Ike.Control;

/// <summary>An established phase 1 SA: keys, cookies, lifetime and the exchanges under it.</summary>
internal sealed class IkeSa
{
    /// <summary>Quick mode exchanges at the same time under one SA.</summary>
    public const int MaximumExchanges = 64;

    /// <summary>Quick mode exchanges of a whole life; an SA that reaches it is replaced.</summary>
    public const int MaximumMessageIds = 16384;

    private const int RecentInformational = 256;
    private const uint ProbeReserve = 256;

    // Of so few a list is searched as fast, and most SAs never have more.
    private const int FewIds = 32;

    private static readonly Dictionary<uint, QuickMode> s_none = [];

    private Dictionary<uint, QuickMode>? _quickModes;
    private HashSet<uint>? _usedIds;
    private HashSet<uint>? _recentIds;
    private Queue<uint>? _recentOrder;
    private HashSet<uint>? _pathProbes;

    public IkeSa(IkeSaState state, IkeSession session, TrafficCount traffic)
    {
        State = state;
        Session = session;
        Traffic = traffic;
        Algorithms = new(state.Cipher, state.CipherKeyBytes, state.Hash, state.Group);
        Secrets = new([], state.SkeyIdD, state.SkeyIdA, state.CipherKey);
        ProbeSequence = state.ProbeCeiling;
    }

    /// <summary>The part that survives the process.</summary>
    public IkeSaState State { get; }

    public IkeSession Session { get; }

    public TrafficCount Traffic { get; }

    public Phase1Algorithms Algorithms { get; }

    public Phase1Secrets Secrets { get; }

    public uint Index => State.Index;

    /// <summary>ESP under it goes inside UDP.</summary>
    public bool IsInsideUdp => State.UdpTunnel != 0;

    /// <summary>Where the message came from that is being taken.</summary>
    public PeerEndpoints Arrival { get; set; }

    /// <summary>How often the peer was told of an SPI that we do not have, and when last.</summary>
    public uint BadSpiAnswers { get; set; }

    public DateTimeOffset BadSpiAnswered { get; set; }

    public (ulong, ulong) Cookies => (State.InitiatorCookie, State.ResponderCookie);

    /// <summary>Quick modes in progress, or kept to answer repeated messages, by message ID.</summary>
    public IReadOnlyDictionary<uint, QuickMode> QuickModes => _quickModes ?? s_none;

    public bool IsDead { get; set; }

    /// <summary>Extended authentication and settings; null where neither is configured.</summary>
    public AccessDialog? Access { get; set; }

    /// <summary>The exchange that made it, while that stays to answer repeated messages; and the end of that.</summary>
    public (Phase1Exchange Exchange, IDisposable Timer)? Exchange { get; set; }

    /// <summary>When its exchange began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>The peer has said in it that it has nothing else with us.</summary>
    public bool IsInitialContact { get; init; }

    /// <summary>Close to its end: a successor is being made.</summary>
    public bool IsDying { get; set; }

    /// <summary>Both sides began at once, and the other one stays: nothing new is begun under this one.</summary>
    public bool IsRedundant { get; set; }

    public uint PairsCreated { get; set; }

    public uint PairsDeleted { get; set; }

    /// <summary>Timers of the lifetime.</summary>
    public List<IDisposable> Timers { get; } = new(1);

    /// <summary>Sequence number of the last R-U-THERE that we sent.</summary>
    public uint ProbeSequence { get; private set; }

    /// <summary>Numbers of probes of the path's width that have no answer yet.</summary>
    public HashSet<uint> PathProbes => _pathProbes ??= [];

    /// <summary>Sequence number of the last R-U-THERE of the peer.</summary>
    public uint? PeerProbeSequence { get; set; }

    /// <summary>Our answer to it as it was sent; empty before the first.</summary>
    public byte[] LastAcknowledgement { get; set; } = [];

    /// <summary>True when no more quick modes may start: all message IDs that we remember are used.</summary>
    public bool IsExhausted => State.UsedIds.Count >= MaximumMessageIds;

    /// <summary>True where a message under this SA can come from: a NAT may show its peer by another address or port.</summary>
    public bool MayComeFrom(PeerEndpoints ends) => ends == State.Endpoints()
        || (State.IsRemoteBehindNat && State.Endpoints().IsFloated && ends.IsFloated && ends.Local == State.Local);

    /// <summary>The message that is being taken is authentic and new: answers go where it came from (RFC 3947 section 4).</summary>
    public void FollowPeer()
    {
        if (Arrival != State.Endpoints())
        {
            Session.Move(State.Endpoints(), Arrival);
        }
    }

    public bool IsUsed(uint messageId) => IsOfQuickMode(messageId) || _recentIds?.Contains(messageId) == true;

    /// <summary>Marks the message ID of a quick mode; false when it was used before under this SA.</summary>
    public bool TryUse(uint messageId)
    {
        if (messageId == 0 || IsUsed(messageId))
        {
            return false;
        }

        State.UsedIds.Add(messageId);
        _ = _usedIds?.Add(messageId);
        return true;
    }

    /// <summary>A quick mode begins.</summary>
    public void Keep(QuickMode exchange) => (_quickModes ??= [])[exchange.MessageId] = exchange;

    /// <summary>A quick mode that answers nothing any more.</summary>
    public void Forget(QuickMode exchange)
    {
        if (_quickModes?.Remove(exchange.MessageId) == true && _quickModes.Count == 0)
        {
            // The next one is an hour away.
            _quickModes = null;
        }
    }

    /// <summary>Marks the message ID of an informational exchange; false when it was used lately.</summary>
    public bool TryUseOnce(uint messageId)
    {
        if (messageId == 0 || IsOfQuickMode(messageId) || !(_recentIds ??= []).Add(messageId))
        {
            return false;
        }

        _recentOrder ??= new();
        _recentOrder.Enqueue(messageId);
        if (_recentOrder.Count > RecentInformational)
        {
            _ = _recentIds.Remove(_recentOrder.Dequeue());
        }

        return true;
    }

    /// <summary>Takes the next sequence number of a probe; true when the reserve has to be written before the number is used.</summary>
    public bool NextProbe()
    {
        ProbeSequence++;
        if (ProbeSequence <= State.ProbeCeiling)
        {
            return false;
        }

        State.ProbeCeiling = ProbeSequence + ProbeReserve;
        return true;
    }

    private bool IsOfQuickMode(uint messageId)
    {
        if (State.UsedIds.Count <= FewIds)
        {
            return State.UsedIds.Contains(messageId);
        }

        _usedIds ??= [.. State.UsedIds];
        return _usedIds.Contains(messageId);
    }
}
