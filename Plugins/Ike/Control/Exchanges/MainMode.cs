using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>One main mode exchange with preshared key or RSA signatures (RFC 2409 sections 5, 5.1 and 5.4), in either role.</summary>
internal sealed class MainMode(IkeRuntime runtime, IkeSession session, PeerEndpoints ends, ulong initiatorCookie, ulong responderCookie = 0)
    : Phase1Exchange(runtime, session, ends, initiatorCookie, responderCookie)
{

    public MainModeState State { get; private set; }

    public override ExchangeType Type => ExchangeType.IdentityProtection;

    public override string Progress => State switch
    {
        MainModeState.Message1Sent or MainModeState.ComputingPublic => "main-mode message 1 sent",
        MainModeState.Message2Sent or MainModeState.ComputingAnswer => "main-mode message 2 sent",
        MainModeState.Message3Sent or MainModeState.ComputingSecret => "main-mode message 3 sent",
        MainModeState.Message4Sent => "main-mode message 4 sent",
        MainModeState.Message5Sent => "main-mode message 5 sent",
        _ => "main-mode",
    };

    public override bool IsEstablished => State is MainModeState.EstablishedAsInitiator or MainModeState.EstablishedAsResponder;

    public override bool HasProved => State is MainModeState.Message5Sent || IsEstablished;

    public override bool IsCostly => State is MainModeState.ComputingAnswer or MainModeState.Message4Sent;

    public override void Begin()
    {
        InitiatorSa = Phase1Negotiation.Offer(Session.Policy.Proposals);
        Step(MainModeEvent.Begin);
    }

    /// <summary>Starts as responder with a message 1 whose proposal was chosen.</summary>
    public void Answer(IsakmpHeader header, PayloadChain chain, ReadOnlySpan<byte> initiatorSa, Phase1Choice choice)
    {
        Traffic.In(header.Datagram.Length);
        InitiatorSa = initiatorSa.ToArray();
        Choice = choice;
        TakeVendorIds(chain);
        Accept(header, MainModeEvent.Message1);
    }

    public override bool MayComeFrom(PeerEndpoints ends) =>
        ends == Ends || (!IsInitiator && Nat.IsFound && State == MainModeState.Message4Sent && ends.IsFloated && ends.Local == Ends.Local);

    public override void Abandon() => Step(MainModeEvent.Rejected);

    protected override void Repeated() => Step(MainModeEvent.Repeated);

    protected override void TimedOut(bool exhausted) => Step(exhausted ? MainModeEvent.Exhausted : MainModeEvent.Overdue);

    protected override void Take(IsakmpHeader header, PeerEndpoints ends)
    {
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
                Runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    protected override IkeFailure? CauseOf(NotifyType type) => (State, type) switch
    {
        (MainModeState.Message1Sent, NotifyType.NoProposalChosen) => Mismatch.Phase1Refused(Session.Policy, $"{type}"),
        (MainModeState.Message1Sent, NotifyType.InvalidExchangeType) => Mismatch.ModeRefused(Session.Policy, $"{type}"),
        (MainModeState.Message5Sent, NotifyType.InvalidIdInformation) =>
            IdentityWords.Refused(Session.Policy.LocalIdentity, Ends.Local, $"{type}"),
        (MainModeState.Message5Sent or MainModeState.Message4Sent, < NotifyType.Connected) => ProofRefused($"the peer answers {type}"),
        _ => null,
    };

    protected override IkeFailure? CauseOfSilence()
    {
        MainModeState reached = Agreement.HasPeerValues ? MainModeState.Message5Sent
            : ResponderCookie != 0 ? MainModeState.Message3Sent : MainModeState.Message1Sent;
        return (IsInitiator, reached) switch
        {
            (true, MainModeState.Message5Sent) => LikelyCause ?? (Ends.IsFloated
                ? Silence.OnPort4500(Session.Policy, Ends.Remote) : ProofRefused("the peer does not answer message 5")),
            (true, _) => LikelyCause
                ?? Silence.AfterMessage(reached == MainModeState.Message1Sent ? 1 : 3, "main mode", Session.Policy, Ends.Remote),
            // With message 3 the peer has shown that it receives: where it then falls silent, port 4500 may be shut for it.
            (false, MainModeState.Message5Sent) when Nat.IsFound && !Ends.IsFloated && LikelyCause is null =>
                Silence.BeforePort4500(Session.Policy, Ends.Remote),
            // A half-open exchange that only fades away says nothing by itself: message 1 may have been anybody's.
            _ => null,
        };
    }

    protected override async Task ComputePublicAsync()
    {
        await Agreement.PrepareAsync(Choice!.Algorithms.Group);
        Step(MainModeEvent.Computed);
    }

    protected override async Task ComputeSecretAsync()
    {
        byte[]? secret = await Agreement.AgreeAsync(Choice!.Algorithms.Group);
        if (State is not (MainModeState.ComputingSecret or MainModeState.ComputingAnswer))
        {
            return;
        }

        if (secret is null
            || !Agreement.Derive(Choice.Algorithms, Signs ? null : Session.Policy.PreSharedKey, secret, InitiatorCookie, ResponderCookie))
        {
            Malformed("public value of the peer gives no usable key");
            Step(MainModeEvent.Rejected);
            return;
        }

        if (!Signs || await SignAsync())
        {
            Step(MainModeEvent.Computed);
        }
    }

    protected override byte[] Build()
    {
        IsakmpWriter writer = new(InitiatorCookie, ResponderCookie, ExchangeType.IdentityProtection);
        switch (State)
        {
            case MainModeState.Message1Sent or MainModeState.Message2Sent:
                writer.Add(PayloadType.SecurityAssociation, IsInitiator ? InitiatorSa : Choice!.ReplyBody);
                AddVendorIds(writer);
                return writer.Finish();

            case MainModeState.Message3Sent or MainModeState.Message4Sent:
                writer.Add(PayloadType.KeyExchange, Agreement.Public);
                writer.Add(PayloadType.Nonce, Agreement.Nonce);
                if (Signs)
                {
                    Signature.AddRequests(writer, Session.Policy.Certificate!);
                }

                Nat.AddHashes(writer, Choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
                return writer.Finish();

            default:
                if (IsInitiator && Nat.IsFound)
                {
                    // RFC 3947 section 4: from message 5 on, everything is on the other port.
                    Ends = Ends.Floated();
                }

                byte[] identity = OwnIdentity();
                writer.Add(PayloadType.Identification, identity);
                if (Signs)
                {
                    Signature.Add(writer, Session.Policy.Certificate!);
                }
                else
                {
                    writer.Add(PayloadType.Hash, Agreement.OwnHash(this, Choice!.Algorithms, InitiatorSa, identity));
                }

                AddInitialContact(writer);
                return Agreement.Cipher!.Encrypt(writer.Finish());
        }
    }

    private void Step(MainModeEvent input)
    {
        MainModeStep step = MainModeMachine.Next(State, input);
        Runtime.Trace.State("main mode", 0, Ends.Remote, State, input, step.State);
        State = step.State;
        Run(step.Actions);
    }

    private void Accept(IsakmpHeader header, MainModeEvent input)
    {
        Remember(header);
        Step(input);
    }

    private void Message2(IsakmpHeader header)
    {
        if (!Open(header, out PayloadChain chain))
        {
            Runtime.Counters.Count(IkeDrop.Malformed);
            return;
        }

        if (ReadChoice(header, chain) is { } choice)
        {
            Choice = choice;
            ResponderCookie = header.ResponderCookie;
            TakeVendorIds(chain);
            Accept(header, MainModeEvent.Message2);
        }
    }

    // Message 3 at the responder, message 4 at the initiator.
    private void PublicValue(IsakmpHeader header)
    {
        if (!Open(header, out PayloadChain chain))
        {
            Runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        if (!TakeValues(chain, Choice!.Algorithms.Group))
        {
            return;
        }

        if (!IsInitiator && !Session.MayCompute(this))
        {
            Runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        Nat.TakeHashes(chain, Choice.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
        PeerAnswersProbes |= VendorIds.OffersDeadPeerDetection(chain);
        Accept(header, IsInitiator ? MainModeEvent.Message4 : MainModeEvent.Message3);
    }

    // Message 5 at the responder, message 6 at the initiator.
    private void Identity(IsakmpHeader header, PeerEndpoints ends)
    {
        if (Nat.IsFound && !ends.IsFloated)
        {
            // RFC 3947 section 4: on the old port it is an old packet.
            Runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        if (!header.IsEncrypted)
        {
            Runtime.Counters.Count(IkeDrop.NotEncrypted);
            return;
        }

        byte[]? text = Agreement.Cipher!.Decrypt(header.Body);
        if (text is null || !PayloadChain.TryParse(header.NextPayload, text, out PayloadChain chain, out _)
            || !chain.TryFindOnly(PayloadType.Identification, out Payload id)
            || (!Signs && !(chain.TryFindOnly(PayloadType.Hash, out Payload hash)
                && Agreement.IsPeersHash(this, Choice!.Algorithms, InitiatorSa, id.Body, hash.Body))))
        {
            Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            LikelyCause = Signs ? NotDecrypted() : KeyMismatch($"message {(IsInitiator ? 6 : 5)} of the peer does not decrypt to an authentic identity");
            Session.Report(LikelyCause, Ends.Remote);
            return;
        }

        Ends = ends;
        byte[] identity = id.Body.ToArray();
        if (!IsInitiator)
        {
            // Several peers behind one NAT share its address: which of them this is, only its identity says.
            Session = Session.Sharing().FirstOrDefault(s => s.Expects(identity, Ends.Remote)) ?? Session;
        }

        PeerIdentityBody = identity;
        bool isIdentity = PeerIdentity.TryRead(identity, out string name);
        PeerName = name;
        if (!isIdentity || !Session.Expects(identity, Ends.Remote))
        {
            RefuseIdentity(header, identity);
            Step(MainModeEvent.Rejected);
            return;
        }

        if (Signs && !IsSigned(header, chain, identity))
        {
            return;
        }

        if (!IsInitiator && !TryAdmit(ends))
        {
            return;
        }

        Agreement.Cipher.Accept(header.Body);
        Session.NoteInitialContact(this, HasInitialContact(chain));
        Accept(header, IsInitiator ? MainModeEvent.Message6 : MainModeEvent.Message5);
    }

    // One of many peers that have the key gets a session of its own.
    private bool TryAdmit(PeerEndpoints ends)
    {
        if (Session.Admit(PeerName, PeerIdentityBody, ends) is { } peer)
        {
            Session = peer;
            return true;
        }

        Runtime.Counters.Count(IkeDrop.Limit);
        Session.Report(
            new(FailureKind.Limit, 1,
                $"{PeerName} is refused: the gateway has the {Session.Policy.Dynamic!.ConnectionsLimit} peers that it may have", Session.Policy.RemoteSource),
            ends.Remote);
        Step(MainModeEvent.Rejected);
        return false;
    }

    private async Task<bool> SignAsync()
    {
        byte[] identity = OwnIdentity();
        IkeFailure? failure = await Signature.SignAsync(
            Session.Policy.Certificate!, identity, Agreement.OwnHash(this, Choice!.Algorithms, InitiatorSa, identity));
        if (State is not (MainModeState.ComputingSecret or MainModeState.ComputingAnswer))
        {
            return false;
        }

        if (failure is not null)
        {
            Session.Report(failure, Ends.Remote);
            Step(MainModeEvent.Rejected);
        }

        return failure is null;
    }

    // Only what the exchange's own peer has encrypted comes here, so a failure ends the exchange.
    private bool IsSigned(IsakmpHeader header, PayloadChain chain, byte[] identity)
    {
        IkeFailure? failure = Signature.Judge(
            chain, Session.Policy.Certificate!, identity, Agreement.PeersHash(this, Choice!.Algorithms, InitiatorSa, identity));
        if (failure is null && !IsInitiator && !Signature.IsOver(OwnIdentity()))
        {
            failure = new(FailureKind.Identity, 1, "gateways that share an address need the same local-identity", Session.Policy.LocalIdentity.Source);
        }

        if (failure is null)
        {
            return true;
        }

        Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
        Session.Report(failure, Ends.Remote);
        Session.RefuseInClear(header, Ends, failure.Kind == FailureKind.Signature ? NotifyType.AuthenticationFailed : NotifyType.InvalidCertificate);
        Step(MainModeEvent.Rejected);
        return false;
    }

    private IkeFailure NotDecrypted() =>
        new(FailureKind.Malformed, 1, $"malformed message: message {(IsInitiator ? 6 : 5)} of the peer holds no identity", Session.Policy.RemoteSource);
}
