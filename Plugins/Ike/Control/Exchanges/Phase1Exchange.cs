using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>One exchange of phase 1 with preshared key, in either role: what main mode and aggressive mode have in common.</summary>
/// <remarks>Whatever is not authenticated is dropped, counted and at most noted as a hint: it never ends an exchange.</remarks>
internal abstract class Phase1Exchange
{
    /// <summary>Bytes of a nonce (RFC 2409 section 5).</summary>
    protected const int MinimumNonce = 8;

    /// <summary>Bytes of a nonce (RFC 2409 section 5).</summary>
    protected const int MaximumNonce = 256;

    private static readonly TimeSpan s_halfOpenAge = TimeSpan.FromSeconds(30);

    private byte[] _lastSent = [];
    private byte[] _lastAccepted = [];
    private int _sent;
    private bool _peerIsUnity;
    private bool _peerSettlesCrossings;
    private IDisposable? _timer;

    /// <summary>An exchange as initiator, or as responder where the cookie for it is given.</summary>
    protected Phase1Exchange(IkeRuntime runtime, IkeSession session, PeerEndpoints ends, ulong initiatorCookie, ulong responderCookie)
    {
        Runtime = runtime;
        Session = session;
        Agreement = new Phase1Agreement(runtime.Context, responderCookie == 0);
        Signature = new Phase1Signature(runtime);
        Nat = new NatDetection(runtime.Context.Mac);
        IsInitiator = responderCookie == 0;
        Ends = FirstEnds = ends;
        InitiatorCookie = initiatorCookie;
        ResponderCookie = responderCookie;
        Started = runtime.Now;
    }

    public bool IsInitiator { get; }

    /// <summary>Where messages go and come from; the port changes once where there is a NAT.</summary>
    public PeerEndpoints Ends { get; protected set; }

    /// <summary>Where the exchange started, which is how it is found until the peer has shown its cookie.</summary>
    public PeerEndpoints FirstEnds { get; }

    public ulong InitiatorCookie { get; }

    /// <summary>Zero at the initiator until message 2.</summary>
    public ulong ResponderCookie { get; protected set; }

    public ulong OwnCookie => IsInitiator ? InitiatorCookie : ResponderCookie;

    public ulong PeerCookie => IsInitiator ? ResponderCookie : InitiatorCookie;

    public DateTimeOffset Started { get; }

    /// <summary>Whose exchange it is; an identity may show that it is another one's.</summary>
    public IkeSession Session { get; protected set; }

    public TrafficCount Traffic { get; } = new();

    /// <summary>What was agreed, once it is.</summary>
    public Phase1Policy? Agreed => Choice?.Policy;

    /// <summary>The SA ends earlier than the peer asked.</summary>
    public bool IsShortened => Choice is { } choice && (choice.OfferedSeconds == 0 || choice.OfferedSeconds > choice.LifetimeSeconds);

    /// <summary>Main or aggressive mode.</summary>
    public abstract ExchangeType Type { get; }

    /// <summary>The state in words.</summary>
    public abstract string Progress { get; }

    /// <summary>The phase 1 SA exists; the exchange only stays to answer repeated messages.</summary>
    public abstract bool IsEstablished { get; }

    /// <summary>As initiator: who we are has been proved to the peer, which may have the SA already.</summary>
    public abstract bool HasProved { get; }

    /// <summary>Something is computed or was, for a peer that has not proved who it is.</summary>
    public abstract bool IsCostly { get; }

    /// <summary>Both sides prove who they are by signatures.</summary>
    protected bool Signs => Choice?.Policy.Method.Signs() == true;

    protected IkeRuntime Runtime { get; }

    protected Phase1Agreement Agreement { get; }

    protected NatDetection Nat { get; }

    /// <summary>Body of the initiator's SA payload, which the HASHes cover.</summary>
    protected byte[] InitiatorSa { get; set; } = [];

    protected Phase1Choice? Choice { get; set; }

    /// <summary>Why the peer is likely to stay silent.</summary>
    protected IkeFailure? LikelyCause { get; set; }

    /// <summary>The peer answers dead peer detection.</summary>
    protected bool PeerAnswersProbes { get; set; }

    /// <summary>The peer's identity as it came.</summary>
    protected byte[] PeerIdentityBody { get; set; } = [];

    /// <summary>The peer puts fragments together.</summary>
    protected bool PeerTakesFragments { get; set; }

    /// <summary>What the peer calls itself.</summary>
    protected string PeerName { get; set; } = string.Empty;

    /// <summary>Times a message is sent before the exchange is given up.</summary>
    protected virtual int Attempts => Schedules.Attempts;

    /// <summary>Starts as initiator.</summary>
    public abstract void Begin();

    /// <summary>True where a datagram with this exchange's cookies can come from.</summary>
    public abstract bool MayComeFrom(PeerEndpoints ends);

    /// <summary>Takes a datagram with this exchange's cookies.</summary>
    public void Receive(IsakmpHeader header, PeerEndpoints ends)
    {
        Traffic.In(header.Datagram.Length);
        if (header.Datagram.SequenceEqual(_lastAccepted))
        {
            Repeated();
        }
        else
        {
            Take(header, ends);
        }
    }

    /// <summary>Takes a notification in the clear: anybody could have sent it, so it only explains a silence to come.</summary>
    public void Hint(NotifyType type)
    {
        LikelyCause = CauseOf(type) ?? LikelyCause;
        if (LikelyCause is not null && !IsEstablished)
        {
            Session.Report(LikelyCause, Ends.Remote);
        }
    }

    /// <summary>Ends the exchange without a word.</summary>
    public abstract void Abandon();

    /// <summary>Takes a datagram that is no repetition.</summary>
    protected abstract void Take(IsakmpHeader header, PeerEndpoints ends);

    /// <summary>The datagram that was accepted last has come again.</summary>
    protected abstract void Repeated();

    /// <summary>Time for an answer is over.</summary>
    protected abstract void TimedOut(bool exhausted);

    /// <summary>What a notification in the clear says about the state of the exchange, or null.</summary>
    protected abstract IkeFailure? CauseOf(NotifyType type);

    /// <summary>Why the exchange ends without an answer, or null where that says nothing.</summary>
    protected abstract IkeFailure? CauseOfSilence();

    protected abstract byte[] Build();

    protected abstract Task ComputePublicAsync();

    protected abstract Task ComputeSecretAsync();

    /// <summary>Carries out a step of the machine.</summary>
    protected void Run(Phase1Actions actions)
    {
        if (Agreement.Secrets is { } secrets)
        {
            Session.ShowKey(this, secrets.CipherKey);
        }

        if ((actions & Phase1Actions.StopTimer) != 0)
        {
            _timer?.Dispose();
            _timer = null;
        }

        if ((actions & Phase1Actions.ComputePublic) != 0)
        {
            Runtime.Surface(ComputePublicAsync());
        }

        if ((actions & Phase1Actions.ComputeSecret) != 0)
        {
            Runtime.Surface(ComputeSecretAsync());
        }

        if ((actions & Phase1Actions.Send) != 0)
        {
            _lastSent = Build();
            _sent = 0;
        }

        if ((actions & (Phase1Actions.Send | Phase1Actions.Resend)) != 0)
        {
            _sent++;
            Session.Send(Ends, _lastSent, Traffic, PeerTakesFragments);
        }

        if ((actions & Phase1Actions.Await) != 0)
        {
            bool exhausted = _sent >= Attempts;
            TimeSpan wait = Schedules.WaitAfter(_sent);
            Runtime.Trace.Timer(
                Type == ExchangeType.Aggressive ? "aggressive mode" : "main mode", Ends.Remote, wait, exhausted ? "end" : "next attempt");
            _timer = Runtime.After(wait, () => TimedOut(exhausted));
        }

        if ((actions & Phase1Actions.LimitAge) != 0)
        {
            _timer = Runtime.After(s_halfOpenAge, () => TimedOut(exhausted: true));
        }

        if ((actions & Phase1Actions.Establish) != 0)
        {
            Establish();
        }

        if ((actions & Phase1Actions.ReportSilence) != 0 && CauseOfSilence() is { } failure)
        {
            Session.Report(failure, Ends.Remote);
        }

        if ((actions & Phase1Actions.Close) != 0)
        {
            Agreement.Forget();
            Session.Phase1Closed(this);
        }
    }

    /// <summary>Remembers an accepted message, whose repetitions are answered alike.</summary>
    protected void Remember(IsakmpHeader header) => _lastAccepted = header.Datagram.ToArray();

    /// <summary>The responder's choice in message 2; null when it is none of ours, which is reported.</summary>
    protected Phase1Choice? ReadChoice(IsakmpHeader header, PayloadChain chain)
    {
        if (!chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload sa))
        {
            Runtime.Counters.Count(IkeDrop.Malformed);
            return null;
        }

        if (header.ResponderCookie == 0 || !SaPayload.TryParse(sa.Body, out SaPayload reply, out _))
        {
            Malformed("message 2 has no well-formed answer to our proposals");
            return null;
        }

        Phase1Choice? choice = Phase1Negotiation.Confirm(reply, Session.Policy.Proposals, out _);
        if (choice is null)
        {
            Runtime.Counters.Count(IkeDrop.NoProposal);
            Session.Report(Mismatch.Phase1Answer(reply, Session.Policy), Ends.Remote);
        }

        return choice;
    }

    /// <summary>Certificates and signatures, where both sides sign.</summary>
    protected Phase1Signature Signature { get; }

    /// <summary>Takes the peer's public value and nonce; false when they are not what the group needs, which is reported.</summary>
    protected bool TakeValues(PayloadChain chain, int group)
    {
        if (!chain.TryFindOnly(PayloadType.KeyExchange, out Payload key) || !chain.TryFindOnly(PayloadType.Nonce, out Payload nonce))
        {
            Runtime.Counters.Count(IkeDrop.Unexpected);
            return false;
        }

        int expected = Runtime.Context.KeyExchange.PublicBytes(group);
        if (key.Body.Length != expected || nonce.Body.Length is < MinimumNonce or > MaximumNonce)
        {
            Malformed($"public value of {key.Body.Length} bytes and nonce of {nonce.Body.Length} bytes, group{group} "
                + $"needs {expected} and {MinimumNonce} to {MaximumNonce}");
            return false;
        }

        Agreement.Take(key.Body, nonce.Body);
        Signature.TakeRequests(chain);
        return true;
    }

    /// <summary>Takes what the peer offers in message 1 or 2.</summary>
    protected void TakeVendorIds(PayloadChain chain)
    {
        PeerAnswersProbes |= VendorIds.OffersDeadPeerDetection(chain);
        PeerTakesFragments |= VendorIds.OffersFragmentation(chain);
        _peerIsUnity |= VendorIds.Has(chain, VendorIds.Unity);
        _peerSettlesCrossings |= VendorIds.Has(chain, VendorIds.SettlesCrossings);
        if (Session.Policy.NatTraversal)
        {
            Nat.TakeVendorIds(chain);
        }
    }

    /// <summary>Adds what we offer in message 1 or 2.</summary>
    protected void AddVendorIds(IsakmpWriter writer)
    {
        writer.Add(PayloadType.VendorId, VendorIds.DeadPeerDetection);
        if (Session.Policy.NatTraversal)
        {
            Nat.AddVendorIds(writer, IsInitiator);
        }

        writer.Add(PayloadType.VendorId, VendorIds.Fragmentation);
        writer.Add(PayloadType.VendorId, VendorIds.SettlesCrossings);
        if (Session.Policy.Xauth is not null)
        {
            writer.Add(PayloadType.VendorId, VendorIds.Xauth);
            if (_peerIsUnity)
            {
                writer.Add(PayloadType.VendorId, VendorIds.Unity);
            }
        }
    }

    /// <summary>Says that we have nothing else with the peer (RFC 2407 section 4.6.3.3): it may drop what it has from before our restart.</summary>
    protected void AddInitialContact(IsakmpWriter writer)
    {
        if (IsInitiator && Session.IsFirstContact)
        {
            writer.Add(PayloadType.Notification, NotificationPayload.Create(
                SecurityProtocol.Isakmp, NotifyType.InitialContact, Bytes.Of(InitiatorCookie, ResponderCookie), []));
        }
    }

    /// <summary>The identity that we send, as a payload's body.</summary>
    protected byte[] OwnIdentity() => PeerIdentity.Body(
        Session.Policy.LocalIdentity, Ends.Local,
        Session.Policy.Certificate is { } certificate && (Signs || Session.Policy.PreSharedKey.Length == 0) ? Runtime.Certificates.Find(certificate.Local) : null);

    /// <summary>Reports a peer that is somebody else, and tells it.</summary>
    protected void RefuseIdentity(IsakmpHeader header, byte[] identity)
    {
        Session.Report(IdentityWords.Unexpected(identity, PeerName, Session.Policy.RemoteIdentity, Ends.Remote), Ends.Remote);
        Session.RefuseInClear(header, Ends, NotifyType.InvalidIdInformation);
    }

    protected IkeFailure KeyMismatch(string evidence) =>
        new(FailureKind.Key, 1, $"preshared key mismatch likely: {evidence}", Session.Policy.KeySource) { Evidence = [evidence] };

    /// <summary>The peer does not accept what should prove who we are.</summary>
    protected IkeFailure ProofRefused(string evidence) => Signs && Session.Policy.Certificate is { } certificate
        ? new(FailureKind.Certificate, 1, $"the peer is likely to refuse our certificate {certificate.Local}: {evidence}", certificate.Source)
        {
            Aspect = FailureAspect.RefusedByPeer,
            Ours = certificate.Local,
            Evidence = [evidence],
        }
        : KeyMismatch(evidence);

    protected void Malformed(string what)
    {
        Runtime.Counters.Count(IkeDrop.Malformed);
        Session.Report(new(FailureKind.Malformed, 1, $"malformed message: {what}", Session.Policy.RemoteSource), Ends.Remote);
    }

    protected static bool HasInitialContact(PayloadChain chain)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.Notification && NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _)
                && notify.Type == NotifyType.InitialContact)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a message in the clear apart.</summary>
    protected static bool Open(IsakmpHeader header, out PayloadChain chain)
    {
        chain = default;
        return !header.IsEncrypted && header.MessageId == 0 && PayloadChain.TryParse(header.NextPayload, header.Body, out chain, out _);
    }

    private void Establish()
    {
        Phase1Choice choice = Choice!;
        Phase1Secrets secrets = Agreement.Secrets!;
        TimeSpan lifetime = TimeSpan.FromSeconds(choice.LifetimeSeconds);
        DateTimeOffset now = Runtime.Now;
        Session.Established(this, new IkeSaState
        {
            Index = Session.NewIndex(),
            Gateway = Session.Policy.Name,
            Fingerprint = Session.Policy.Fingerprint,
            IsAggressive = Type == ExchangeType.Aggressive,
            IsInitiator = IsInitiator,
            InitiatorCookie = InitiatorCookie,
            ResponderCookie = ResponderCookie,
            Instance = Ends.Instance,
            Local = Ends.Local,
            LocalPort = Ends.LocalPort,
            Remote = Ends.Remote,
            RemotePort = Ends.RemotePort,
            UdpTunnel = Nat.IsFound ? Nat.Document!.UdpTunnel : default,
            IsLocalBehindNat = Nat.IsLocalBehindNat,
            IsRemoteBehindNat = Nat.IsRemoteBehindNat,
            Cipher = choice.Algorithms.Cipher,
            CipherKeyBytes = choice.Algorithms.CipherKeyBytes,
            Hash = choice.Algorithms.Hash,
            Group = choice.Algorithms.Group,
            Method = choice.Policy.Method,
            SkeyIdD = secrets.Derivation,
            SkeyIdA = secrets.Authentication,
            CipherKey = secrets.CipherKey,
            LastBlock = Agreement.Cipher!.Iv,
            Created = now,
            Soft = now + Schedules.SoftLimit(lifetime, IsInitiator, Runtime.NewFraction()),
            Hard = now + lifetime,
            LifetimeSeconds = choice.LifetimeSeconds,
            PeerAnswersProbes = PeerAnswersProbes,
            PeerTakesFragments = PeerTakesFragments,
            PeerSettlesCrossings = _peerSettlesCrossings,
            PeerIdentity = PeerName,
            PeerIdentityBody = PeerIdentityBody,
            Peer = Session.Key,
            AwaitsUser = Session.Policy.Xauth is not null,
            IsClient = Session.Policy.Xauth is { Asks: false },
            // RFC 3706 section 6: starts at a random number, small enough never to wrap.
            ProbeCeiling = Runtime.NewNumber(1, _ => false) >> 2,
        });
        // From now on it only answers repetitions.
        Agreement.Release();
        InitiatorSa = [];
    }
}
