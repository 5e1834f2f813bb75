using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Fuzz.Ike;

/// <summary>Two routers for hostile exchanges, and what must hold whatever they have been through.</summary>
internal static class IkeRig
{
    // Half-open and computing exchanges of the one gateway, established SAs, and one more in each race between them.
    private const int MostPhase1 = IkeSession.MaximumHalfOpen + IkeSession.MaximumComputing + 64;
    private const int MostRows = 3 * 64;

    public static Lab Make(uint group)
    {
        // Short lives: rekeys fall among the hostile messages, and the timers of routers that were killed do not pile up.
        Lab lab = new Lab(5).WithPhase1(Lab.Phase1(Cipher.AesCbc, 16, Hash.Sha1, group, lifetime: 300))
            .WithPhase2(Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196, lifetime: 180));
        lab.LeftVpn.EstablishImmediately = true;
        return lab;
    }

    // The side that establishes at once is the client.
    public static Action<IkeIntent> Users(bool aggressive) => intent =>
    {
        Google.Protobuf.ByteString password = Google.Protobuf.ByteString.CopyFromUtf8("wonderland");
        bool client = intent.Vpns[0].EstablishImmediately;
        intent.Gateways[0].Mode = aggressive ? Mode.Aggressive : Mode.Main;
        intent.Gateways[0].Xauth = client
            ? new() { Client = new() { Name = "alice", Password = password } }
            : new()
            {
                Profile = "users",
                Users = { new User { Name = "alice", Password = password } },
                Pool = new() { Name = "pool", Network = "10.99.0.0/24", DnsServers = { "192.0.2.53" } },
            };
        (intent.Vpns[0].LocalSelector, intent.Vpns[0].RemoteSelector) =
            client ? (string.Empty, intent.Vpns[0].RemoteSelector) : (intent.Vpns[0].LocalSelector, string.Empty);
    };

    public static void Aggressive(IkeIntent intent) => intent.Gateways[0].Mode = Mode.Aggressive;

    public static void Restart(SimulatedRouter router, IkeIntent intent)
    {
        router.Kill();
        // Certificates stay: an operator has loaded them.
        foreach (string name in router.Values.Names().Where(n => !n.StartsWith("certificate.", StringComparison.Ordinal) && !n.StartsWith("authority.", StringComparison.Ordinal)))
        {
            router.Values.Delete(name);
        }

        router.Module.Rows.Clear();
        router.Lines.Clear();
        router.Start(intent);
    }

    public static void Bounded(SimulatedRouter router)
    {
        Assert.InRange(router.Phase1().Count, 0, MostPhase1);
        Assert.InRange(router.Phase2().Count, 0, MostRows);
        Assert.InRange(router.Module.Rows.Count, 0, MostRows);
        Assert.InRange(router.Failures().Count, 0, 100);
    }

    // Whatever was before: two routers that behave get their tunnel, and it carries packets.
    public static void Clean(Lab lab)
    {
        lab.Network.Sent.Clear();
        Restart(lab.Left, lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 120), lab.Explain());
        lab.Network.RunSeconds(5);
        Assert.Equal(0, lab.Traffic(1));
    }
}
