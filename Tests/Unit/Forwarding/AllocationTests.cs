using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>Ten thousand batches through every node allocate nothing.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Batches = 10_000;
    private const int PerBatch = 4;
    private const string Host = "192.0.2.9";

    private static readonly byte[] s_link = [2, 0, 0, 0, 1, 9];

    private readonly SimulatedClock _clock = new();
    private readonly Chassis _chassis;

    public AllocationTests()
    {
        _chassis = new Chassis(_clock, [("p0", new SinkPort()), ("p1", new SinkPort())], new TestPackage(registry =>
            registry.AddFeature(Arcs.PreRoute, KernelNodes.Ip4ReassembleTransit)));
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24", mtu: 576);
        _chassis.Route("10.9.0.0/16", Kind.Discard);
        Hear(0, Host, "192.0.2.1");
        Hear(1, "198.51.100.9", "198.51.100.1");
    }

    [Fact]
    public void Forwarding() => Run(
        [Frame(Build.Udp(Host, "198.51.100.9", 53))],
        KernelNodes.PortInput, KernelNodes.Ip4Input, KernelNodes.Ip4ReassembleTransit, KernelNodes.Ip4Lookup, KernelNodes.Ip4Rewrite,
        KernelNodes.EthernetOutput, KernelNodes.PortOutput);

    [Fact]
    public void Fragmenting() => Run([Frame(Build.Udp(Host, "198.51.100.9", 53, 1400))], KernelNodes.Ip4Fragment);

    [Fact]
    public void Answering_echoes() => Run(
        [Frame(Build.Echo(Host, "192.0.2.1"))],
        KernelNodes.Ip4Local, KernelNodes.Ip4Deliver, KernelNodes.IcmpInput, KernelNodes.Ip4LocalOut);

    [Fact]
    public void Reporting_errors() => Run([Frame(Build.Udp(Host, "198.51.100.9", 53, ttl: 1))], KernelNodes.IcmpError);

    [Fact]
    public void Answering_arp() => Run(
        [Build.Arp(ArpOperation.Request, s_link, Host, new byte[6], "192.0.2.1")], KernelNodes.ArpInput);

    [Fact]
    public void Reassembling()
    {
        byte[] whole = Build.Udp(Host, "198.51.100.9", 53, 400)[20..];
        Run(
            [
                Frame(Build.Fragment(Host, "198.51.100.9", whole, 200, whole.Length - 200, more: false)),
                Frame(Build.Fragment(Host, "198.51.100.9", whole, 0, 200, more: true)),
            ],
            KernelNodes.Ip4ReassembleTransit, KernelNodes.Continue);
    }

    [Fact]
    public void Waiting_for_neighbours_that_never_answer() =>
        Run([Frame(Build.Udp(Host, "198.51.100.77", 53))], KernelNodes.EthernetOutput);

    [Fact]
    public void Dropping() => Run([Frame(Build.Udp(Host, "10.9.0.1", 53))], KernelNodes.Ip4Lookup);

    [Fact]
    public void Refusing_what_is_too_much_for_the_control_plane()
    {
        byte[] message = new byte[16];
        IcmpHeader.Write(message, IcmpType.EchoReply, 0, 1);
        Run([Frame(Build.Ip(Host, "192.0.2.1", IpProtocol.Icmp, message))], KernelNodes.IcmpPunt);
    }

    public void Dispose() => _chassis.Dispose();

    private static byte[] Frame(byte[] packet) => Build.Frame(SinkPort.Address, s_link, packet);

    private void Hear(ushort port, string host, string router) => _chassis.Feed(
        KernelNodes.PortInput, Build.Arp(ArpOperation.Request, s_link, host, new byte[6], router), port: port);

    private void Run(byte[][] frames, params string[] nodes)
    {
        int input = _chassis.Plane.Worker.NodeIndex(KernelNodes.PortInput);
        // First the queues grow and the code is compiled in its last tier's shape; what counts comes after.
        Round(500);
        ulong[] before = [.. nodes.Select(node => _chassis.Node(node).Batches)];
        Assert.Equal(0, Allocation.Of(() => Round(Batches)));
        Assert.All(nodes.Zip(before), node => Assert.True(
            _chassis.Node(node.First).Batches - node.Second >= Batches,
            $"{node.First} has run {_chassis.Node(node.First).Batches - node.Second} batches only"));

        void Round(int batches)
        {
            for (int batch = 0; batch < batches; batch++)
            {
                for (int i = 0; i < PerBatch * frames.Length; i++)
                {
                    nint handle = _chassis.Plane.Pools.Rent(1514);
                    ref PacketBuffer packet = ref PacketBuffer.At(handle);
                    byte[] frame = frames[i % frames.Length];
                    packet.Length = frame.Length;
                    frame.CopyTo(packet.Data);
                    _chassis.Plane.Worker.Enqueue(input, handle);
                }

                _chassis.Plane.RunOnce();
            }
        }
    }
}
