using Google.Protobuf;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>Two routers and the configurations that join them.</summary>
internal sealed class Lab
{
    public const uint LeftAddress = 0xc6336401; // 198.51.100.1
    public const uint RightAddress = 0xc6336402; // 198.51.100.2

    public Lab(ulong seed = 1, uint left = LeftAddress)
    {
        Network = new SimulatedNetwork(seed);
        Left = Network.Add(left, "left");
        Right = Network.Add(RightAddress, "right");
        LeftIntent = Intent("198.51.100.2", "10.1.0.0/24", "10.2.0.0/24");
        RightIntent = Intent("198.51.100.1", "10.2.0.0/24", "10.1.0.0/24");
    }

    public SimulatedNetwork Network { get; }

    public SimulatedRouter Left { get; }

    public SimulatedRouter Right { get; }

    public IkeIntent LeftIntent { get; }

    public IkeIntent RightIntent { get; }

    public Gateway LeftGateway => LeftIntent.Gateways[0];

    public Gateway RightGateway => RightIntent.Gateways[0];

    public Vpn LeftVpn => LeftIntent.Vpns[0];

    public Vpn RightVpn => RightIntent.Vpns[0];

    public static Source At(string path, uint line) => new() { Path = path, Line = line };

    public static Phase1Proposal Phase1(Cipher cipher, uint keyBytes, Hash hash, uint group, uint lifetime = 28800) => new()
    {
        Name = "p1",
        Authentication = Authentication.PreSharedKey,
        Cipher = cipher,
        CipherKeyBytes = keyBytes,
        Hash = hash,
        DhGroup = group,
        LifetimeSeconds = lifetime,
    };

    public static Phase2Proposal Phase2(Cipher cipher, uint keyBytes, Mac mac, uint lifetime = 3600) => new()
    {
        Name = "p2",
        Cipher = cipher,
        CipherKeyBytes = keyBytes,
        Mac = mac,
        LifetimeSeconds = lifetime,
    };

    /// <summary>Changes both sides alike.</summary>
    public Lab With(Action<IkeIntent> change)
    {
        change(LeftIntent);
        change(RightIntent);
        return this;
    }

    public Lab WithPhase1(params Phase1Proposal[] proposals) => With(i =>
    {
        i.Gateways[0].Proposals.Clear();
        i.Gateways[0].Proposals.AddRange(proposals.Select(p => p.Clone()));
    });

    public Lab WithPhase2(params Phase2Proposal[] proposals) => With(i =>
    {
        i.Vpns[0].Proposals.Clear();
        i.Vpns[0].Proposals.AddRange(proposals.Select(p => p.Clone()));
    });

    public Lab WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe probe, uint interval = 10, uint threshold = 5) =>
        With(i => i.Gateways[0].DeadPeerDetection = new() { Probe = probe, IntervalSeconds = interval, Threshold = threshold });

    /// <summary>Starts both; the left one establishes at once.</summary>
    public Lab Start()
    {
        LeftVpn.EstablishImmediately = true;
        Right.Start(RightIntent);
        Left.Start(LeftIntent);
        return this;
    }

    /// <summary>Starts both and waits for the tunnel.</summary>
    public Lab Up(double seconds = 30)
    {
        Start();
        Assert.True(Network.RunUntil(() => IsUp, seconds), Explain());
        Network.RunSeconds(0.5);
        return this;
    }

    public bool IsUp => Left.Service is not null && Right.Service is not null
        && Left.Phase2().Any(s => s.Current) && Right.Phase2().Any(s => s.Current);

    /// <summary>Sends packets both ways at a rate for a while; returns how many were lost.</summary>
    public int Traffic(double seconds, double interval = 0.1)
    {
        int before = Lost();
        int sent = 0;
        int received = Left.Module.Received + Right.Module.Received;
        for (double t = 0; t < seconds; t += interval)
        {
            Left.Module.Send(1);
            Right.Module.Send(1);
            sent += 2;
            Network.RunSeconds(interval);
        }

        Network.RunSeconds(0.1);
        int lost = Lost() - before;
        Assert.Equal(sent - lost, Left.Module.Received + Right.Module.Received - received);
        return lost;
    }

    public string Explain() => string.Join("\n", Left.Lines.Select(l => $"L {l.Id} {l.Text}").Concat(Right.Lines.Select(l => $"R {l.Id} {l.Text}")));

    private int Lost() => Left.Module.NotReceived + Left.Module.NotSent + Right.Module.NotReceived + Right.Module.NotSent;

    private static IkeIntent Intent(string remote, string localNet, string remoteNet) => new()
    {
        Gateways =
        {
            new Gateway
            {
                Name = "gw1",
                Source = At("security ike gateway gw1", 10),
                Proposals = { Phase1(Cipher.AesCbc, 16, Hash.Sha1, 2) },
                ProposalsSource = At("security ike policy pol1 proposals", 11),
                PreSharedKey = ByteString.CopyFromUtf8("kAq7-unit-secret"),
                KeySource = At("security ike policy pol1 pre-shared-key", 12),
                RemoteAddresses = { remote },
                RemoteSource = At("security ike gateway gw1 address", 13),
                ExternalInterface = "ge-0/0/0.0",
                ExternalSource = At("security ike gateway gw1 external-interface", 14),
            },
        },
        Vpns =
        {
            new Vpn
            {
                Name = "vpn1",
                Source = At("security ipsec vpn vpn1", 20),
                Gateway = "gw1",
                BindInterface = "st0.0",
                Proposals = { Phase2(Cipher.AesCbc, 16, Mac.HmacSha196) },
                ProposalsSource = At("security ipsec policy ipol proposals", 21),
                LocalSelector = localNet,
                RemoteSelector = remoteNet,
                SelectorSource = At("security ipsec vpn vpn1 ike proxy-identity", 22),
                PfsSource = At("security ipsec policy ipol perfect-forward-secrecy", 23),
            },
        },
    };
}
