using System.Buffers.Binary;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Storage;

namespace RouterOS.Ppp.Control;

/// <summary>One link of PPP from its start to its end, RFC 1661 section 3, for the router and, with credentials, for a client.</summary>
internal sealed class PppLink
{
    /// <summary>Bytes of a rejected packet that are sent back.</summary>
    public const int RejectBytes = 1400;

    private const int MostEchoes = 3;
    private const int RejectsPerSecond = 10;
    private const int IpHeaders = 40;
    private const int Ipv6Headers = 60;

    // Messages are not changed once they are here.
    private static readonly LinkTraffic s_nothing = new();

    private readonly ILinkUser _user;
    private readonly LinkSettings _settings;
    private readonly LinkStart _start;
    private readonly Ipcp _ipcp;
    private Ipv6cp? _ipv6cp;
    private PeerProof? _peerProof;
    private OwnProof? _ownProof;
    private IDisposable? _limit;
    private IDisposable? _echo;
    private IDisposable? _session;
    private DateTimeOffset _rejectSecond;
    private LinkEnd? _end;
    private int _rejects;
    private int _unanswered;
    private int _round;
    private byte _identifier;
    private bool _waitsForOwn;
    private bool _rejectedEncryption;
    private bool _isAccounted;
    private bool _ended;
    private bool _hasLowerLayer = true;

    // What the lower layer puts in place before the peer may send.
    private bool _isAsked;
    private bool _isPrepared;
    private List<AccountRequest>? _unsettled;
    // What sessions before have used of the link, which began anew.
    private LinkTraffic _settled = s_nothing;

    public PppLink(uint number, LinkSettings settings, LinkStart start, ILinkEnvironment environment, ILinkUser user, LinkCounters counters)
    {
        Number = number;
        _settings = settings;
        _start = start;
        Environment = environment;
        _user = user;
        Counters = counters;
        Lcp = new Lcp(this, settings);
        _ipcp = new Ipcp(this, settings);
        Since = environment.Now;
    }

    public uint Number { get; }

    public ILinkEnvironment Environment { get; }

    public LinkCounters Counters { get; }

    public LinkPhase Phase { get; private set; } = LinkPhase.Establish;

    public Lcp Lcp { get; }

    public Ipcp Ipcp => _ipcp;

    public Ipv6cp? Ipv6cp => _ipv6cp;

    /// <summary>Largest IPv6 packet to the peer.</summary>
    public int Mtu6 => _settings.Ipv6Mtu > 0 ? Math.Min(LinkMtu, _settings.Ipv6Mtu) : LinkMtu;

    public string User { get; private set; } = string.Empty;

    public string Profile => _settings.Profile;

    /// <summary>What AAA has said; null before.</summary>
    public AuthenticateReply? Session { get; private set; }

    public bool IsUp { get; private set; }

    public DateTimeOffset Since { get; private set; }

    /// <summary>What the data path has counted since the link began.</summary>
    public LinkTraffic Traffic { get; private set; } = s_nothing;

    public bool IsAuthenticating => Phase == LinkPhase.Authenticate && !_ended;

    public string VirtualRouter => Session is { VirtualRouter.Length: > 0 } session ? session.VirtualRouter : _settings.VirtualRouter;

    /// <summary>Begins, with what a LAC has agreed where it can be used.</summary>
    public void Start()
    {
        _limit = Environment.After(_settings.NegotiationLimit, () => Fail(Silence(), "negotiation took too long"));
        Lcp.Open();
        if (_start.ProxyLastSent.Length == 0 || !Lcp.TryAdopt(_start.ProxyLastSent.Span, _start.ProxyLastReceived.Span))
        {
            Lcp.Up();
        }
    }

    /// <summary>Takes a frame that begins with its protocol number.</summary>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (_ended || frame.Length < PppPacket.ProtocolLength)
        {
            return;
        }

        PppProtocol protocol = (PppProtocol)BinaryPrimitives.ReadUInt16BigEndian(frame);
        bool isPacket = PppPacket.TryParse(frame[PppPacket.ProtocolLength..], out PppPacket packet);
        if (!isPacket && protocol is PppProtocol.Lcp or PppProtocol.Ipcp or PppProtocol.Pap or PppProtocol.Chap)
        {
            Counters.Malformed++;
            return;
        }

        if (protocol == PppProtocol.Lcp)
        {
            Lcp.Receive(packet);
        }
        else if (!Lcp.IsOpened)
        {
            // RFC 1661 section 3.4: whatever else comes now is silently discarded.
            Counters.Untimely++;
        }
        else
        {
            ReceiveOpened(protocol, frame, packet, isPacket);
        }
    }

    /// <summary>Ends the link because an operator, or who carries it, wants it so.</summary>
    public void Terminate(DisconnectCause cause, string message)
    {
        _end ??= new LinkEnd { Cause = (uint)cause, Message = message, IsNormal = true, Direction = 2 };
        Lcp.Close();
    }

    /// <summary>The lower layer is gone: nothing can be sent any more.</summary>
    public void Lost(string message)
    {
        _hasLowerLayer = false;
        End(new LinkEnd { Message = message }, tellUser: false);
        Settle();
    }

    /// <summary>What the data path has counted, or null where nobody knows: what waits to be accounted for goes out.</summary>
    public void Counted(LinkTraffic? traffic)
    {
        Traffic = traffic ?? Traffic;
        Settle();
    }

    /// <summary>The link ends so many seconds after it came up.</summary>
    public void Limit(uint seconds)
    {
        _session?.Dispose();
        TimeSpan left = TimeSpan.FromSeconds(seconds) - (IsUp ? Environment.Now - Since : TimeSpan.Zero);
        _session = Environment.After(
            left > TimeSpan.Zero ? left : TimeSpan.Zero, () => Terminate(DisconnectCause.Normal, "the session's time is over"));
    }

    public void Send(byte[] frame)
    {
        if (!_ended)
        {
            _user.Send(this, frame);
        }
    }

    public byte NextIdentifier() => ++_identifier;

    /// <summary>True unless too many rejects were sent of late.</summary>
    public bool MayReject()
    {
        DateTimeOffset now = Environment.Now;
        if (now - _rejectSecond >= TimeSpan.FromSeconds(1))
        {
            (_rejectSecond, _rejects) = (now, 0);
        }

        if (++_rejects <= RejectsPerSecond)
        {
            return true;
        }

        Counters.Suppressed++;
        return false;
    }

    public void LcpUp()
    {
        Phase = LinkPhase.Authenticate;
        AwaitEcho();
        _waitsForOwn = Lcp.OwnProof != AuthenticationMethod.None && _settings.Credentials is not null;
        if (_waitsForOwn)
        {
            _ownProof = new OwnProof(this, _settings.Credentials!, Lcp.OwnProof);
            _ownProof.Start();
        }

        if (Lcp.PeerProof != AuthenticationMethod.None)
        {
            _peerProof = new PeerProof(this, _settings, Lcp.PeerProof);
            if (_start.ProxyAuthentication is null || !_peerProof.TryAdopt(_start.ProxyAuthentication))
            {
                _peerProof.Start();
            }
        }
        else if (_settings.IsServer)
        {
            AuthenticateRequest request = NewRequest(string.Empty);
            request.None = new NoProof();
            int round = ++_round;
            Environment.Authenticate(request, reply => AnsweredWithoutProof(round, reply));
        }
        else if (!_waitsForOwn)
        {
            BeginNetwork();
        }
    }

    public void LcpDown()
    {
        _echo?.Dispose();
        _peerProof?.Dispose();
        _ownProof?.Dispose();
        _peerProof = null;
        _ownProof = null;
        if (Phase == LinkPhase.Network)
        {
            _ipcp.Down();
            _ipv6cp?.Down();
            Withdraw();
        }

        // The peer starts anew: who it is must be shown again.
        ReturnSession();
        Phase = LinkPhase.Establish;
    }

    public void LcpFinished()
    {
        _end ??= Lcp.Cause != DisconnectCause.None
                ? new LinkEnd { Cause = (uint)Lcp.Cause, Protocol = (uint)PppProtocol.Lcp, Direction = 1, Message = $"LCP: {Lcp.Cause}" }
            : new LinkEnd
            {
                Cause = (uint)(Lcp.IsPeerSilent ? DisconnectCause.LcpSilent : DisconnectCause.LcpNotConverged),
                Message = Lcp.IsPeerSilent ? "the peer does not answer LCP" : "LCP has come to no agreement",
            };
        End(_end, tellUser: true);
    }

    /// <summary>The peer has said Terminate-Request of LCP.</summary>
    public void TerminatedByPeer()
    {
        if (!Lcp.IsOpened)
        {
            return;
        }

        bool isNormal = IsUp || Phase == LinkPhase.Network;
        DisconnectCause cause = isNormal ? DisconnectCause.Normal
            : _rejectedEncryption ? DisconnectCause.EncryptionRefused
            : Lcp.CallbackWasRefused ? DisconnectCause.CallbackRefused
            : Phase == LinkPhase.Authenticate ? DisconnectCause.Normal
            : DisconnectCause.None;
        _end ??= new LinkEnd
        {
            Cause = (uint)cause, Direction = cause is DisconnectCause.EncryptionRefused or DisconnectCause.CallbackRefused ? 2u : 1u,
            Message = "the peer has terminated the link", IsNormal = isNormal,
        };
        // In Opened the automaton waits for a timeout before it is done; nothing more is wanted of the peer.
        _limit?.Dispose();
        _limit = Environment.After(TimeSpan.FromSeconds(1), () => End(_end!, tellUser: true));
    }

    public void ProtocolRejected(PppProtocol protocol)
    {
        switch (protocol)
        {
            case PppProtocol.Ipcp:
                _ipcp.Rejected();
                break;
            case PppProtocol.Ipv6cp:
                _ipv6cp?.Rejected();
                break;
            case PppProtocol.Lcp or PppProtocol.Chap or PppProtocol.Pap:
                Fail(DisconnectCause.AuthenticationRefused, $"the peer rejects {protocol}");
                break;
            default:
                break;
        }
    }

    public void EchoAnswered(bool isLoop)
    {
        _unanswered = 0;
        if (isLoop)
        {
            Fail(DisconnectCause.Loopback, "the link is looped back");
        }
    }

    public AuthenticateRequest NewRequest(string user) => new()
    {
        User = user,
        VirtualRouter = _settings.VirtualRouter,
        Pool = _settings.Pool,
        CallingStation = _start.CallingStation,
        CalledStation = _start.CalledStation,
        Origin = _start.Tunnel is { } tunnel
            ? new SessionOrigin
            {
                TunnelLocalAddress = tunnel.LocalAddress,
                TunnelRemoteAddress = tunnel.RemoteAddress,
                TunnelLocalHost = tunnel.LocalHost,
                TunnelRemoteHost = tunnel.RemoteHost,
                Connection = tunnel.Connection,
                Port = tunnel.Port,
            }
            : null,
    };

    /// <summary>The peer is who it says.</summary>
    public void Proved(string user, AuthenticateReply reply)
    {
        User = SharedText.Of(user);
        reply.VirtualRouter = SharedText.Of(reply.VirtualRouter);
        Session = reply;
        if (!_waitsForOwn)
        {
            BeginNetwork();
        }
    }

    /// <summary>An answer that nobody waits for any more: its session ends before it began.</summary>
    public void LateAnswer(AuthenticateReply reply)
    {
        if (reply.Session != 0)
        {
            Environment.Account(new AccountRequest { Kind = AccountRequest.Types.Kind.Stop, Session = reply.Session });
        }
    }

    public void RepeatVerdict() => _peerProof?.RepeatVerdict();

    public void ShownOwn()
    {
        _waitsForOwn = false;
        if (Phase == LinkPhase.Authenticate && (Lcp.PeerProof == AuthenticationMethod.None || Session is not null))
        {
            BeginNetwork();
        }
    }

    public void ProofFailed(DisconnectCause cause, string message)
    {
        Counters.AuthenticationFailures++;
        Fail(cause, message, PppProtocol.Chap);
    }

    public void IpcpUp()
    {
        _limit?.Dispose();
        _limit = null;
        // A peer that negotiates networks has heard that it was let in.
        _peerProof?.Dispose();
        _peerProof = null;
        IsUp = true;
        Since = Environment.Now;
        if (Session is { Session: not 0 } && !_isAccounted)
        {
            _isAccounted = true;
            Account(AccountRequest.Types.Kind.Start);
            AwaitInterim();
            if (Session.SessionTimeoutSeconds > 0)
            {
                Limit(Session.SessionTimeoutSeconds);
            }
        }

        _user.NetworkUp(this, Network());
    }

    public void IpcpDown()
    {
        if (IsUp)
        {
            IsUp = false;
            Withdraw(always: true);
        }
    }

    /// <summary>True when packets of the peer can pass; asks for it the first time.</summary>
    public bool IsPrepared()
    {
        if (!_isAsked)
        {
            (_isAsked, _isPrepared) = (true, false);
            Prepare();
        }

        return _isPrepared;
    }

    /// <summary>Asks the lower layer to put in place what packets of both families need as things are.</summary>
    public void Prepare() => _user.Prepare(this, Network());

    /// <summary>What was to be prepared is in place, or cannot be.</summary>
    /// <param name="problem">Why it cannot be; empty: it is.</param>
    /// <param name="identifier">The peer's, where packets of IPv6 can pass; else 0.</param>
    public void Prepared(string problem, ulong identifier = 0)
    {
        bool waits = _isAsked && !_isPrepared;
        if (_ended || (!waits && _ipv6cp is not { Asked: not 0 }))
        {
            return;
        }

        if (problem.Length > 0)
        {
            Fail(DisconnectCause.None, $"the data path does not take the session: {problem}", PppProtocol.Ipcp);
            return;
        }

        if (waits)
        {
            _isPrepared = true;
            _ipcp.Resume();
        }

        _ipv6cp?.Prepared(identifier);
    }

    public void Ipv6cpUp()
    {
        if (!_settings.IsServer && IsUp)
        {
            _user.NetworkUp(this, Network());
        }
    }

    /// <summary>IPv6 is over; IPv4 goes on.</summary>
    public void Ipv6cpDown()
    {
        if (_ended || Phase != LinkPhase.Network)
        {
            return;
        }

        if (_settings.IsServer && _isAsked)
        {
            Prepare();
        }
        else if (_settings.IsServer || IsUp)
        {
            _user.NetworkUp(this, _settings.IsServer ? new NetworkUp() : Network());
        }
    }

    public void IpcpFinished()
    {
        if (Phase == LinkPhase.Network && !_ended && _end is null)
        {
            Fail(_ipcp.IsPeerSilent ? DisconnectCause.NetworkTimedOut : _ipcp.Cause, "IPCP has come to no agreement", PppProtocol.Ipcp);
        }
    }

    private int LinkMtu => Math.Min(Lcp.PeerMru, _settings.LinkMtu);

    private NetworkUp Network()
    {
        int mtu = _settings.IpMtu > 0 ? Math.Min(LinkMtu, _settings.IpMtu) : LinkMtu;
        NetworkUp up = new()
        {
            LocalAddress = _ipcp.LocalAddress,
            PeerAddress = _ipcp.PeerAddress,
            Mtu = (uint)mtu,
            TcpMss = _settings.ClampsTcp ? (uint)(mtu - IpHeaders) : 0,
            User = User,
            VirtualRouter = VirtualRouter,
            SourceValidation = _settings.ValidatesSource,
            CompressProtocol = Lcp.CompressesProtocol,
            CompressAddress = Lcp.CompressesAddress,
        };
        if (Session is not null)
        {
            up.Routes.AddRange(Session.Routes.Select(r => new Route { Prefix = r.Prefix, PrefixLength = r.PrefixLength }));
        }

        up.Ipv6 = Network6();
        return up;
    }

    // A prefix that users share is theirs one address at a time: the one that the identifier makes.
    private Network6? Network6()
    {
        if (_ipv6cp is not { } ipv6 || (_settings.IsServer ? ipv6.Asked : ipv6.IsOpened ? ipv6.Peer : 0) is not (not 0 and var peer))
        {
            return null;
        }

        Network6 network = new()
        {
            LocalIdentifier = ipv6.Own,
            PeerIdentifier = peer,
            LocalAddress = _settings.IsServer ? Environment.LocalAddress6(Profile, VirtualRouter) : Google.Protobuf.ByteString.Empty,
            Mtu = (uint)Mtu6,
            TcpMss = _settings.ClampsTcp ? (uint)(Mtu6 - Ipv6Headers) : 0,
        };
        network.Routes.Add(ipv6.Networks.Select(n => new Route6 { Prefix = n.Prefix, PrefixLength = n.PrefixLength }));
        if (ipv6.Prefixes.Count == 0 && _settings.Advertisement is { Prefix: { } shared })
        {
            network.Routes.Add(new Route6 { Prefix = AddressIn(shared.Prefix.Span, peer), PrefixLength = 128 });
        }

        return network;
    }

    private static Google.Protobuf.ByteString AddressIn(ReadOnlySpan<byte> prefix, ulong identifier)
    {
        Span<byte> address = stackalloc byte[16];
        prefix.CopyTo(address);
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], identifier);
        return Google.Protobuf.ByteString.CopyFrom(address);
    }

    private void Withdraw(bool always = false)
    {
        if (always || _isAsked)
        {
            (_isAsked, _isPrepared) = (false, false);
            _user.NetworkUp(this, new NetworkUp());
        }
    }

    private void ReceiveOpened(PppProtocol protocol, ReadOnlySpan<byte> frame, in PppPacket packet, bool isPacket)
    {
        switch (protocol)
        {
            case PppProtocol.Pap or PppProtocol.Chap:
                ReceiveProof(protocol, packet);
                break;
            case PppProtocol.Ipcp when Phase == LinkPhase.Network:
                _ipcp.Receive(packet);
                break;
            case PppProtocol.Ipv6cp when Phase == LinkPhase.Network && _ipv6cp is not null && isPacket:
                _ipv6cp.Receive(packet);
                break;
            case PppProtocol.Ip:
                Counters.Untimely++;
                break;
            case PppProtocol.Ipv6 when _ipv6cp is not null:
                Counters.Untimely += _ipv6cp.TryReceive(frame[PppPacket.ProtocolLength..]) ? 0u : 1u;
                break;
            case PppProtocol.Ipcp or PppProtocol.Ipv6cp when Phase == LinkPhase.Authenticate && (protocol == PppProtocol.Ipcp || _settings.HasIpv6):
                // RFC 1661 section 3.5: networks wait until it is known who the peer is.
                Counters.Untimely++;
                break;
            default:
                _rejectedEncryption |= protocol == PppProtocol.Ecp;
                if (MayReject())
                {
                    Counters.ProtocolRejects++;
                    Lcp.RejectProtocol(frame);
                }

                break;
        }
    }

    private void ReceiveProof(PppProtocol protocol, in PppPacket packet)
    {
        // Of CHAP, challenges and verdicts are for who is asked, responses for who asks; of PAP, requests are.
        bool isForAsker = protocol == PppProtocol.Pap
            ? packet.Code == (byte)AuthenticationCode.Challenge
            : packet.Code == (byte)AuthenticationCode.Response;
        if (isForAsker && _peerProof is not null && (Lcp.PeerProof == AuthenticationMethod.Pap) == (protocol == PppProtocol.Pap))
        {
            _peerProof.Receive(packet);
        }
        else if (!isForAsker && _ownProof is not null && (Lcp.OwnProof == AuthenticationMethod.Pap) == (protocol == PppProtocol.Pap))
        {
            _ownProof.Receive(packet);
        }
        else
        {
            Counters.Untimely++;
        }
    }

    private void AnsweredWithoutProof(int round, AuthenticateReply reply)
    {
        if (!IsAuthenticating || round != _round)
        {
            LateAnswer(reply);
        }
        else if (reply.Outcome == AuthenticateReply.Types.Outcome.Accepted)
        {
            Proved(string.Empty, reply);
        }
        else
        {
            ProofFailed(DisconnectCause.AuthenticationFailed, reply.Reason);
        }
    }

    private void BeginNetwork()
    {
        if (Phase != LinkPhase.Authenticate)
        {
            return;
        }

        Phase = LinkPhase.Network;
        if (Session is not null)
        {
            _ipcp.Assign(Session);
            if (Session.Address == 0)
            {
                Fail(DisconnectCause.AddressRefused, $"there is no address for user {User}", PppProtocol.Ipcp);
                return;
            }

            if (_settings.IsServer && !Place(Session.LocalInterface))
            {
                Fail(DisconnectCause.AddressRefused, $"the router's end has no address in virtual router {VirtualRouter}", PppProtocol.Ipcp);
                return;
            }
        }

        _ipcp.Open();
        _ipcp.Up();
        if (_settings.HasIpv6)
        {
            _ipv6cp ??= new Ipv6cp(this, _settings);
            if (Session is not null)
            {
                _ipv6cp.Assign(Session);
            }

            _ipv6cp.Open();
            _ipv6cp.Up();
        }
    }

    // Who the user is may have changed where it is.
    private bool Place(string localInterface)
    {
        if (_settings.LocalAddress != 0 && localInterface.Length == 0 && VirtualRouter == _settings.VirtualRouter)
        {
            return true;
        }

        uint local = Environment.LocalAddress(Profile, VirtualRouter, localInterface);
        _ipcp.Place(local);
        return local != 0;
    }

    private DisconnectCause Silence() => Phase switch
    {
        LinkPhase.Establish => Lcp.IsPeerSilent ? DisconnectCause.LcpSilent : DisconnectCause.LcpNotConverged,
        LinkPhase.Authenticate => DisconnectCause.AuthenticationTimedOut,
        _ => DisconnectCause.NetworkTimedOut,
    };

    private void Fail(DisconnectCause cause, string message, PppProtocol protocol = 0)
    {
        if (_ended)
        {
            return;
        }

        Counters.NegotiationFailures++;
        _end ??= new LinkEnd { Cause = (uint)cause, Direction = 1, Protocol = (uint)protocol, Message = message };
        Lcp.Close();
    }

    private void AwaitEcho()
    {
        _echo?.Dispose();
        _unanswered = 0;
        if (_settings.Keepalive > TimeSpan.Zero)
        {
            _echo = Environment.After(_settings.Keepalive, Echo);
        }
    }

    private void Echo()
    {
        if (!Lcp.IsOpened || _ended)
        {
            return;
        }

        if (_unanswered++ == MostEchoes)
        {
            Counters.KeepaliveFailures++;
            Fail(DisconnectCause.KeepaliveFailed, "the peer does not answer echo requests");
            return;
        }

        Lcp.Echo(NextIdentifier());
        _echo = Environment.After(_settings.Keepalive, Echo);
    }

    private void AwaitInterim()
    {
        if (Session is { InterimSeconds: > 0 } session && !_ended)
        {
            _ = Environment.After(TimeSpan.FromSeconds(session.InterimSeconds), () =>
            {
                if (!_ended && Session == session)
                {
                    Account(AccountRequest.Types.Kind.Interim);
                    AwaitInterim();
                }
            });
        }
    }

    private void Account(AccountRequest.Types.Kind kind)
    {
        AccountRequest request = new()
        {
            Kind = kind,
            Session = Session!.Session,
            Seconds = (uint)Math.Max(0, (Environment.Now - Since).TotalSeconds),
            Cause = _end?.Cause ?? 0,
            Message = _end?.Message ?? string.Empty,
            Address = _ipcp.PeerAddress,
        };
        if (_ipv6cp is { Agreed: not 0 } ipv6)
        {
            request.Ipv6 = new Ipv6Grant { InterfaceIdentifier = ipv6.Agreed, Prefixes = { ipv6.Prefixes } };
        }

        if (kind == AccountRequest.Types.Kind.Start || !_isAccounted)
        {
            Environment.Account(request);
            return;
        }

        (_unsettled ??= []).Add(request);
        if (_hasLowerLayer)
        {
            _user.AskTraffic(this);
        }
    }

    private void Settle()
    {
        foreach (AccountRequest request in _unsettled ?? [])
        {
            request.ReceivedPackets = Traffic.ReceivedPackets - _settled.ReceivedPackets;
            request.ReceivedOctets = Traffic.ReceivedOctets - _settled.ReceivedOctets;
            request.SentPackets = Traffic.SentPackets - _settled.SentPackets;
            request.SentOctets = Traffic.SentOctets - _settled.SentOctets;
            Environment.Account(request);
            if (request.Kind == AccountRequest.Types.Kind.Stop)
            {
                _settled = Traffic;
            }
        }

        _unsettled = null;
    }

    private void ReturnSession()
    {
        if (Session is { Session: not 0 })
        {
            Account(AccountRequest.Types.Kind.Stop);
        }

        _session?.Dispose();
        _isAccounted = false;
        IsUp = false;
        Session = null;
    }

    private void End(LinkEnd end, bool tellUser)
    {
        if (_ended)
        {
            return;
        }

        _end = end;
        _ended = true;
        Phase = LinkPhase.Terminate;
        ReturnSession();
        _limit?.Dispose();
        _echo?.Dispose();
        _peerProof?.Dispose();
        _ownProof?.Dispose();
        Lcp.Dispose();
        _ipcp.Dispose();
        _ipv6cp?.End();
        if (tellUser)
        {
            _user.Ended(this, end);
        }
    }
}
