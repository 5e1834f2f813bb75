using System.Buffers.Binary;
using System.Net;
using System.Text;
using RouterOS.Clients;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Wire;
using RouterOS.Unit.L2tp.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>A client of L2TP on a host of the network: its datagrams are the host's.</summary>
internal sealed class SimulatedDialler
{
    private const byte Udp = 17;
    private const int Headers = 28;

    private readonly SimulatedNetwork _network;
    private readonly SimulatedHost _host;
    private readonly string _router;
    private readonly VirtualTime _time;
    private readonly TunnelEnds _ends;
    private readonly string _secret;
    private int _heard;

    public SimulatedDialler(SimulatedNetwork network, SimulatedHost host, string address, string router, string name, string password, ulong seed,
        string secret = "")
    {
        _network = network;
        _host = host;
        _router = router;
        _time = new VirtualTime(seed);
        _secret = secret;
        Wire wire = new(_time) { Outside = (ends, payload) => Send(ends, payload) };
        _ends = new TunnelEnds(Number(address), (ushort)(40000 + seed), Number(router), L2tpHeader.Port, 0, 0);
        Node = new Node(_time, wire, Number(address), isServer: false);
        Node.Settings = _ => new LinkSettings
        {
            IsServer = false,
            Credentials = new Credentials(name, password, Node),
            OwnProofs = [AuthenticationMethod.MsChapV2, AuthenticationMethod.MsChap, AuthenticationMethod.Chap, AuthenticationMethod.Pap],
        };
    }

    public Node Node { get; }

    public uint Link => Node.Networks.Keys.Single();

    /// <summary>The address that the client was given.</summary>
    public uint Address => Node.Networks.Values.Single().LocalAddress;

    /// <summary>Opens a tunnel and a session; true when packets of IP may pass.</summary>
    public bool Dial(double seconds = 20)
    {
        L2tpTunnel tunnel = Node.Tunnels.Open(_ends, new HostPolicy { LocalHost = "client", Secret = Encoding.UTF8.GetBytes(_secret) });
        return RunUntil(() => tunnel.State == TunnelState.Established, seconds)
            && tunnel.OpenSession(new CallDetails { SerialNumber = 7 }) is not null
            && RunUntil(() => Node.Networks.Count > 0, seconds);
    }

    public bool RunUntil(Func<bool> done, double seconds)
    {
        for (double passed = 0; passed < seconds && !done(); passed += 0.02)
        {
            Run(0.02);
        }

        return done();
    }

    public void Run(double seconds)
    {
        _time.RunSeconds(seconds);
        _network.Run(seconds);
        for (; _heard < _host.Heard.Count; _heard++)
        {
            byte[] packet = _host.Heard[_heard];
            if (packet[9] == Udp && BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(22)) == _ends.LocalPort)
            {
                Node.Tunnels.Receive(_ends, packet.AsSpan(Headers));
            }
        }
    }

    /// <summary>Sends an echo request through the session.</summary>
    public void Ping(string destination, ushort sequence, uint? source = null)
    {
        byte[] packet = new byte[Headers + 32];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source ?? Address);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), Number(destination));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Packets.InternetChecksum.Compute(packet.AsSpan(0, 20)));
        packet[20] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), Packets.InternetChecksum.Compute(packet.AsSpan(20)));
        Node.SendPacket(Link, packet);
    }

    /// <summary>Sequence numbers of echo replies that came through the session.</summary>
    public IEnumerable<ushort> Replies => Node.Packets.Where(p => p[9] == 1 && p[20] == 0).Select(p => BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(26)));

    private static uint Number(string address) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    private void Send(TunnelEnds ends, byte[] payload)
    {
        byte[] datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, ends.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), ends.RemotePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram, 8);
        _host.Send(_router, Udp, datagram);
    }
}
