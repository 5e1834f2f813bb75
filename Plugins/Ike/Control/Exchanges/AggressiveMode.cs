using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>One aggressive mode exchange, with preshared key or RSA signatures (RFC 2409 sections 5.4 and 5.1), in either role.</summary>
/// <remarks>
/// The identities come first, in the clear: that is how a key is found for a peer whose address says nothing. The responder computes
/// before anything is proved; <see cref="Phase1Table"/> bounds that.
/// </remarks>
internal sealed class AggressiveMode(
    IkeRuntime runtime, IkeSession session, PeerEndpoints ends, ulong initiatorCookie, ulong responderCookie = 0)
    : Phase1Exchange(runtime, session, ends, initiatorCookie, responderCookie)
{
    // Each answer that proves to be false costs an exponentiation.
    private const int MaximumDisproved = 8;
    private const int AnswerAttempts = 4;

    private byte[] _answer = [];
    private int _disproved;

    public AggressiveModeState State { get; private set; }

    public override ExchangeType Type => ExchangeType.Aggressive;

    public override string Progress => State switch
    {
        AggressiveModeState.Message1Sent or AggressiveModeState.ComputingSecret => "aggressive-mode message 1 sent",
        AggressiveModeState.Message2Sent => "aggressive-mode message 2 sent",
        _ => "aggressive-mode",
    };

    public override bool IsEstablished => State is AggressiveModeState.EstablishedAsInitiator or AggressiveModeState.EstablishedAsResponder;

    public override bool HasProved => IsEstablished;

    public override bool IsCostly => State is AggressiveModeState.ComputingAnswer or AggressiveModeState.Message2Sent;

    /// <summary>As responder: the exponentiations are under way.</summary>
    public bool IsComputing => State == AggressiveModeState.ComputingAnswer;

    protected override int Attempts => IsInitiator ? base.Attempts : AnswerAttempts;

    public override void Begin()
    {
        InitiatorSa = Phase1Negotiation.Offer(Session.Policy.Proposals);
        Step(AggressiveModeEvent.Begin);
    }

    /// <summary>Takes what a message 1 says, whose identity is known and whose proposal was chosen; false when its values are no good.</summary>
    public bool TryTake(IsakmpHeader header, PayloadChain chain, ReadOnlySpan<byte> initiatorSa, Phase1Choice choice, ReadOnlySpan<byte> identity)
    {
        Traffic.In(header.Datagram.Length);
        InitiatorSa = initiatorSa.ToArray();
        Choice = choice;
        PeerIdentityBody = identity.ToArray();
        _ = PeerIdentity.TryRead(identity, out string name);
        PeerName = name;
        TakeVendorIds(chain);
        Remember(header);
        return TakeValues(chain, choice.Algorithms.Group);
    }

    /// <summary>Starts as responder.</summary>
    public void Answer() => Step(AggressiveModeEvent.Message1);

    public override bool MayComeFrom(PeerEndpoints ends) =>
        ends == Ends || (IsInitiator ? ends == FirstEnds
            : State == AggressiveModeState.Message2Sent && Nat.Document is not null && ends.IsFloated && ends.Local == Ends.Local);

    public override void Abandon() => Step(AggressiveModeEvent.Rejected);

    protected override void Repeated() => Step(AggressiveModeEvent.Repeated);

    protected override void TimedOut(bool exhausted) => Step(exhausted ? AggressiveModeEvent.Exhausted : AggressiveModeEvent.Overdue);

    protected override void Take(IsakmpHeader header, PeerEndpoints ends)
    {
        switch (State)
        {
            case AggressiveModeState.Message1Sent:
                Message2(header);
                break;
            case AggressiveModeState.Message2Sent:
                Message3(header, ends);
                break;
            default:
                Runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    protected override IkeFailure? CauseOf(NotifyType type) => (State, type) switch
    {
        (AggressiveModeState.Message1Sent, NotifyType.NoProposalChosen) => Mismatch.Phase1Refused(Session.Policy, $"{type}"),
        (AggressiveModeState.Message1Sent, NotifyType.InvalidExchangeType) => Mismatch.ModeRefused(Session.Policy, $"{type}"),
        (AggressiveModeState.Message1Sent, NotifyType.InvalidIdInformation) =>
            IdentityWords.Refused(Session.Policy.LocalIdentity, Ends.Local, $"{type}"),
        (AggressiveModeState.Message2Sent, < NotifyType.Connected) => ProofRefused($"the peer answers {type}"),
        _ => null,
    };

    // A half-open exchange that only fades away says nothing by itself: message 1 may have been anybody's.
    protected override IkeFailure? CauseOfSilence() => !IsInitiator ? null : LikelyCause
        ?? Silence.AfterMessage(1, "aggressive mode", Session.Policy, Ends.Remote);

    protected override async Task ComputePublicAsync()
    {
        // The group cannot be negotiated any more: all proposals have the same one.
        await Agreement.PrepareAsync(Session.Policy.Proposals[0].Algorithms.Group);
        Step(AggressiveModeEvent.Computed);
    }

    protected override async Task ComputeSecretAsync()
    {
        byte[]? secret = await Agreement.AgreeAsync(Choice!.Algorithms.Group);
        if (!IsInitiator)
        {
            Session.ComputedAnswer();
        }

        if (State is not (AggressiveModeState.ComputingSecret or AggressiveModeState.ComputingAnswer))
        {
            return;
        }

        bool derived = secret is not null
            && Agreement.Derive(Choice.Algorithms, Signs ? null : Session.Policy.PreSharedKey, secret, InitiatorCookie, ResponderCookie);
        if (IsInitiator)
        {
            if (Verify(derived) && (!Signs || await SignAsync()))
            {
                Step(AggressiveModeEvent.Computed);
            }
        }
        else if (!derived)
        {
            Malformed("public value of the peer gives no usable key");
            Step(AggressiveModeEvent.Rejected);
        }
        else if (!Signs || await SignAsync())
        {
            Step(AggressiveModeEvent.Computed);
        }
    }

    protected override byte[] Build()
    {
        IsakmpWriter writer = new(InitiatorCookie, ResponderCookie, ExchangeType.Aggressive);
        if (State == AggressiveModeState.EstablishedAsInitiator)
        {
            if (Nat.IsFound)
            {
                // RFC 3947 section 4: from message 3 on, everything is on the other port.
                Ends = Ends.Floated();
            }

            AddProof(writer, OwnIdentity());
            Nat.AddHashes(writer, Choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
            AddInitialContact(writer);
            return Agreement.Cipher!.Encrypt(writer.Finish());
        }

        byte[] identity = OwnIdentity();
        writer.Add(PayloadType.SecurityAssociation, IsInitiator ? InitiatorSa : Choice!.ReplyBody);
        writer.Add(PayloadType.KeyExchange, Agreement.Public);
        writer.Add(PayloadType.Nonce, Agreement.Nonce);
        writer.Add(PayloadType.Identification, identity);
        if (!IsInitiator)
        {
            AddProof(writer, identity);
        }

        if (IsInitiator ? Session.Policy.Certificate is not null : Signs)
        {
            Signature.AddRequests(writer, Session.Policy.Certificate!);
        }

        AddVendorIds(writer);
        if (!IsInitiator)
        {
            Nat.AddHashes(writer, Choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
        }

        return writer.Finish();
    }

    // RFC 2409 sections 5.4 and 5.1: the HASH itself, or a signature of it behind the certificates.
    private void AddProof(IsakmpWriter writer, byte[] identity)
    {
        if (Signs)
        {
            Signature.Add(writer, Session.Policy.Certificate!);
        }
        else
        {
            writer.Add(PayloadType.Hash, Agreement.OwnHash(this, Choice!.Algorithms, InitiatorSa, identity));
        }
    }

    private async Task<bool> SignAsync()
    {
        AggressiveModeState before = State;
        byte[] identity = OwnIdentity();
        IkeFailure? failure = await Signature.SignAsync(
            Session.Policy.Certificate!, identity, Agreement.OwnHash(this, Choice!.Algorithms, InitiatorSa, identity));
        if (State != before)
        {
            return false;
        }

        if (failure is not null)
        {
            Session.Report(failure, Ends.Remote);
            Step(AggressiveModeEvent.Rejected);
        }

        return failure is null;
    }

    // What proves that the peer is who it says; null when it does.
    private IkeFailure? JudgeProof(PayloadChain chain, int message)
    {
        if (Signs)
        {
            return Signature.Judge(
                chain, Session.Policy.Certificate!, PeerIdentityBody, Agreement.PeersHash(this, Choice!.Algorithms, InitiatorSa, PeerIdentityBody));
        }

        return chain.TryFindOnly(PayloadType.Hash, out Payload hash)
            && Agreement.IsPeersHash(this, Choice!.Algorithms, InitiatorSa, PeerIdentityBody, hash.Body)
            ? null : KeyMismatch($"message {message} of the peer has no HASH of our key");
    }

    private void Step(AggressiveModeEvent input)
    {
        AggressiveModeStep step = AggressiveModeMachine.Next(State, input);
        Runtime.Trace.State("aggressive mode", 0, Ends.Remote, State, input, step.State);
        State = step.State;
        Run(step.Actions);
    }

    private void Message2(IsakmpHeader header)
    {
        if (!Open(header, out PayloadChain chain) || !chain.TryFindOnly(PayloadType.Identification, out Payload id)
            || (!chain.TryFindOnly(PayloadType.Hash, out _) && !chain.TryFindOnly(PayloadType.Signature, out _)))
        {
            Runtime.Counters.Count(IkeDrop.Malformed);
            return;
        }

        if (_disproved >= MaximumDisproved)
        {
            Runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        if (ReadChoice(header, chain) is not { } choice)
        {
            return;
        }

        if (choice.Algorithms.Group != Session.Policy.Proposals[0].Algorithms.Group || !TakeValues(chain, choice.Algorithms.Group))
        {
            return;
        }

        Choice = choice;
        ResponderCookie = header.ResponderCookie;
        PeerIdentityBody = id.Body.ToArray();
        _answer = header.Datagram.ToArray();
        Remember(header);
        Step(AggressiveModeEvent.Message2);
    }

    // The proof of message 2 can be verified only behind the exponentiation. True when the peer is the one that we want.
    private bool Verify(bool derived)
    {
        _ = IsakmpHeader.TryParse(_answer, out IsakmpHeader header, out _);
        _ = Open(header, out PayloadChain chain);
        if ((derived ? JudgeProof(chain, 2) : KeyMismatch("message 2 of the peer has no usable public value")) is { } flaw)
        {
            Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            _disproved++;
            LikelyCause = flaw;
            Session.Report(LikelyCause, Ends.Remote);
            Session.RefuseInClear(header, Ends, Refusal(flaw));
            ResponderCookie = 0;
            Choice = null;
            Step(AggressiveModeEvent.Disproved);
            return false;
        }

        bool isIdentity = PeerIdentity.TryRead(PeerIdentityBody, out string name);
        PeerName = name;
        if (!isIdentity || !Session.Expects(PeerIdentityBody, Ends.Remote))
        {
            RefuseIdentity(header, PeerIdentityBody);
            Step(AggressiveModeEvent.Rejected);
            return false;
        }

        TakeVendorIds(chain);
        Nat.TakeHashes(chain, Choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, Ends);
        return true;
    }

    private static NotifyType Refusal(IkeFailure flaw) =>
        flaw.Kind is FailureKind.Key or FailureKind.Signature ? NotifyType.AuthenticationFailed : NotifyType.InvalidCertificate;

    // RFC 2409 section 5.4: the initiator may or may not encrypt it.
    private void Message3(IsakmpHeader header, PeerEndpoints ends)
    {
        byte[]? text = header.IsEncrypted ? Agreement.Cipher!.Decrypt(header.Body) : header.Body.ToArray();
        if (text is null || header.MessageId != 0 || !PayloadChain.TryParse(header.NextPayload, text, out PayloadChain chain, out _))
        {
            Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            Session.Report(
                Signs ? new(FailureKind.Malformed, 1, "malformed message: message 3 of the peer does not decrypt", Session.Policy.RemoteSource)
                    : KeyMismatch("message 3 of the peer has no HASH of our key"), Ends.Remote);
            return;
        }

        if (_disproved >= MaximumDisproved)
        {
            // Who sees our cookie can have signatures verified for nothing.
            Runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        if (JudgeProof(chain, 3) is { } flaw)
        {
            _disproved++;
            Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            Session.Report(flaw, Ends.Remote);
            if (Signs && header.IsEncrypted)
            {
                Session.RefuseInClear(header, Ends, Refusal(flaw));
                Step(AggressiveModeEvent.Rejected);
            }

            return;
        }

        Nat.TakeHashes(chain, Choice!.Algorithms.Hash, InitiatorCookie, ResponderCookie, ends, FirstEnds);
        if (Nat.IsFound && !ends.IsFloated)
        {
            // RFC 3947 section 4: on the old port it is an old packet.
            Runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        Ends = ends;
        if (header.IsEncrypted)
        {
            Agreement.Cipher!.Accept(header.Body);
        }

        if (Session.Admit(PeerName, PeerIdentityBody, ends) is not { } peer)
        {
            Runtime.Counters.Count(IkeDrop.Limit);
            Session.Report(
                new(FailureKind.Limit, 1,
                    $"{PeerName} is refused: the gateway has the {Session.Policy.Dynamic!.ConnectionsLimit} peers that connections-limit allows",
                    Session.Policy.RemoteSource),
                ends.Remote);
            Step(AggressiveModeEvent.Rejected);
            return;
        }

        Session = peer;
        Session.NoteInitialContact(this, header.IsEncrypted && HasInitialContact(chain));
        Remember(header);
        Step(AggressiveModeEvent.Message3);
    }
}
