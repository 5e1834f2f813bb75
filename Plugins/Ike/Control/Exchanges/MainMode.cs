using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>One main mode exchange with preshared key (RFC 2409 section 5 and 5.4), in either role.</summary>
/// <remarks>Whatever is not authenticated is dropped, counted and at most noted as a hint: it never ends an exchange.</remarks>
internal sealed class MainMode
{
    private const int MinimumNonce = 8;
    private const int MaximumNonce = 256;

    private static readonly TimeSpan s_halfOpenAge = TimeSpan.FromSeconds(30);

    private readonly IkeRuntime _runtime;
    private readonly Phase1Agreement _agreement;
    private readonly NatDetection _nat;
    private IkeSession _session;
    private byte[] _initiatorSa = [];
    private Phase1Choice? _choice;
    private byte[] _lastSent = [];
    private byte[] _lastAccepted = [];
    private int _sent;
    private IDisposable? _timer;
    private IkeFailure? _hint;
    private bool _peerAnswersProbes;
    private string _peerIdentity = string.Empty;

    /// <summary>An exchange as initiator, or as responder where the cookie for it is given.</summary>
    public MainMode(IkeRuntime runtime, IkeSession session, PeerEndpoints ends, ulong initiatorCookie, ulong responderCookie = 0)
    {
        _runtime = runtime;
        _session = session;
        _agreement = new Phase1Agreement(runtime.Context, responderCookie == 0);
        _nat = new NatDetection(runtime.Context.Mac);
        IsInitiator = responderCookie == 0;
        Ends = FirstEnds = ends;
        InitiatorCookie = initiatorCookie;
        ResponderCookie = responderCookie;
        Started = runtime.Now;
    }

    public bool IsInitiator { get; }

    /// <summary>Where messages go and come from; the port changes once where there is a NAT.</summary>
    public PeerEndpoints Ends { get; private set; }

    /// <summary>Where the exchange started, which is how it is found until the peer has shown its cookie.</summary>
    public PeerEndpoints FirstEnds { get; }

    public ulong InitiatorCookie { get; }

    /// <summary>Zero at the initiator until message 2.</summary>
    public ulong ResponderCookie { get; private set; }

    public ulong OwnCookie => IsInitiator ? InitiatorCookie : ResponderCookie;

    public ulong PeerCookie => IsInitiator ? ResponderCookie : InitiatorCookie;

    public DateTimeOffset Started { get; }

    public MainModeState State { get; private set; }

    public IkeSession Session => _session;

    public TrafficCount Traffic { get; } = new();

    /// <summary>The phase 1 SA exists; the exchange only stays to answer repeated messages.</summary>
    public bool IsEstablished => State is MainModeState.EstablishedAsInitiator or MainModeState.EstablishedAsResponder;

    /// <summary>What was agreed, once it is.</summary>
    public Phase1Policy? Agreed => _choice?.Policy;

    /// <summary>Starts as initiator.</summary>
    public void Begin()
    {
        _initiatorSa = Phase1Negotiation.Offer(_session.Policy.Proposals);
        Step(MainModeEvent.Begin);
    }

    /// <summary>Starts as responder with a message 1 whose proposal was chosen.</summary>
    public void Answer(IsakmpHeader header, PayloadChain chain, ReadOnlySpan<byte> initiatorSa, Phase1Choice choice)
    {
        Traffic.In(header.Datagram.Length);
        _initiatorSa = initiatorSa.ToArray();
        _choice = choice;
        TakeVendorIds(chain);
        Accept(header, MainModeEvent.Message1);
    }

    /// <summary>True where a datagram with this exchange's cookies can come from.</summary>
    public bool MayComeFrom(PeerEndpoints ends) =>
        ends == Ends || (!IsInitiator && _nat.IsFound && State == MainModeState.Message4Sent && ends.IsFloated && ends.Local == Ends.Local);

    /// <summary>Takes a datagram with this exchange's cookies.</summary>
    public void Receive(IsakmpHeader header, PeerEndpoints ends)
    {
        Traffic.In(header.Datagram.Length);
        if (header.Datagram.SequenceEqual(_lastAccepted))
        {
            Step(MainModeEvent.Repeated);
            return;
        }

        switch (State)
        {
            case MainModeState.Message1Sent:
                Message2(header);
                break;
            case MainModeState.Message2Sent or MainModeState.Message3Sent:
                PublicValue(header);
                break;
            case MainModeState.Message4Sent or MainModeState.Message5Sent:
                Identity(header, ends);
                break;
            default:
                _runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    /// <summary>Takes a notification in the clear: anybody could have sent it, so it only explains a silence to come.</summary>
    public void Hint(NotifyType type)
    {
        string name = type.ToString();
        _hint = (State, type) switch
        {
            (MainModeState.Message1Sent, NotifyType.NoProposalChosen) => new(
                FailureKind.Proposal, 1,
                $"phase 1 proposal: peer refuses our offer ({name}), we offer {AlgorithmNames.Of(_session.Policy.Proposals)}",
                _session.Policy.ProposalsSource),
            (MainModeState.Message5Sent, NotifyType.InvalidIdInformation) => new(
                FailureKind.Identity, 1, $"peer refuses our identity {OwnIdentityText()}", _session.Policy.LocalIdentity.Source),
            (MainModeState.Message5Sent or MainModeState.Message4Sent, < NotifyType.Connected) => KeyMismatch($"peer answers {name}"),
            _ => _hint,
        };
        if (_hint is not null && !IsEstablished)
        {
            _session.Report(_hint, Ends.Remote);
        }
    }

    /// <summary>Ends the exchange without a word.</summary>
    public void Abandon() => Step(MainModeEvent.Rejected);

    private void Step(MainModeEvent input)
    {
        MainModeStep step = MainModeMachine.Next(State, input);
        _runtime.Trace.State("main mode", Ends.Remote, State, input, step.State);
        State = step.State;
        MainModeActions actions = step.Actions;
        if ((actions & MainModeActions.StopTimer) != 0)
        {
            _timer?.Dispose();
            _timer = null;
        }

        if ((actions & MainModeActions.ComputePublic) != 0)
        {
            _runtime.Surface(ComputePublicAsync());
        }

        if ((actions & MainModeActions.ComputeSecret) != 0)
        {
            _runtime.Surface(ComputeSecretAsync());
        }

        if ((actions & MainModeActions.Send) != 0)
        {
            _lastSent = Build();
            _sent = 0;
        }

        if ((actions & (MainModeActions.Send | MainModeActions.Resend)) != 0)
        {
            _sent++;
            _session.Send(Ends, _lastSent, Traffic);
        }

        if ((actions & MainModeActions.Await) != 0)
        {
            MainModeEvent next = _sent < Schedules.Attempts ? MainModeEvent.Overdue : MainModeEvent.Exhausted;
            TimeSpan wait = Schedules.WaitAfter(_sent);
            _runtime.Trace.Timer("main mode", Ends.Remote, wait, next == MainModeEvent.Overdue ? "next attempt" : "end");
            _timer = _runtime.After(wait, () => Step(next));
        }

        if ((actions & MainModeActions.LimitAge) != 0)
        {
            _timer = _runtime.After(s_halfOpenAge, () => Step(MainModeEvent.Exhausted));
        }

        if ((actions & MainModeActions.Establish) != 0)
        {
            Establish();
        }

        if ((actions & MainModeActions.ReportSilence) != 0)
        {
            ReportSilence();
        }

        if ((actions & MainModeActions.Close) != 0)
        {
            _agreement.Forget();
            _session.MainModeClosed(this);
        }
    }

    private void Accept(IsakmpHeader header, MainModeEvent input)
    {
        _lastAccepted = header.Datagram.ToArray();
        Step(input);
    }

    private void Message2(IsakmpHeader header)
    {
        if (!Open(header, out PayloadChain chain) || !chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload sa))
        {
            _runtime.Counters.Count(IkeDrop.Malformed);
            return;
        }

        if (header.ResponderCookie == 0 || !SaPayload.TryParse(sa.Body, out SaPayload reply, out IsakmpError error))
        {
            Malformed("message 2 has no well-formed answer to our proposals");
            return;
        }

        Phase1Choice? choice = Phase1Negotiation.Confirm(reply, _session.Policy.Proposals, out string theirs);
        if (choice is null)
        {
            _runtime.Counters.Count(IkeDrop.NoProposal);
            _session.Report(
                new(FailureKind.Proposal, 1,
                    $"phase 1 proposal: peer chooses {theirs}, we offer {AlgorithmNames.Of(_session.Policy.Proposals)}",
                    _session.Policy.ProposalsSource),
                Ends.Remote);
            return;
        }

        _choice = choice;
        ResponderCookie = header.ResponderCookie;
        TakeVendorIds(chain);
        Accept(header, MainModeEvent.Message2);
    }

    // Message 3 at the responder, message 4 at the initiator.
    private void PublicValue(IsakmpHeader header)
    {
        if (!Open(header, out PayloadChain chain) || !chain.TryFindOnly(PayloadType.KeyExchange, out Payload key)
            || !chain.TryFindOnly(PayloadType.Nonce, out Payload nonce))
        {
            _runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        int expected = _runtime.Context.KeyExchange.PublicBytes(_choice!.Algorithms.Group);
        if (key.Body.Length != expected || nonce.Body.Length is < MinimumNonce or > MaximumNonce)
        {
            Malformed($"public value of {key.Body.Length} bytes and nonce of {nonce.Body.Length} bytes, group{_choice.Algorithms.Group} "
                + $"needs {expected} and {MinimumNonce} to {MaximumNonce}");
            return;
        }

        if (!IsInitiator && !_session.MayCompute(this))
        {
            _runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        _agreement.Take(key.Body, nonce.Body);
        _nat.TakeHashes(chain, _choice.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
        _peerAnswersProbes |= VendorIds.OffersDeadPeerDetection(chain);
        Accept(header, IsInitiator ? MainModeEvent.Message4 : MainModeEvent.Message3);
    }

    // Message 5 at the responder, message 6 at the initiator.
    private void Identity(IsakmpHeader header, PeerEndpoints ends)
    {
        if (_nat.IsFound && !ends.IsFloated)
        {
            // RFC 3947 section 4: on the old port it is an old packet.
            _runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        if (!header.IsEncrypted)
        {
            _runtime.Counters.Count(IkeDrop.NotEncrypted);
            return;
        }

        byte[]? text = _agreement.Cipher!.Decrypt(header.Body);
        if (text is null || !PayloadChain.TryParse(header.NextPayload, text, out PayloadChain chain, out _)
            || !chain.TryFindOnly(PayloadType.Identification, out Payload id) || !chain.TryFindOnly(PayloadType.Hash, out Payload hash)
            || !_agreement.IsPeersHash(this, _choice!.Algorithms, _initiatorSa, id.Body, hash.Body))
        {
            _runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            _session.Report(KeyMismatch($"message {(IsInitiator ? 6 : 5)} of the peer does not decrypt to an authentic identity"), Ends.Remote);
            return;
        }

        Ends = ends;
        byte[] identity = id.Body.ToArray();
        if (!IsInitiator)
        {
            // Several peers behind one NAT share its address: which of them this is, only its identity says.
            _session = _session.Sharing().FirstOrDefault(s => IsExpected(s, identity)) ?? _session;
        }

        if (!PeerIdentity.TryRead(identity, out _peerIdentity) || !IsExpected(_session, identity))
        {
            _session.Report(
                new(FailureKind.Identity, 1,
                    $"peer identifies itself as {_peerIdentity}, we expect {PeerIdentity.Text(_session.Policy.RemoteIdentity, Ends.Remote)}",
                    _session.Policy.RemoteIdentity.Source),
                Ends.Remote);
            _session.RefuseInClear(header, Ends, NotifyType.InvalidIdInformation);
            Step(MainModeEvent.Rejected);
            return;
        }

        _agreement.Cipher.Accept(header.Body);
        _session.NoteInitialContact(this, HasInitialContact(chain));
        Accept(header, IsInitiator ? MainModeEvent.Message6 : MainModeEvent.Message5);
    }

    private bool IsExpected(IkeSession session, byte[] identity) =>
        PeerIdentity.Matches(session.Policy.RemoteIdentity, identity, Ends.Remote);

    private void TakeVendorIds(PayloadChain chain)
    {
        _peerAnswersProbes = VendorIds.OffersDeadPeerDetection(chain);
        if (_session.Policy.NatTraversal)
        {
            _nat.TakeVendorIds(chain);
        }
    }

    private static bool HasInitialContact(PayloadChain chain)
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

    private static bool Open(IsakmpHeader header, out PayloadChain chain)
    {
        chain = default;
        return !header.IsEncrypted && header.MessageId == 0 && PayloadChain.TryParse(header.NextPayload, header.Body, out chain, out _);
    }

    private async Task ComputePublicAsync()
    {
        await _agreement.PrepareAsync(_choice!.Algorithms.Group);
        Step(MainModeEvent.Computed);
    }

    private async Task ComputeSecretAsync()
    {
        byte[]? secret = await _agreement.AgreeAsync(_choice!.Algorithms.Group);
        if (State is not (MainModeState.ComputingSecret or MainModeState.ComputingAnswer))
        {
            return;
        }

        if (secret is null
            || !_agreement.Derive(_choice.Algorithms, _session.Policy.PreSharedKey, secret, InitiatorCookie, ResponderCookie))
        {
            Malformed("public value of the peer gives no usable key");
            Step(MainModeEvent.Rejected);
            return;
        }

        Step(MainModeEvent.Computed);
    }

    private byte[] Build()
    {
        IsakmpWriter writer = new(InitiatorCookie, ResponderCookie, ExchangeType.IdentityProtection);
        switch (State)
        {
            case MainModeState.Message1Sent or MainModeState.Message2Sent:
                writer.Add(PayloadType.SecurityAssociation, IsInitiator ? _initiatorSa : _choice!.ReplyBody);
                writer.Add(PayloadType.VendorId, VendorIds.DeadPeerDetection);
                if (_session.Policy.NatTraversal)
                {
                    _nat.AddVendorIds(writer, IsInitiator);
                }

                return writer.Finish();

            case MainModeState.Message3Sent or MainModeState.Message4Sent:
                writer.Add(PayloadType.KeyExchange, _agreement.Public);
                writer.Add(PayloadType.Nonce, _agreement.Nonce);
                _nat.AddHashes(writer, _choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
                return writer.Finish();

            default:
                if (IsInitiator && _nat.IsFound)
                {
                    // RFC 3947 section 4: from message 5 on, everything is on the other port.
                    Ends = Ends.Floated();
                }

                byte[] identity = PeerIdentity.Body(_session.Policy.LocalIdentity, Ends.Local);
                byte[] hash = _agreement.OwnHash(this, _choice!.Algorithms, _initiatorSa, identity);
                writer.Add(PayloadType.Identification, identity);
                writer.Add(PayloadType.Hash, hash);
                if (IsInitiator && _session.IsFirstContact)
                {
                    // RFC 2407 section 4.6.3.3: the peer may drop what it still has from before our restart.
                    writer.Add(PayloadType.Notification, NotificationPayload.Create(
                        SecurityProtocol.Isakmp, NotifyType.InitialContact, Bytes.Of(InitiatorCookie, ResponderCookie), []));
                }

                return _agreement.Cipher!.Encrypt(writer.Finish());
        }
    }

    private void Establish()
    {
        Phase1Choice choice = _choice!;
        Phase1Secrets secrets = _agreement.Secrets!;
        TimeSpan lifetime = TimeSpan.FromSeconds(choice.LifetimeSeconds);
        DateTimeOffset now = _runtime.Now;
        _session.Established(this, new IkeSaState
        {
            Index = _session.NewIndex(),
            Gateway = _session.Policy.Name,
            Fingerprint = _session.Policy.Fingerprint,
            IsInitiator = IsInitiator,
            InitiatorCookie = InitiatorCookie,
            ResponderCookie = ResponderCookie,
            Local = Ends.Local,
            LocalPort = Ends.LocalPort,
            Remote = Ends.Remote,
            RemotePort = Ends.RemotePort,
            UdpTunnel = _nat.IsFound ? _nat.Document!.UdpTunnel : default,
            IsLocalBehindNat = _nat.IsLocalBehindNat,
            IsRemoteBehindNat = _nat.IsRemoteBehindNat,
            Cipher = choice.Algorithms.Cipher,
            CipherKeyBytes = choice.Algorithms.CipherKeyBytes,
            Hash = choice.Algorithms.Hash,
            Group = choice.Algorithms.Group,
            SkeyIdD = secrets.Derivation,
            SkeyIdA = secrets.Authentication,
            CipherKey = secrets.CipherKey,
            LastBlock = _agreement.Cipher!.Iv,
            Created = now,
            Soft = now + Schedules.SoftLimit(lifetime, IsInitiator, _runtime.NewFraction()),
            Hard = now + lifetime,
            LifetimeSeconds = choice.LifetimeSeconds,
            PeerAnswersProbes = _peerAnswersProbes,
            PeerIdentity = _peerIdentity,
            // RFC 3706 section 6: starts at a random number, small enough never to wrap.
            ProbeCeiling = _runtime.NewNumber(1, _ => false) >> 2,
        });
        _agreement.Release();
    }

    private void ReportSilence()
    {
        GatewayPolicy policy = _session.Policy;
        MainModeState reached = LastState();
        IkeFailure? failure = (IsInitiator, reached) switch
        {
            (true, MainModeState.Message5Sent) => _hint ?? KeyMismatch("peer does not answer message 5"),
            (true, _) => _hint ?? new(
                FailureKind.NoResponse, 1,
                $"no response from {Ipv4.Text(Ends.Remote)} to main mode message {(reached == MainModeState.Message1Sent ? 1 : 3)} "
                + $"after {Schedules.Attempts} attempts",
                policy.RemoteSource),
            // A half-open exchange that only fades away says nothing by itself: message 1 may have been anybody's.
            _ => null,
        };
        if (failure is not null)
        {
            _session.Report(failure, Ends.Remote);
        }
    }

    private MainModeState LastState() =>
        _agreement.HasPeerValues ? MainModeState.Message5Sent : ResponderCookie != 0 ? MainModeState.Message3Sent : MainModeState.Message1Sent;

    private IkeFailure KeyMismatch(string evidence) =>
        new(FailureKind.Key, 1, $"preshared key mismatch likely: {evidence}", _session.Policy.KeySource);

    private string OwnIdentityText() => PeerIdentity.Text(_session.Policy.LocalIdentity, Ends.Local);

    private void Malformed(string what)
    {
        _runtime.Counters.Count(IkeDrop.Malformed);
        _session.Report(new(FailureKind.Malformed, 1, $"malformed message: {what}", _session.Policy.RemoteSource), Ends.Remote);
    }
}
