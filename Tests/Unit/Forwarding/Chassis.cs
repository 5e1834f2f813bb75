using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

/// <summary>One forwarding plane under test, with short ways to program it.</summary>
internal sealed class Chassis : IDisposable
{
    private readonly MemoryRuntimeArena _arena = new();

    public Chassis(SimulatedClock clock, IReadOnlyList<(string Name, IPort Port)> ports, params INodePackage[] packages)
        : this(clock, ports, 2048, packages)
    {
    }

    public Chassis(SimulatedClock clock, IReadOnlyList<(string Name, IPort Port)> ports, int buffers, params INodePackage[] packages)
        : this(clock, ports, (suite, _) => throw new NotSupportedException($"{suite}"), packages, buffers)
    {
    }

    public Chassis(
        SimulatedClock clock,
        IReadOnlyList<(string Name, IPort Port)> ports,
        Func<CryptoSuite, CryptoDirection, ICryptoEngine> cryptoFor,
        INodePackage[] packages,
        int buffers = 2048,
        int workers = 1,
        bool passesPlain = true)
    {
        Clock = clock;
        Plane = new ForwardingPlane(new ForwardingPlaneOptions
        {
            Time = clock,
            Workers = workers,
            MeasuresNodes = true,
            PassesPlain = passesPlain,
            Ports = [.. ports.Select(port => new PlanePort(port.Name, "test:", port.Port))],
            Packages = packages,
            Arena = _arena,
            CryptoFor = cryptoFor,
            SmallBuffers = buffers,
            LargeBuffers = 16,
            OnPunt = Punted.Add,
            OnEvent = Events.Add,
        });
    }

    public SimulatedClock Clock { get; }

    public ForwardingPlane Plane { get; }

    public List<PuntedPacket> Punted { get; } = [];

    public List<ModuleNotice> Events { get; } = [];

    public static uint Ip(string address) => Ipv4Address.TryParse(address, out uint value)
        ? value
        : throw new ArgumentException(address);

    public static UInt128 Ip6(string address) => Ipv6Address.TryParse(address, out UInt128 value)
        ? value
        : throw new ArgumentException(address);

    /// <summary>Adds an interface with one IPv6 address and its connected and local routes.</summary>
    public void Interface6(uint index, string port, string address, uint mtu = 1500, string linkType = "ethernet")
    {
        string[] parts = address.Split('/');
        int length = int.Parse(parts[1]);
        var row = new InterfaceRow { Index = index, Name = $"if{index}", LinkType = linkType, Port = port, Mtu = mtu, Up = true, Inet6 = true };
        row.Addresses6.Add(new InterfacePrefix6 { Address = Bytes(Ip6(parts[0])), PrefixLength = (uint)length });
        Set("interface", $"{index}", row);
        Route6(Ip6(parts[0]) & Ipv6Address.Mask(length), length, RouteRow.Types.Kind.Forward, index);
        Route6(Ip6(parts[0]), 128, RouteRow.Types.Kind.Local, index);
    }

    public void Route6(UInt128 prefix, int length, RouteRow.Types.Kind kind, uint index, UInt128 gateway = default) =>
        Set("route", $"0/{Ipv6Address.Format(prefix)}/{length}", new RouteRow
        {
            Prefix6 = Bytes(prefix),
            PrefixLength = (uint)length,
            Kind = kind,
            Interface = index,
            Gateway6 = gateway == 0 ? ByteString.Empty : Bytes(gateway),
        });

    private static ByteString Bytes(UInt128 address)
    {
        byte[] bytes = new byte[16];
        Ipv6Address.Write(bytes, address);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>Adds an interface with one address and its connected, local and broadcast routes.</summary>
    public void Interface(
        uint index, string port, string address = "", uint mtu = 1500, string linkType = "ethernet", bool up = true, uint instance = 0)
    {
        var row = new InterfaceRow
        {
            Index = index, Name = $"if{index}", LinkType = linkType, Port = port, Mtu = mtu, Up = up, Instance = instance,
        };
        string[] parts = address.Split('/');
        if (address.Length > 0)
        {
            row.Addresses.Add(new InterfacePrefix { Address = Ip(parts[0]), PrefixLength = uint.Parse(parts[1]) });
        }

        Set("interface", $"{index}", row);
        if (address.Length > 0)
        {
            uint own = Ip(parts[0]);
            int length = int.Parse(parts[1]);
            uint mask = Ipv4Address.Mask(length);
            Route(own & mask, length, RouteRow.Types.Kind.Forward, index, instance: instance);
            Route(own, 32, RouteRow.Types.Kind.Local, index, instance: instance);
            if (length < 31)
            {
                Route(own | ~mask, 32, RouteRow.Types.Kind.Broadcast, index, instance: instance);
            }
        }
    }

    public void Route(string prefix, RouteRow.Types.Kind kind, uint index = 0, string gateway = "0.0.0.0")
    {
        string[] parts = prefix.Split('/');
        Route(Ip(parts[0]), int.Parse(parts[1]), kind, index, Ip(gateway));
    }

    public void Route(uint prefix, int length, RouteRow.Types.Kind kind, uint index, uint gateway = 0, uint instance = 0) =>
        Set("route", $"{instance}/{Ipv4Address.Format(prefix)}/{length}", new RouteRow
        {
            Instance = instance, Prefix = prefix, PrefixLength = (uint)length, Kind = kind, Interface = index, Gateway = gateway,
        });

    public void Set(string table, string key, IMessage row) => Assert.Null(Plane.SetRow(table, key, row.ToByteArray()));

    /// <summary>Puts a packet before a node of a worker, as if it had come by an interface.</summary>
    public void Feed(
        string node, ReadOnlySpan<byte> bytes, uint ingress = 0, ushort port = 0, Action<nint>? prepare = null, int worker = 0, bool run = true)
    {
        nint handle = Plane.Pools.Rent(bytes.Length);
        Assert.NotEqual(0, handle);
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = bytes.Length;
        bytes.CopyTo(packet.Data);
        packet.IngressInterface = ingress;
        packet.Port = port;
        prepare?.Invoke(handle);
        Plane.Workers[worker].Enqueue(Plane.Worker.NodeIndex(node), handle);
        if (run)
        {
            Plane.RunOnce();
        }
    }

    public ulong Drops(string key) =>
        DropCounter.Parser.ParseFrom(Assert.Single(Plane.Snapshot("drop", key)).Value).Packets;

    public InterfaceCounters Counters(uint index) =>
        InterfaceCounters.Parser.ParseFrom(Assert.Single(Plane.Snapshot("interface", $"{index}")).Value);

    public NodeCounters Node(string name) => NodeCounters.Parser.ParseFrom(Assert.Single(Plane.Snapshot("node", name)).Value);

    /// <summary>Every buffer is back, after the timers have emptied what waits for neighbours and fragments.</summary>
    public void AssertNothingLeaks(int small = 2048)
    {
        for (int i = 0; i < 60; i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            Plane.RunOnce();
        }

        Assert.Equal((small, 16), Plane.FreeBuffers);
    }

    public void Dispose()
    {
        Plane.Dispose();
        _arena.Dispose();
    }
}
