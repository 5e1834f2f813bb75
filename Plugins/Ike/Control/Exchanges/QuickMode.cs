using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>One quick mode exchange under a phase 1 SA (RFC 2409 section 5.5), in either role.</summary>
internal sealed class QuickMode
{
    private const int NonceBytes = 32;
    private const int MinimumNonce = 8;
    private const int MaximumNonce = 256;

    private static readonly TimeSpan s_installLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(60);

    private readonly IkeRuntime _runtime;
    private readonly TunnelSession _tunnel;
    private readonly MessageCipher _cipher;
    private readonly IMac _mac;
    private readonly uint _spi;
    private readonly DateTimeOffset _started;
    private byte[] _nonce = [];
    private byte[] _peerNonce = [];
    private byte[] _private = [];
    private byte[] _public = [];
    private byte[] _peerPublic = [];
    private Phase2Choice? _choice;
    private OriginalAddresses _originals;

    // What the peer asked for, which the answer repeats: behind a NAT it knows its own address, not the one that packets come from.
    private ProxyIdentity? _proxies;
    private IpsecSaPair? _pair;
    private byte[] _lastSent = [];
    private byte[] _lastAccepted = [];
    private int _sent;
    private IDisposable? _timer;

    public QuickMode(IkeRuntime runtime, TunnelSession tunnel, IkeSa sa, uint messageId, bool initiator, uint spi)
    {
        _runtime = runtime;
        _tunnel = tunnel;
        _mac = runtime.Context.Mac;
        _spi = spi;
        _started = runtime.Now;
        Sa = sa;
        MessageId = messageId;
        IsInitiator = initiator;
        _cipher = CipherOf(runtime, sa, messageId);
    }

    public IkeSa Sa { get; }

    public uint MessageId { get; }

    public bool IsInitiator { get; }

    public DateTimeOffset Started => _started;

    public QuickModeState State { get; private set; }

    /// <summary>The SPI that we want to receive AH on that goes around ESP; 0 where there is none.</summary>
    public uint AroundSpi { get; init; }

    /// <summary>The SPI that we want to receive on.</summary>
    public uint Spi => _spi;

    public TunnelSession Tunnel => _tunnel;

    /// <summary>The peer has set the commit bit: we use the SAs when it says CONNECTED (RFC 2408 section 3.1).</summary>
    public bool AwaitsConnected { get; private set; }

    /// <summary>Both sides know of it: the one that answered may have to ask for message 3 again.</summary>
    public bool HasAnswer => State is not (QuickModeState.Preparing or QuickModeState.Message1Sent or QuickModeState.Confirmed or QuickModeState.Failed);

    /// <summary>False once it only answers repeated messages.</summary>
    public bool IsActive => State is not (QuickModeState.Message3Sent or QuickModeState.Confirmed or QuickModeState.Failed);

    /// <summary>The cipher of an exchange under a phase 1 SA.</summary>
    public static MessageCipher CipherOf(IkeRuntime runtime, IkeSa sa, uint messageId) => new(
        runtime.Context.Cipher, sa.Algorithms, sa.Secrets.CipherKey,
        Phase1Keys.ExchangeIv(runtime.Context.Mac, sa.Algorithms, sa.State.LastBlock, messageId));

    /// <summary>Sends message 3 once more.</summary>
    public void Repeat()
    {
        if (State == QuickModeState.Message3Sent)
        {
            Step(QuickModeEvent.Repeated);
        }
    }

    /// <summary>Starts as initiator.</summary>
    public void Begin() => Step(QuickModeEvent.Begin);

    /// <summary>Starts as responder with an authentic message 1 whose proposal was chosen.</summary>
    public void Answer(
        IsakmpHeader header, ReadOnlySpan<byte> peerNonce, ReadOnlySpan<byte> peerPublic, Phase2Choice choice, OriginalAddresses originals,
        ProxyIdentity proxies)
    {
        _proxies = proxies;
        _originals = originals;
        _peerNonce = peerNonce.ToArray();
        _peerPublic = peerPublic.ToArray();
        _choice = choice;
        Accept(header, QuickModeEvent.Message1);
    }

    /// <summary>Takes a datagram with this exchange's cookies and message ID.</summary>
    public void Receive(IsakmpHeader header)
    {
        if (header.Datagram.SequenceEqual(_lastAccepted))
        {
            Step(QuickModeEvent.Repeated);
            return;
        }

        switch (State)
        {
            case QuickModeState.Message1Sent:
                Message2(header);
                break;
            case QuickModeState.Message2Sent:
                Message3(header);
                break;
            default:
                _runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    /// <summary>The peer refused with an authentic notification.</summary>
    public void Refused(NotifyType type)
    {
        VpnPolicy vpn = _tunnel.Policy;
        EncapsulationMode udpTunnel = Sa.State.UdpTunnel;
        Fail(type switch
        {
            NotifyType.InvalidIdInformation when _tunnel.Session.Policy.Xauth is { Client: { } user } && Sa.State.Assigned == 0 => new(
                FailureKind.AddressPool, 2, $"the peer gives user {user.Name} no address and refuses our proxy identity ({type}): we ask for {vpn.Selector}",
                user.Source)
            {
                Aspect = FailureAspect.RefusedByPeer,
                Ours = vpn.Selector.ToString(),
            },
            NotifyType.InvalidIdInformation => new(
                FailureKind.ProxyIdentity, 2, $"the peer refuses our proxy identity ({type}): we ask for {vpn.Selector}", vpn.SelectorSource)
            {
                Aspect = FailureAspect.RefusedByPeer,
                Ours = vpn.Selector.ToString(),
            },
            NotifyType.InvalidKeyInformation => Mismatch.Phase2Refused(vpn, udpTunnel, $"{type}") with
            {
                Kind = FailureKind.Pfs,
                Source = vpn.PfsSource,
            },
            _ => Mismatch.Phase2Refused(vpn, udpTunnel, $"{type}"),
        });
    }

    /// <summary>The peer says that it has the SAs.</summary>
    public void Connected()
    {
        AwaitsConnected = false;
        if (State is QuickModeState.Message3Sent or QuickModeState.Confirmed)
        {
            _tunnel.Connected(_pair!);
        }
    }

    /// <summary>Ends the exchange without a word: its phase 1 SA or its tunnel is gone.</summary>
    public void Abandon() => Step(QuickModeEvent.Rejected);

    private void Step(QuickModeEvent input)
    {
        QuickModeStep step = QuickModeMachine.Next(State, input);
        _runtime.Trace.State("quick mode", MessageId, Sa.State.Remote, State, input, step.State);
        State = step.State;
        QuickModeActions actions = step.Actions;
        if ((actions & QuickModeActions.StopTimer) != 0)
        {
            _timer?.Dispose();
            _timer = null;
        }

        if ((actions & QuickModeActions.Prepare) != 0)
        {
            _runtime.Surface(PrepareAsync());
        }

        if ((actions & QuickModeActions.Derive) != 0)
        {
            _runtime.Surface(DeriveAsync());
        }

        if ((actions & QuickModeActions.Install) != 0)
        {
            _runtime.Surface(InstallAsync());
        }

        if ((actions & QuickModeActions.Send) != 0)
        {
            _lastSent = _cipher.Encrypt(Build());
            _sent = 0;
        }

        if ((actions & (QuickModeActions.Send | QuickModeActions.Resend)) != 0)
        {
            _sent++;
            Sa.Session.Send(Sa, _lastSent);
        }

        if ((actions & QuickModeActions.Await) != 0)
        {
            Await(Schedules.WaitAfter(_sent));
        }

        if ((actions & QuickModeActions.Activate) != 0)
        {
            Forget();
            // From now on it only answers repetitions.
            _nonce = _peerNonce = _private = _public = _peerPublic = [];
            (_choice, _proxies, _originals) = (null, null, default);
            _tunnel.Confirmed(this, _pair!);
        }

        if ((actions & QuickModeActions.Linger) != 0)
        {
            if (IsInitiator || AwaitsConnected)
            {
                _timer = _runtime.After(s_linger, () => Sa.Forget(this));
            }
            else
            {
                // As responder it has nothing to repeat, and its message ID is not taken again.
                Sa.Forget(this);
            }
        }

        if ((actions & QuickModeActions.Discard) != 0)
        {
            Forget();
            Sa.Forget(this);
            _tunnel.Failed(this, _pair, silent: (actions & QuickModeActions.ReportSilence) != 0);
        }
    }

    // Where bytes run out, a lost message must not cost as long as anywhere else: at full speed a second is all that a pair has.
    private void Await(TimeSpan left)
    {
        TimeSpan hurried = Schedules.HurriedAfter(_sent);
        _timer = _tunnel.IsHurried && hurried < left
            ? _runtime.After(hurried, () =>
            {
                Sa.Session.Send(Sa, _lastSent);
                Await(left - hurried);
            })
            : _runtime.After(left, () => Step(_sent < Schedules.Attempts ? QuickModeEvent.Overdue : QuickModeEvent.Exhausted));
    }

    private void Accept(IsakmpHeader header, QuickModeEvent input)
    {
        _cipher.Accept(header.Body);
        AwaitsConnected |= (header.Flags & IsakmpFlags.Commit) != 0;
        _lastAccepted = header.Datagram.ToArray();
        Sa.FollowPeer();
        Sa.Session.Heard(Sa);
        Step(input);
    }

    private void Message2(IsakmpHeader header)
    {
        byte[]? text = _cipher.Decrypt(header.Body);
        if (!SecuredMessage.TryOpen(header, text, out Payload hash, out PayloadChain chain, out ReadOnlySpan<byte> rest)
            || !SecuredMessage.IsAuthentic(hash, Phase2Keys.Hash2(_mac, Sa.Algorithms.Hash, Sa.Secrets.Authentication, MessageId, _nonce, rest)))
        {
            _runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            return;
        }

        VpnPolicy vpn = _tunnel.Policy;
        if (!chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload saPayload)
            || !SaPayload.TryParse(saPayload.Body, out SaPayload reply, out _)
            || !chain.TryFindOnly(PayloadType.Nonce, out Payload nonce) || nonce.Body.Length is < MinimumNonce or > MaximumNonce)
        {
            Fail(new(FailureKind.Malformed, 2, "malformed message: message 2 has no well-formed proposal and nonce", vpn.Source));
            return;
        }

        Phase2Choice? choice = Phase2Negotiation.Confirm(reply, vpn, Sa.State.UdpTunnel, out string theirs);
        if (choice is null)
        {
            Fail(Mismatch.Phase2Answer(reply, vpn, Sa.State.UdpTunnel));
            return;
        }

        bool hasKey = chain.TryFind(PayloadType.KeyExchange, out Payload key);
        if (hasKey != (choice.PfsGroup != 0)
            || (hasKey && key.Body.Length != _runtime.Context.KeyExchange.PublicBytes(choice.PfsGroup)))
        {
            Fail(new(FailureKind.Pfs, 2, $"peer's public value does not fit {theirs}", vpn.PfsSource));
            return;
        }

        if (!SecuredMessage.TryReadProxies(chain, Sa.State, weInitiated: true, out ProxyIdentity proxies) || proxies != vpn.Selector)
        {
            Fail(new(
                FailureKind.ProxyIdentity, 2, $"proxy identity does not match: they answer {proxies}, we ask for {vpn.Selector}", vpn.SelectorSource)
            {
                Theirs = proxies.ToString(),
                Ours = vpn.Selector.ToString(),
            });
            return;
        }

        _peerNonce = nonce.Body.ToArray();
        _peerPublic = hasKey ? key.Body.ToArray() : [];
        _originals = OriginalAddresses.Read(chain, weInitiated: true);
        _choice = SecuredMessage.ApplyResponderLifetime(choice, chain);
        Accept(header, QuickModeEvent.Message2);
    }

    private void Message3(IsakmpHeader header)
    {
        byte[]? text = _cipher.Decrypt(header.Body);
        if (!SecuredMessage.TryOpen(header, text, out Payload hash, out _, out _)
            || !SecuredMessage.IsAuthentic(
                hash, Phase2Keys.Hash3(_mac, Sa.Algorithms.Hash, Sa.Secrets.Authentication, MessageId, _peerNonce, _nonce)))
        {
            _runtime.Counters.Count(IkeDrop.AuthenticationFailed);
            return;
        }

        Accept(header, QuickModeEvent.Message3);
    }

    private async Task PrepareAsync()
    {
        if (Phase2Negotiation.WhyNotBehindNat(_tunnel.Policy, Sa.State.UdpTunnel) is { } reason)
        {
            Fail(new(FailureKind.Proposal, 2, reason, _tunnel.Policy.ProposalsSource));
            return;
        }

        _nonce = _runtime.NewBytes(NonceBytes);
        int group = _tunnel.Policy.PfsGroup;
        if (group != 0)
        {
            IKeyExchange exchange = _runtime.Context.KeyExchange;
            ISecureRandom random = _runtime.Context.Random;
            (_private, _public) = await _runtime.Context.Strand.Offload(() => exchange.Generate(group, random));
        }

        Step(QuickModeEvent.Prepared);
    }

    private async Task DeriveAsync()
    {
        byte[]? secret = [];
        int group = _choice!.PfsGroup;
        if (group != 0)
        {
            IKeyExchange exchange = _runtime.Context.KeyExchange;
            ISecureRandom random = _runtime.Context.Random;
            (byte[] Private, byte[] Public) own = (_private, _public);
            byte[] peerPublic = _peerPublic;
            (own, secret) = await _runtime.Context.Strand.Offload(() =>
            {
                (byte[] Private, byte[] Public) pair = own.Private.Length > 0 ? own : exchange.Generate(group, random);
                return (pair, exchange.Agree(group, pair.Private, peerPublic));
            });
            (_private, _public) = own;
        }

        if (State is not (QuickModeState.DerivingAsInitiator or QuickModeState.DerivingAsResponder))
        {
            return;
        }

        _nonce = IsInitiator ? _nonce : _runtime.NewBytes(NonceBytes);
        IpsecSaPairState? pair = secret is null ? null : MakePair(secret);
        if (pair is null)
        {
            Fail(new(FailureKind.Malformed, 2, "malformed message: the peer's values give no usable key", _tunnel.Policy.PfsSource));
            return;
        }

        _pair = new IpsecSaPair(pair);
        Step(QuickModeEvent.Derived);
    }

    private async Task InstallAsync()
    {
        _timer = _runtime.After(s_installLimit, () => Fail(new(
            FailureKind.Install, 2, "the modules do not acknowledge the SA", _tunnel.Policy.Source)));
        string? error = await _tunnel.Install(_pair!);
        if (State is not (QuickModeState.InstallingAsInitiator or QuickModeState.InstallingAsResponder))
        {
            return;
        }

        if (error is not null)
        {
            Fail(new(FailureKind.Install, 2, $"the modules refuse the SA: {error}", _tunnel.Policy.Source));
            return;
        }

        _timer?.Dispose();
        Step(QuickModeEvent.Installed);
    }

    private IpsecSaPairState? MakePair(byte[] secret)
    {
        (byte[] initiator, byte[] responder) = IsInitiator ? (_nonce, _peerNonce) : (_peerNonce, _nonce);
        return PairMaking.Make(_runtime, _tunnel, Sa, _choice!, IsInitiator, _started, _spi, AroundSpi, secret, initiator, responder, _originals);
    }

    private byte[] Build()
    {
        IsakmpWriter writer = new(Sa.State.InitiatorCookie, Sa.State.ResponderCookie, ExchangeType.QuickMode, MessageId);
        int hashBytes = _mac.OutputBytes(Sa.Algorithms.Hash);
        int hash = writer.Add(PayloadType.Hash, new byte[hashBytes]);
        if (State == QuickModeState.Message3Sent)
        {
            writer.Patch(hash, Phase2Keys.Hash3(_mac, Sa.Algorithms.Hash, Sa.Secrets.Authentication, MessageId, _nonce, _peerNonce));
            return writer.Finish();
        }

        writer.Add(PayloadType.SecurityAssociation, IsInitiator ? Phase2Negotiation.Offer(_tunnel.Policy, _spi, Sa.State.UdpTunnel, AroundSpi)
            : _choice!.ReplyBody(_spi, AroundSpi));
        writer.Add(PayloadType.Nonce, _nonce);
        if (_public.Length > 0)
        {
            writer.Add(PayloadType.KeyExchange, _public);
        }

        // IDci is always the exchange's initiator (RFC 2409 section 5.5).
        ProxyIdentity selector = _proxies ?? _tunnel.Policy.Selector;
        writer.Add(PayloadType.Identification, IsInitiator ? selector.LocalBody() : selector.RemoteBody());
        writer.Add(PayloadType.Identification, IsInitiator ? selector.RemoteBody() : selector.LocalBody());
        if (_tunnel.Policy.IsTransport && Sa.IsInsideUdp)
        {
            OriginalAddresses.Write(writer, Sa.State, IsInitiator);
        }

        if (!IsInitiator && SecuredMessage.ResponderLifetime(_choice!, _spi) is { } notify)
        {
            writer.Add(PayloadType.Notification, notify);
        }

        ReadOnlySpan<byte> covered = writer.Payloads[(hash + hashBytes)..];
        writer.Patch(hash, IsInitiator
            ? Phase2Keys.Hash1(_mac, Sa.Algorithms.Hash, Sa.Secrets.Authentication, MessageId, covered)
            : Phase2Keys.Hash2(_mac, Sa.Algorithms.Hash, Sa.Secrets.Authentication, MessageId, _peerNonce, covered));
        return writer.Finish();
    }

    private void Fail(IkeFailure failure)
    {
        _tunnel.Report(failure);
        Step(QuickModeEvent.Rejected);
    }

    private void Forget() => CryptographicOperations.ZeroMemory(_private);
}
