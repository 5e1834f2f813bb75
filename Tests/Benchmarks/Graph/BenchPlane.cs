using Google.Protobuf;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Benchmarks.Graph;

/// <summary>The real forwarding plane between two ports in memory: interface 1 receives, the routes lead out of interface 2.</summary>
internal sealed class BenchPlane : IDisposable
{
    public const uint Inside = 1;
    public const uint Outside = 2;

    private readonly MemoryRuntimeArena _arena = new();

    public BenchPlane(params INodePackage[] packages)
        : this(null, packages)
    {
    }

    public BenchPlane(CryptoEngines? engines, params INodePackage[] packages)
        : this(engines, true, packages)
    {
    }

    public BenchPlane(CryptoEngines? engines, bool passesPlain, params INodePackage[] packages)
    {
        Plane = new ForwardingPlane(new ForwardingPlaneOptions
        {
            Time = TimeProvider.System,
            Ports = [new PlanePort("p1", "null:", In), new PlanePort("p2", "null:", Out)],
            Packages = packages,
            PassesPlain = passesPlain,
            Arena = _arena,
            CryptoFor = (suite, direction) => engines?.For(suite, direction) ?? throw new NotSupportedException($"{suite}"),
        });
        Interface(Inside, "p1", 0xC0000201);
        Interface(Outside, "p2", 0xC6336401);
    }

    public NullPort In { get; } = new();

    public NullPort Out { get; } = new();

    public ForwardingPlane Plane { get; }

    public static uint Gateway(int hop) => 0xC6336401 + (uint)hop;

    public static RouteRow Route(uint prefix, int length, int hop) => new()
    {
        Prefix = prefix, PrefixLength = (uint)length, Kind = RouteRow.Types.Kind.Forward, Interface = Outside, Gateway = Gateway(hop),
    };

    public static string Key(uint prefix, int length) => $"0/{Ipv4Address.Format(prefix)}/{length}";

    public void Set(string table, string key, IMessage row)
    {
        if (Plane.SetRow(table, key, row.ToByteArray()) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    public void Load(RouteSet routes)
    {
        foreach ((uint prefix, byte length, byte hop) in routes.Prefixes)
        {
            Set("route", Key(prefix, length), Route(prefix, length, hop));
        }
    }

    /// <summary>So many rounds with a batch each; returns nanoseconds of CPU time.</summary>
    public long Run(int rounds, int size)
    {
        long before = Out.Sent;
        long start = CpuClock.Now;
        for (int i = 0; i < rounds; i++)
        {
            In.Allowance = size;
            Plane.RunOnce();
        }

        long time = CpuClock.Now - start;
        return Out.Sent - before == (long)rounds * size
            ? time
            : throw new InvalidOperationException($"The graph sent {Out.Sent - before} of {(long)rounds * size} packets.");
    }

    /// <summary>Rounds without a count, until the neighbours are known and every flow has its session.</summary>
    public void Warm(int packets)
    {
        for (int i = 0; i < packets; i += 256)
        {
            In.Allowance = 256;
            Plane.RunOnce();
        }

        In.Allowance = 0;
        Plane.RunOnce();
    }

    public void Dispose()
    {
        Plane.Dispose();
        _arena.Dispose();
    }

    private void Interface(uint index, string port, uint address)
    {
        Set("interface", $"{index}", new InterfaceRow
        {
            Index = index, Name = $"if{index}", LinkType = "ethernet", Port = port, Mtu = 1500, Up = true,
            Addresses = { new InterfacePrefix { Address = address, PrefixLength = 24 } },
        });
        Set("route", Key(address & 0xffffff00, 24), new RouteRow
        {
            Prefix = address & 0xffffff00, PrefixLength = 24, Kind = RouteRow.Types.Kind.Forward, Interface = index,
        });
        Set("route", Key(address, 32), new RouteRow { Prefix = address, PrefixLength = 32, Kind = RouteRow.Types.Kind.Local, Interface = index });
    }
}
