using Google.Protobuf;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Plane;
using RouterOS.L2tp.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.L2tp.V1;

namespace RouterOS.Benchmarks.L2tp;

/// <summary>The real forwarding plane with one way out: ESP in tunnel mode, or ESP inside UDP around L2TP and PPP.</summary>
internal sealed class TunnelPlane : IDisposable
{
    private const uint Inside = 1;
    private const uint Outside = 2;
    private const uint Tunnel = 100;
    private const uint InsideAddress = 0xC0000201; // 192.0.2.1
    private const uint Host = 0xC0000209; // 192.0.2.9
    private const uint Spi = 0x10000;
    private const int Batch = 256;

    private readonly MemoryRuntimeArena _arena = new();
    private readonly ForwardingPlane _plane;

    public TunnelPlane(CryptoEngines engines, uint own, uint peer, bool isL2tp, bool encrypts)
    {
        In = new ReplayPort(InsideAddress);
        Out = new ReplayPort(own);
        _plane = new ForwardingPlane(new ForwardingPlaneOptions
        {
            Time = TimeProvider.System,
            Ports = [new PlanePort("p1", "null:", In), new PlanePort("p2", "null:", Out)],
            Packages = [new EspNodePackage(), new L2tpNodePackage()],
            Arena = _arena,
            CryptoFor = (suite, direction) => engines.For(suite, direction) ?? throw new NotSupportedException($"{suite}"),
        });
        Port(Inside, "p1", InsideAddress);
        Port(Outside, "p2", own);
        Set("protection", "1", new ProtectionRow
        {
            Id = 1, Name = "vpn", LocalAddress = own, RemoteAddress = peer, OutboundSpi = encrypts ? Spi : 0, Interface = isL2tp ? 0 : Tunnel,
            LocalPort = isL2tp ? 4500u : 0, RemotePort = isL2tp ? 4500u : 0,
        });
        SaRow sa = new()
        {
            Spi = Spi, Protection = 1, Cipher = Cipher.AesCbc, CipherKey = ByteString.CopyFrom(new byte[16]), Mac = Mac.HmacSha196,
            MacKey = ByteString.CopyFrom(new byte[20]), Mode = isL2tp ? SaMode.Transport : SaMode.Tunnel,
        };
        Set(encrypts ? "sa-out" : "sa-in", encrypts ? $"1/{Spi}" : $"{Spi}", sa);
        Set("interface", $"{Tunnel}", new InterfaceRow { Index = Tunnel, Name = "tunnel", LinkType = isL2tp ? "ppp" : "esp", Mtu = 1400, Up = true });
        if (isL2tp)
        {
            Set("l2tp", "default", new ServerRow { Listens = true });
            Set("l2tp-session", "1/1/1", new SessionRow
            {
                Tunnel = 1, Session = 1, RemoteTunnel = 1, RemoteSession = 1, Interface = Tunnel, LocalAddress = own, RemoteAddress = peer,
                LocalPort = 1701, RemotePort = 1701, Protection = 1,
            });
        }

        Set("route", "0/10.20.0.0/16", new RouteRow
        {
            Prefix = 0x0A140000, PrefixLength = 16, Kind = RouteRow.Types.Kind.Forward, Interface = encrypts ? Tunnel : Inside, Gateway = encrypts ? 0 : Host,
        });
    }

    public ReplayPort In { get; }

    public ReplayPort Out { get; }

    /// <summary>A frame of so many bytes of IP to an address behind the tunnel.</summary>
    public static byte[] Frame(int bytes, int number)
    {
        byte[] frame = new byte[EthernetHeader.Length + bytes];
        EthernetHeader.Write(frame, ReplayPort.LinkOf(InsideAddress), ReplayPort.LinkOf(Host), EtherType.Ipv4);
        Span<byte> packet = frame.AsSpan(EthernetHeader.Length);
        Span<byte> datagram = packet[Ipv4Header.MinimumLength..];
        Ipv4Header.Write(packet, bytes, IpProtocol.Udp, Host, 0x0A140000u | (uint)number);
        UdpHeader.Write(datagram, 1000, 2000, Host, 0x0A140000u | (uint)number);
        return frame;
    }

    /// <summary>Nanoseconds of CPU time for packets from one port to the other.</summary>
    public long Run(ReplayPort from, ReplayPort to, int packets)
    {
        long goal = to.Sent + packets;
        long start = CpuClock.Now;
        for (int given = 0; given < packets; given += Batch)
        {
            from.Allowance = Math.Min(Batch, packets - given);
            _plane.RunOnce();
        }

        for (int i = 0; i < 1000 && to.Sent < goal; i++)
        {
            _plane.RunOnce();
        }

        return to.Sent == goal
            ? CpuClock.Now - start
            : throw new InvalidOperationException($"{goal - to.Sent} of {packets} packets have not come out.");
    }

    /// <summary>Until the neighbours are known.</summary>
    public void Warm(ReplayPort from)
    {
        for (int i = 0; i < 50; i++)
        {
            from.Allowance = 16;
            _plane.RunOnce();
        }

        for (int i = 0; i < 100; i++)
        {
            _plane.RunOnce();
        }
    }

    public void Dispose()
    {
        _plane.Dispose();
        _arena.Dispose();
    }

    private void Port(uint index, string port, uint address)
    {
        Set("interface", $"{index}", new InterfaceRow
        {
            Index = index, Name = port, LinkType = "ethernet", Port = port, Mtu = 1600, Up = true,
            Addresses = { new InterfacePrefix { Address = address, PrefixLength = 24 } },
        });
        Set("route", $"0/{Ipv4Address.Format(address & 0xffffff00)}/24", new RouteRow
        {
            Prefix = address & 0xffffff00, PrefixLength = 24, Kind = RouteRow.Types.Kind.Forward, Interface = index,
        });
        Set("route", $"0/{Ipv4Address.Format(address)}/32", new RouteRow
        {
            Prefix = address, PrefixLength = 32, Kind = RouteRow.Types.Kind.Local, Interface = index,
        });
    }

    private void Set(string table, string key, IMessage row)
    {
        if (_plane.SetRow(table, key, row.ToByteArray()) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }
}
