using RouterOS.Abstractions.Control;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Clients;

/// <summary>One tunnel with one session and the PPP in it, in the client's role: the router's own protocols, the other way round.</summary>
internal sealed class L2tpEnd : IL2tpEnvironment, ICallUpper, ILinkUser, ILinkEnvironment, ITunnelLog
{
    private const ushort LinkMtu = 1400;
    private const byte IpProtocolLow = 0x21;

    private readonly ClientSettings _settings;
    private readonly ClientClock _clock;
    private readonly Action<byte[]> _send;
    private readonly L2tpTunnels _tunnels;
    private readonly TunnelEnds _ends;
    private readonly LinkCounters _counters = new();
    private readonly TaskCompletionSource<string?> _connected = new();
    private L2tpTunnel? _tunnel;
    private L2tpSession? _session;
    private PppLink? _link;

    /// <summary>The client's end.</summary>
    /// <param name="settings">What the client is.</param>
    /// <param name="clock">Its time and gate.</param>
    /// <param name="send">Sends a datagram's payload to port 1701.</param>
    public L2tpEnd(ClientSettings settings, ClientClock clock, Action<byte[]> send)
    {
        (_settings, _clock, _send) = (settings, clock, send);
        _ends = new TunnelEnds(settings.AddressNumber, L2tpHeader.Port, settings.ServerNumber, L2tpHeader.Port, 0, 0);
        _tunnels = new L2tpTunnels(this, this, isResponder: false) { Log = this };
    }

    /// <summary>Addresses of both ends; null while packets of IP may not pass.</summary>
    public NetworkUp? Network { get; private set; }

    /// <summary>Why it is over; null while it is not.</summary>
    public string? Ending { get; private set; }

    /// <summary>Takes packets of IP that come by the session.</summary>
    public Action<byte[]> Received { get; set; } = _ => { };

    /// <summary>Told once when what was connected has ended.</summary>
    public Action<string> WhenEnded { get; set; } = _ => { };

    public DateTimeOffset Now => _clock.Now;

    public IMac Mac => ClientCrypto.Mac;

    /// <summary>Opens the tunnel and all in it; the reason of failure or null.</summary>
    public Task<string?> Connect()
    {
        HostPolicy host = new()
        {
            LocalHost = _settings.Options.HostName, Secret = System.Text.Encoding.UTF8.GetBytes(_settings.Options.TunnelSecret),
        };
        _tunnel = _tunnels.Open(_ends, host);
        return _connected.Task;
    }

    /// <summary>Ends tunnel and session, and tells the server.</summary>
    public void Close() => _tunnel?.Close(StopResult.Clear, GeneralError.None, "the user hangs up");

    /// <summary>Takes a datagram's payload.</summary>
    public void Receive(ReadOnlySpan<byte> payload) => _tunnels.Receive(_ends, payload);

    /// <summary>Sends a packet of IP by the session.</summary>
    public void SendPacket(byte[] packet) => _session?.SendFrame([0, IpProtocolLow, .. packet]);

    public IDisposable After(TimeSpan delay, Action work) => _clock.After(delay, work);

    public void Fill(Span<byte> destination) => _clock.Fill(destination);

    public void Send(TunnelEnds ends, byte[] payload) => _send(payload);

    public void Opened(L2tpSession session, LinkStart start)
    {
        LinkSettings settings = new()
        {
            IsServer = false,
            Mru = LinkMtu,
            LinkMtu = LinkMtu,
            Credentials = new Credentials(_settings.Options.User, _settings.Options.Password, this),
            OwnProofs = [AuthenticationMethod.MsChapV2, AuthenticationMethod.MsChap, AuthenticationMethod.Chap, AuthenticationMethod.Pap],
        };
        _link = new PppLink(session.Link, settings, new LinkStart(), this, this, _counters);
        _link.Start();
    }

    public void Frame(L2tpSession session, byte[] frame)
    {
        if (frame is [0, IpProtocolLow, ..])
        {
            Received(frame[2..]);
        }
        else
        {
            _link?.Receive(frame);
        }
    }

    public void Moved(L2tpSession session)
    {
    }

    public void Ended(L2tpSession session)
    {
        _link?.Lost(session.Ending?.Message ?? string.Empty);
        _link = null;
        Over($"the call has ended: {session.Ending?.Message}");
    }

    public void TunnelEnded(L2tpTunnel tunnel) => Over($"the tunnel has ended: {tunnel.Ending?.Message}");

    public void Send(PppLink link, byte[] frame) => _session?.SendFrame(frame);

    public void Prepare(PppLink link, NetworkUp network) => link.Prepared(string.Empty);

    public void NetworkUp(PppLink link, NetworkUp network)
    {
        Network = network.PeerAddress == 0 ? null : network;
        if (Network is not null)
        {
            _connected.TrySetResult(null);
        }
    }

    public void AskTraffic(PppLink link) => link.Counted(null);

    public void Ended(PppLink link, LinkEnd end)
    {
        Over($"PPP has ended: {end.Message}");
        _link = null;
        _session?.Close(new((ushort)CallResult.LossOfCarrier, GeneralError.None, end.Message));
    }

    public void Authenticate(AuthenticateRequest request, Action<AuthenticateReply> answered) =>
        throw new InvalidOperationException("A client asks nobody who its server is.");

    public void Account(AccountRequest request)
    {
    }

    public void TunnelUp(L2tpTunnel tunnel) => _session = tunnel.OpenSession(new CallDetails
    {
        SerialNumber = 1, FramingType = 1, TransmitSpeed = 100_000_000, RequiresSequencing = _settings.Options.RequiresSequencing,
    });

    public void TunnelDown(L2tpTunnel tunnel)
    {
    }

    public void SessionUp(L2tpSession session)
    {
    }

    public void SessionDown(L2tpSession session)
    {
    }

    public void AuthenticationFailed(L2tpTunnel tunnel, string reason)
    {
    }

    public void Refused(TunnelEnds ends, string host, string reason)
    {
    }

    private void Over(string reason)
    {
        Network = null;
        if (Ending is null)
        {
            Ending = reason;
            _connected.TrySetResult(reason);
            WhenEnded(reason);
        }
    }
}
