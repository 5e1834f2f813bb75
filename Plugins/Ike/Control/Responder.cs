using RouterOS.Ike.Control.Access;
using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Ike.Control;

/// <summary>Decides on the first message of an exchange that a peer starts.</summary>
internal sealed class Responder(IkeRuntime runtime, IkeSessions sessions)
{
    private static readonly TimeSpan s_refusalInterval = TimeSpan.FromSeconds(1);

    private DateTimeOffset _refuseAfter;

    /// <summary>Bytes that are no message of ISAKMP version 1.</summary>
    public void RefuseBytes(IkeSession? session, PeerAddress remote, ReadOnlySpan<byte> bytes, IsakmpError error)
    {
        runtime.Counters.Count(error == IsakmpError.BadVersion ? IkeDrop.WrongVersion : IkeDrop.Malformed);
        IkeFailure failure = error == IsakmpError.BadVersion
            ? new(FailureKind.Mode, 1, $"peer speaks IKE version {bytes[17] >> 4}, we speak version 1", ConfigSource.None)
            : new(FailureKind.Malformed, 1, $"malformed message: {error}", ConfigSource.None);
        session?.Report(failure with { Source = session.Policy.RemoteSource }, remote);
    }

    /// <summary>The gateway of a message 1 of aggressive mode by its identity; null where it names none that comes from anywhere.</summary>
    public IkeSession? FindByIdentity(PeerEndpoints ends, IsakmpHeader header) =>
        header is { Exchange: ExchangeType.Aggressive, ResponderCookie: 0, IsEncrypted: false }
        && PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
        && chain.TryFindOnly(PayloadType.Identification, out Payload id)
            ? sessions.Dynamic.Find(ends, id.Body) : null;

    /// <summary>The gateway of a message 1 of main mode from an address that no gateway has; null where none takes whoever comes.</summary>
    public IkeSession? FindByAddress(PeerEndpoints ends, IsakmpHeader header) =>
        header is { Exchange: ExchangeType.IdentityProtection, ResponderCookie: 0, IsEncrypted: false }
        && sessions.Dynamic.Find(ends) is { } session && session.Policy.Proposals.Any(p => Answers(p, session, aggressive: false)) ? session : null;

    /// <summary>A datagram from an address that no gateway has, or to one that none uses: no answer, no state.</summary>
    public void RefuseStranger(PeerEndpoints ends, PuntPacket packet, IsakmpHeader header, bool toUs)
    {
        if (!toUs)
        {
            runtime.Counters.Count(IkeDrop.WrongAddress);
            return;
        }

        runtime.Counters.Count(IkeDrop.UnknownPeer);
        if (header.ResponderCookie == 0)
        {
            string remote = Ipv4.Text(ends.Remote);
            runtime.Failures.ReportStranger(
                remote, new(FailureKind.UnknownPeer, 1, $"no ike gateway has the address {remote}{DynamicHint(ends, header)}", ConfigSource.None));
        }
    }

    /// <summary>An exchange that nothing here takes part in.</summary>
    public void RefuseExchange(IkeSession session, PeerAddress remote, IsakmpHeader header)
    {
        runtime.Counters.Count(IkeDrop.UnsupportedExchange);
        if (header.ResponderCookie == 0)
        {
            session.Report(Mismatch.Mode(session.Policy, $"exchange type {(byte)header.Exchange}"), remote);
        }
    }

    /// <summary>Message 1 of main or aggressive mode.</summary>
    public void Phase1(IkeSession session, PeerEndpoints ends, IsakmpHeader header)
    {
        PeerAddress remote = ends.Remote;
        if (header.ResponderCookie != 0)
        {
            runtime.Counters.Count(IkeDrop.UnknownSa);
            return;
        }

        if (header.IsEncrypted || header.MessageId != 0 || !PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
            || !chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload sa) || !SaPayload.TryParse(sa.Body, out SaPayload offer, out _))
        {
            Malformed(session, remote, "message 1 has no well-formed proposals");
            return;
        }

        bool aggressive = header.Exchange == ExchangeType.Aggressive;
        if (!session.Policy.Proposals.Any(p => Answers(p, session, aggressive)))
        {
            runtime.Counters.Count(IkeDrop.UnsupportedExchange);
            session.Report(Mismatch.Mode(session.Policy, aggressive ? "aggressive mode" : "main mode"), remote);
            Refuse(session, ends, header, NotifyType.InvalidExchangeType);
            return;
        }

        if (aggressive)
        {
            Aggressive(session, ends, header, chain, sa, offer);
        }
        else if (Choose(session, ends, header, offer, [.. session.Policy.Proposals.Where(p => Answers(p, session, aggressive: false))]) is { } choice)
        {
            MainMode exchange = new(runtime, session, ends, header.InitiatorCookie, runtime.NewCookie());
            sessions.Phase1.AddAnswered(exchange);
            exchange.Answer(header, chain, sa.Body, choice);
        }
    }

    /// <summary>Message 1 of quick mode under a phase 1 SA.</summary>
    public void QuickMode(IkeSa sa, IsakmpHeader header)
    {
        if (sa.IsUsed(header.MessageId))
        {
            // A late repetition: its exchange is over.
            runtime.Counters.Count(IkeDrop.Replayed);
            return;
        }

        byte[]? text = header.MessageId == 0 ? null : Exchanges.QuickMode.CipherOf(runtime, sa, header.MessageId).Decrypt(header.Body);
        if (!SecuredMessage.TryOpen(header, text, out Payload hash, out PayloadChain chain, out ReadOnlySpan<byte> covered)
            || !SecuredMessage.IsAuthentic(
                hash, Phase2Keys.Hash1(
                    runtime.Context.Mac, sa.Algorithms.Hash, sa.Secrets.Authentication, header.MessageId, covered)))
        {
            runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            return;
        }

        if (sa.State.AwaitsUser)
        {
            // Nothing for a user that has not logged in: it may ask again when it has.
            runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        if (sa.IsExhausted || sa.QuickModes.Values.Count(q => q.IsActive) >= IkeSa.MaximumExchanges)
        {
            runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        // RFC 2409 section 5.5: a message ID is used once; a second one is a replay.
        if (!sa.TryUse(header.MessageId))
        {
            runtime.Counters.Count(IkeDrop.Replayed);
            return;
        }

        sa.FollowPeer();
        sa.Session.Heard(sa);
        Answer(sa, header, chain);
    }

    /// <summary>A notification in the clear about an exchange of phase 1.</summary>
    public void Hint(Phase1Exchange? exchange, IsakmpHeader header)
    {
        if (exchange is null || header.Exchange != ExchangeType.Informational
            || !PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
            || !chain.TryFind(PayloadType.Notification, out Payload payload)
            || !NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _))
        {
            runtime.Counters.Count(IkeDrop.NotEncrypted);
            return;
        }

        exchange.Hint(notify.Type);
    }

    // Everything is decided before anything is computed: who it is, whether its proposal will do, whether there is room.
    private void Aggressive(
        IkeSession session, PeerEndpoints ends, IsakmpHeader header, PayloadChain chain, Payload sa, SaPayload offer)
    {
        if (!chain.TryFindOnly(PayloadType.KeyExchange, out Payload key) || !chain.TryFindOnly(PayloadType.Nonce, out _)
            || !chain.TryFindOnly(PayloadType.Identification, out Payload id) || !PeerIdentity.TryRead(id.Body, out string name))
        {
            Malformed(session, ends.Remote, "message 1 of aggressive mode has no public value, nonce or identity");
            return;
        }

        // The address says who it may be, the identity who it is.
        byte[] body = id.Body.ToArray();
        session = session.Expects(body, ends.Remote) ? session
            : sessions.At(ends).FirstOrDefault(s => s.Policy.IsAggressive && s.Expects(body, ends.Remote))
            ?? sessions.Dynamic.Find(ends, body) ?? session;
        if (!session.Expects(id.Body, ends.Remote))
        {
            session.Report(IdentityWords.Unexpected(id.Body.ToArray(), name, session.Policy.RemoteIdentity, ends.Remote), ends.Remote);
            Refuse(session, ends, header, NotifyType.InvalidIdInformation);
            return;
        }

        // The public value is there already: only a proposal of its group will do.
        int bytes = key.Body.Length;
        Phase1Policy[] fitting =
            [.. session.Policy.Proposals.Where(p => Answers(p, session, aggressive: true) && runtime.Context.KeyExchange.PublicBytes(p.Algorithms.Group) == bytes)];
        if (Choose(session, ends, header, offer, fitting) is not { } choice)
        {
            return;
        }

        if (!sessions.Phase1.MayAnswer(ends.Remote, runtime.Now))
        {
            runtime.Counters.Count(IkeDrop.Limit);
            return;
        }

        AggressiveMode exchange = new(runtime, session, ends, header.InitiatorCookie, runtime.NewCookie());
        if (exchange.TryTake(header, chain, sa.Body, choice, id.Body))
        {
            sessions.Phase1.AddAnswered(exchange);
            exchange.Answer();
        }
    }

    private bool Answers(Phase1Policy policy, IkeSession session, bool aggressive) =>
        (aggressive == session.Policy.IsAggressive ? policy.AcceptsOwn : policy.AcceptsOther) && CanProve(policy, session);

    // Where a proposal with the key would do as well, signatures are for when the certificate has been loaded.
    private bool CanProve(Phase1Policy policy, IkeSession session) =>
        policy.Method == Phase1Authentication.PreSharedKey || session.Policy.Proposals.All(p => p.Method != Phase1Authentication.PreSharedKey)
        || session.Policy.Certificate is not { } certificate || runtime.Certificates.Find(certificate.Local) is not null;

    private Phase1Choice? Choose(
        IkeSession session, PeerEndpoints ends, IsakmpHeader header, SaPayload offer, IReadOnlyList<Phase1Policy> policies)
    {
        Phase1Choice? choice = Phase1Negotiation.Select(offer, policies, out _);
        if (choice is null)
        {
            runtime.Counters.Count(IkeDrop.NoProposal);
            session.Report(Mismatch.Phase1(offer, session.Policy), ends.Remote);
            Refuse(session, ends, header, NotifyType.NoProposalChosen);
        }

        return choice;
    }

    // An answer to anybody: few enough that nobody is flooded by them.
    private void Refuse(IkeSession session, PeerEndpoints ends, IsakmpHeader header, NotifyType type)
    {
        if (runtime.Now >= _refuseAfter)
        {
            _refuseAfter = runtime.Now + s_refusalInterval;
            session.RefuseInClear(header, ends, type);
        }
    }

    private void Malformed(IkeSession session, PeerAddress remote, string what)
    {
        runtime.Counters.Count(IkeDrop.Malformed);
        session.Report(new(FailureKind.Malformed, 1, $"malformed message: {what}", session.Policy.RemoteSource), remote);
    }

    private string DynamicHint(PeerEndpoints ends, IsakmpHeader header)
    {
        if (!sessions.Dynamic.IsServed(ends))
        {
            return string.Empty;
        }

        if (header.Exchange != ExchangeType.Aggressive)
        {
            return "; a peer without one is known by its identity, in aggressive mode";
        }

        return PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
            && chain.TryFindOnly(PayloadType.Identification, out Payload id) && PeerIdentity.TryRead(id.Body, out string name)
            ? $" or the identity {name}" : string.Empty;
    }

    private void Answer(IkeSa sa, IsakmpHeader header, PayloadChain chain)
    {
        IkeSession session = sa.Session;
        if (!chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload saPayload)
            || !SaPayload.TryParse(saPayload.Body, out SaPayload offer, out _)
            || !chain.TryFindOnly(PayloadType.Nonce, out Payload nonce) || nonce.Body.Length is < 8 or > 256
            || chain.Count(PayloadType.KeyExchange) > 1)
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            session.Report(
                new(FailureKind.Malformed, 2, "malformed message: quick mode has no well-formed proposal and nonce", session.Policy.Source),
                sa.State.Remote);
            sessions.Informational.Refuse(sa, NotifyType.PayloadMalformed, 0);
            return;
        }

        TunnelSession? tunnel = null;
        if (SecuredMessage.TryReadProxies(chain, sa.State, weInitiated: false, out ProxyIdentity proxies))
        {
            tunnel = session.Tunnels.FirstOrDefault(t => t.Accepts(proxies, sa.State));
        }

        if (tunnel is null)
        {
            RefuseProxies(sa, proxies, SpiOf(offer));
            return;
        }

        VpnPolicy vpn = tunnel.Policy;
        Phase2Choice? choice = Phase2Negotiation.Select(offer, vpn, sa.State.UdpTunnel, out string theirs, out _);
        if (choice is null)
        {
            runtime.Counters.Count(IkeDrop.NoProposal);
            tunnel.Report(Mismatch.Phase2(offer, vpn, sa.State.UdpTunnel));
            sessions.Informational.Refuse(sa, NotifyType.NoProposalChosen, SpiOf(offer));
            return;
        }

        bool hasKey = chain.TryFind(PayloadType.KeyExchange, out Payload key);
        if (hasKey != (choice.PfsGroup != 0) || (hasKey && key.Body.Length != runtime.Context.KeyExchange.PublicBytes(choice.PfsGroup)))
        {
            runtime.Counters.Count(IkeDrop.Malformed);
            tunnel.Report(new(FailureKind.Pfs, 2, $"peer's public value does not fit its offer {theirs}", vpn.PfsSource));
            sessions.Informational.Refuse(sa, NotifyType.InvalidKeyInformation, choice.PeerSpi);
            return;
        }

        QuickMode exchange = new(runtime, tunnel, sa, header.MessageId, initiator: false, sessions.NewSpi())
        {
            AroundSpi = choice.Policy.IsBundle ? sessions.NewSpi() : 0,
        };
        sa.Keep(exchange);
        exchange.Answer(header, nonce.Body, hasKey ? key.Body : [], choice, OriginalAddresses.Read(chain, weInitiated: false), proxies);
    }

    // By the SPI the peer knows which of its negotiations is meant.
    private static uint SpiOf(SaPayload offer)
    {
        foreach (ProposalPayload proposal in offer)
        {
            return proposal.Spi.Length == sizeof(uint) ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(proposal.Spi) : 0;
        }

        return 0;
    }

    private void RefuseProxies(IkeSa sa, ProxyIdentity proxies, uint peerSpi)
    {
        IkeSession session = sa.Session;
        string ours = session.Tunnels.Count == 0 ? "nothing" : string.Join("; ", session.Tunnels.Select(t => t.AllowedFor(sa.State).ToString()));
        // Who was given no address asks for what nobody may have: the address is what is missing.
        IkeFailure failure = (sa.Access as AccessServer)?.WithoutAddress ?? new(
            FailureKind.ProxyIdentity, 2, session.Gateway is { } gateway && session.Tunnels.Any(t => gateway.Peers!.IsTaken(t, proxies.Remote))
                ? $"proxy identity: peer {session.Key} asks for {proxies}, which another peer has"
                : $"proxy identity does not match: they ask for {proxies}, we accept {ours}",
            session.Tunnels.Count == 1 ? session.Tunnels[0].Policy.SelectorSource : session.Policy.Source)
        {
            Theirs = proxies.ToString(),
            Ours = ours,
        };
        if (session.Tunnels.Count == 1)
        {
            session.Tunnels[0].Report(failure);
        }
        else
        {
            session.Report(failure, sa.State.Remote);
        }

        sessions.Informational.Refuse(sa, NotifyType.InvalidIdInformation, peerSpi);
    }
}
