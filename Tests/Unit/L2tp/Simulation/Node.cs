using RouterOS.Aaa.Control;
using RouterOS.Abstractions.Control;
using RouterOS.Crypto.Control;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Control;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Unit.L2tp.Simulation;

/// <summary>One end: tunnels and PPP joined without a bus. The router's, or the project's own client.</summary>
internal sealed class Node : IL2tpEnvironment, ICallUpper, ILinkUser, ILinkEnvironment
{
    private static readonly BclMac s_mac = new();
    private static readonly LibcryptoCipher s_cipher = new();

    private readonly VirtualTime _time;
    private readonly Wire _wire;
    private readonly Dictionary<uint, L2tpSession> _sessions = [];

    public Node(VirtualTime time, Wire wire, uint address, bool isServer, uint protection = 0)
    {
        _time = time;
        _wire = wire;
        Address = address;
        IsServer = isServer;
        Protection = protection;
        Tunnels = new L2tpTunnels(this, this, isServer);
        Aaa = new AaaService(new LocalUsers(s_mac, s_cipher), new AddressPools(), new Clock(time), (_, reason) => Reasons.Add(reason));
        wire.Add(address, protection, this);
    }

    public static IMac OwnMac => s_mac;

    public static ICipher OwnCipher => s_cipher;

    public uint Address { get; }

    public bool IsServer { get; }

    public uint Protection { get; }

    public L2tpTunnels Tunnels { get; }

    public AaaService Aaa { get; }

    public LinkCounters Counters { get; } = new();

    /// <summary>Makes the settings of a link.</summary>
    public Func<LinkStart, LinkSettings> Settings { get; set; } = _ => new LinkSettings();

    /// <summary>False for a concentrator, whose PPP is somebody else's.</summary>
    public bool SpeaksPpp { get; set; } = true;

    public Dictionary<uint, PppLink> Links { get; } = [];

    /// <summary>Links whose network is up.</summary>
    public Dictionary<uint, NetworkUp> Networks { get; } = [];

    public List<LinkEnd> Ends { get; } = [];

    /// <summary>Packets of IP that came by sessions.</summary>
    public List<byte[]> Packets { get; } = [];

    public List<string> Reasons { get; } = [];

    /// <summary>What links have said of their use.</summary>
    public List<AccountRequest> Accounted { get; } = [];

    public int MovedSessions { get; private set; }

    public DateTimeOffset Now => _time.Now;

    public IMac Mac => s_mac;

    public IDisposable After(TimeSpan delay, Action work) => _time.After(delay, work);

    public void Fill(Span<byte> destination) => _time.Fill(destination);

    /// <summary>Sends nothing any more, as a process that was killed.</summary>
    public bool IsSilent { get; set; }

    public void Send(TunnelEnds ends, byte[] payload)
    {
        if (!IsSilent)
        {
            _wire.Carry(ends, payload);
        }
    }

    /// <summary>Opens a tunnel to the router, and a session in it as soon as it is up.</summary>
    public L2tpTunnel Dial(uint router, HostPolicy host, ushort port = 1701)
    {
        L2tpTunnel tunnel = Tunnels.Open(new TunnelEnds(Address, port, router, L2tpHeader.Port, Protection, 0), host);
        return tunnel;
    }

    /// <summary>Sends a packet of IP by a session.</summary>
    public void SendPacket(uint link, byte[] packet) => _sessions[link].SendFrame([0, 0x21, .. packet]);

    public void Opened(L2tpSession session, LinkStart start)
    {
        _sessions[session.Link] = session;
        if (!SpeaksPpp)
        {
            return;
        }

        PppLink link = new(session.Link, Settings(start), IsServer ? start : new LinkStart(), this, this, Counters);
        Links[session.Link] = link;
        link.Start();
    }

    public void Frame(L2tpSession session, byte[] frame)
    {
        if (frame is [0, 0x21, ..] || (frame is [0, 0x57, ..] && !IsServer))
        {
            Packets.Add(frame[2..]);
        }
        else if (Links.TryGetValue(session.Link, out PppLink? link))
        {
            link.Receive(frame);
        }
    }

    public void Moved(L2tpSession session) => MovedSessions++;

    public void Ended(L2tpSession session)
    {
        _ = _sessions.Remove(session.Link);
        _ = Networks.Remove(session.Link);
        if (Links.Remove(session.Link, out PppLink? link))
        {
            link.Lost(session.Ending?.Message ?? string.Empty);
        }
    }

    public void TunnelEnded(L2tpTunnel tunnel)
    {
    }

    public void Send(PppLink link, byte[] frame)
    {
        if (_sessions.TryGetValue(link.Number, out L2tpSession? session))
        {
            session.SendFrame(frame);
        }
    }

    /// <summary>How long the data path takes to put a session in place; null: for ever.</summary>
    public TimeSpan? Programming { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Why the data path takes no session.</summary>
    public string Refusal { get; set; } = string.Empty;

    public void Prepare(PppLink link, NetworkUp network)
    {
        if (Programming is { } time)
        {
            _ = After(time, () =>
            {
                Programmed.Add((Now, link.Number));
                Prepared[link.Number] = network;
                link.Prepared(Refusal, network.Ipv6?.PeerIdentifier ?? 0);
            });
        }
    }

    /// <summary>What the data path was asked for last.</summary>
    public Dictionary<uint, NetworkUp> Prepared { get; } = [];

    /// <summary>When the data path had which link's session.</summary>
    public List<(DateTimeOffset When, uint Link)> Programmed { get; } = [];

    public void NetworkUp(PppLink link, NetworkUp network)
    {
        if (network.PeerAddress == 0)
        {
            _ = Networks.Remove(link.Number);
        }
        else
        {
            Networks[link.Number] = network;
        }
    }

    public void AskTraffic(PppLink link) => link.Counted(Traffic);

    /// <summary>What AAA says of everybody's IPv6.</summary>
    public Ipv6Grant? Grant { get; set; }

    /// <summary>What the data path of every link has counted.</summary>
    public LinkTraffic? Traffic { get; set; }

    public void Ended(PppLink link, LinkEnd end)
    {
        Ends.Add(end);
        _ = Links.Remove(link.Number);
        if (_sessions.TryGetValue(link.Number, out L2tpSession? session))
        {
            session.Close(new Ending((ushort)CallResult.Administrative, GeneralError.None, end.Message, Cause: (ushort)end.Cause)
            {
                CauseDetail = ((ushort)end.Protocol, (byte)end.Direction),
            });
        }
    }

    // As over the bus: the answer comes a little later.
    public void Authenticate(AuthenticateRequest request, Action<AuthenticateReply> answered) =>
        After(TimeSpan.FromMilliseconds(2), () =>
        {
            AuthenticateReply reply = Aaa.Authenticate(request.Clone(), null!).Result;
            reply.Ipv6 = Grant;
            answered(reply);
        });

    public void Account(AccountRequest request)
    {
        Accounted.Add(request);
        Assert.True(Aaa.Account(request, null!).IsCompletedSuccessfully);
    }

    private sealed class Clock(VirtualTime time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.Now;
    }
}
