using Google.Protobuf;
using RouterOS.Clients;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.L2tp.V1;
using TunnelState = RouterOS.L2tp.Control.Machines.TunnelState;

namespace RouterOS.Unit.L2tp.Simulation;

/// <summary>A router and its clients in virtual time.</summary>
internal sealed class Lab
{
    public const uint RouterAddress = 0xc0000201; // 192.0.2.1
    public const uint ClientAddress = 0xc6336405; // 198.51.100.5
    public const uint FirstPoolAddress = 0x0a3c0001; // 10.60.0.1
    public const string Secret = "tunnelSecret";

    public Lab(ulong seed = 1)
    {
        Time = new VirtualTime(seed);
        Wire = new Wire(Time);
        Router = new Node(Time, Wire, RouterAddress, isServer: true)
        {
            Settings = _ => new LinkSettings
            {
                Authentication = Methods, LocalAddress = 0x0a3cffff, Mru = 1460, LinkMtu = 1460,
            },
        };
    }

    public VirtualTime Time { get; }

    public Wire Wire { get; }

    public Node Router { get; }

    public IReadOnlyList<AuthenticationMethod> Methods { get; set; } = [AuthenticationMethod.MsChapV2];

    public L2tpIntent Intent { get; } = new()
    {
        HostName = "lns",
        DestinationProfiles =
        {
            new DestinationProfile
            {
                Name = "any", RemoteAddress = "0.0.0.0",
                Hosts = { new HostProfile { Profile = "users", TunnelPassword = ByteString.CopyFromUtf8(Secret) } },
            },
        },
    };

    public HostProfile Host => Intent.DestinationProfiles[0].Hosts[0];

    public AaaIntent Users { get; } = new()
    {
        Users =
        {
            new User { Name = "alice", Password = ByteString.CopyFromUtf8("wonderland") },
            new User { Name = "bob", Password = ByteString.CopyFromUtf8("builder"), Address = "10.61.0.9" },
        },
        Pools = { new AddressPool { Name = "pool", Ranges = { new AddressRange { First = "10.60.0.1", Last = "10.60.15.254" } } } },
        DnsServers = { "192.0.2.53" },
        NbnsServers = { "192.0.2.54", "192.0.2.55" },
    };

    public Lab Start()
    {
        Router.Tunnels.Apply(L2tpPolicy.Read(Intent));
        Router.Aaa.Apply(Users);
        return this;
    }

    /// <summary>A client that can prove who it is by these methods.</summary>
    public Node Client(
        uint address = ClientAddress, string name = "alice", string password = "wonderland", uint protection = 0, params AuthenticationMethod[] methods)
    {
        Node client = new(Time, Wire, address, isServer: false, protection);
        client.Settings = _ => new LinkSettings
        {
            IsServer = false,
            Credentials = new Credentials(name, password, client),
            OwnProofs = methods.Length > 0
                ? methods
                : [AuthenticationMethod.MsChapV2, AuthenticationMethod.MsChap, AuthenticationMethod.Chap, AuthenticationMethod.Pap],
        };
        return client;
    }

    public static HostPolicy Dialling(string name = "lac", string secret = Secret) =>
        new() { LocalHost = name, Secret = System.Text.Encoding.ASCII.GetBytes(secret) };

    /// <summary>Dials and opens a session; true when packets of IP may pass at both ends.</summary>
    public bool Connect(Node client, double seconds = 60, HostPolicy? host = null, CallDetails? call = null)
    {
        L2tpTunnel tunnel = client.Dial(RouterAddress, host ?? Dialling());
        if (!Time.RunUntil(() => tunnel.State is TunnelState.Established or TunnelState.Ended, seconds) || tunnel.State != TunnelState.Established)
        {
            return false;
        }

        L2tpSession session = tunnel.OpenSession(call ?? new CallDetails { SerialNumber = 1, FramingType = 1, TransmitSpeed = 1_000_000 })!;
        return Time.RunUntil(() => client.Networks.ContainsKey(session.Link), seconds)
            && Time.RunUntil(() => Router.Networks.Count >= client.Networks.Count, 5);
    }
}
