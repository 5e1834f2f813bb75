using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

public sealed class ArpTests : IDisposable
{
    private const string Router = "192.0.2.1";
    private const string Host = "192.0.2.9";

    private static readonly byte[] s_host = [2, 0, 0, 0, 1, 9];
    private static readonly byte[] s_other = [2, 0, 0, 0, 1, 8];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _port = new() { Keep = true };
    private readonly Chassis _chassis;

    public ArpTests()
    {
        _chassis = new Chassis(_clock, [("p0", _port)]);
        _chassis.Interface(1, "p0", Router + "/24");
        _chassis.Plane.RunOnce();
    }

    [Fact]
    public void A_new_address_is_announced_once()
    {
        ReadArp(Assert.Single(_port.Frames), ArpOperation.Request, Router, Router);
        _chassis.Interface(1, "p0", Router + "/24");
        _chassis.Plane.RunOnce();
        Assert.Single(_port.Frames);
    }

    [Fact]
    public void A_request_for_an_own_address_is_answered_and_teaches_the_asker()
    {
        _port.Frames.Clear();
        Hear(Build.Arp(ArpOperation.Request, s_host, Host, new byte[6], Router));
        ReadArp(Assert.Single(_port.Frames), ArpOperation.Reply, Router, Host);
        Neighbor neighbor = Neighbor.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("neighbor", "")).Value);
        Assert.Equal(s_host, neighbor.LinkAddress.ToByteArray());
        Assert.Equal(RouterOS.Proto.Forwarding.V1.Neighbor.Types.State.Reachable, neighbor.State);
    }

    [Fact]
    public void Other_stations_talk_is_not_learnt_but_updates_who_is_known()
    {
        Hear(Build.Arp(ArpOperation.Request, s_host, Host, new byte[6], "192.0.2.50"));
        Assert.Empty(_chassis.Plane.Snapshot("neighbor", ""));
        Hear(Build.Arp(ArpOperation.Request, s_host, Host, new byte[6], Router));
        Hear(Build.Arp(ArpOperation.Request, s_other, Host, new byte[6], Host));
        Assert.Equal(s_other, Neighbor.Parser.ParseFrom(_chassis.Plane.Snapshot("neighbor", "")[0].Value).LinkAddress.ToByteArray());
    }

    [Fact]
    public void Packets_wait_for_the_answer_in_order_and_only_a_few()
    {
        _port.Frames.Clear();
        for (byte i = 0; i < 20; i++)
        {
            Send(Host, i);
        }

        ReadArp(Assert.Single(_port.Frames), ArpOperation.Request, Router, Host);
        Assert.Equal(4ul, _chassis.Drops("arp/queue-full"));
        Hear(Build.Arp(ArpOperation.Reply, s_host, Host, SinkPort.Address, Router));
        Assert.Equal(Enumerable.Range(0, 16), _port.Frames.Skip(1).Select(frame => (int)frame[^1]));
        Assert.All(_port.Frames.Skip(1), frame => Assert.Equal(s_host, frame[..6]));
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_is_asked_three_times_then_given_up()
    {
        _port.Frames.Clear();
        Send(Host, 1);
        for (int i = 0; i < 10; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            _chassis.Plane.RunOnce();
        }

        Assert.Equal(3, _port.Frames.Count);
        Assert.Equal(1ul, _chassis.Drops("arp/no-answer"));
        Assert.Empty(_chassis.Plane.Snapshot("neighbor", ""));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_scan_of_dead_addresses_holds_bounded_memory()
    {
        for (int i = 1; i < 600; i++)
        {
            Send($"192.0.2.{(i % 250) + 2}", 0);
        }

        _chassis.Interface(1, "p0", "10.0.0.1/8");
        for (int i = 0; i < 2000; i++)
        {
            Send($"10.1.{i >> 8}.{i & 255}", 0);
        }

        Assert.True(_chassis.Drops("arp/too-many-neighbors") > 1000);
        for (int i = 0; i < 5000; i++)
        {
            Send($"10.1.0.{i % 250}", 0);
        }

        // Of 2048 buffers never more than an eighth waits.
        Assert.InRange(_chassis.Plane.Pools.SmallFree, 2048 - 256, 2048);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void An_old_neighbour_is_asked_alone_while_it_is_still_used()
    {
        Hear(Build.Arp(ArpOperation.Request, s_host, Host, new byte[6], Router));
        _clock.Advance(TimeSpan.FromSeconds(1201));
        _port.Frames.Clear();
        _chassis.Plane.RunOnce();
        byte[] request = Assert.Single(_port.Frames);
        Assert.Equal(s_host, request[..6]);
        Send(Host, 7);
        Assert.Equal(s_host, _port.Frames[1][..6]);
        Hear(Build.Arp(ArpOperation.Reply, s_host, Host, SinkPort.Address, Router));
        Assert.Equal(
            RouterOS.Proto.Forwarding.V1.Neighbor.Types.State.Reachable,
            Neighbor.Parser.ParseFrom(_chassis.Plane.Snapshot("neighbor", "")[0].Value).State);
    }

    [Fact]
    public void A_configured_neighbour_is_never_asked_and_nobody_takes_its_place()
    {
        InterfaceRow row = Row();
        row.Neighbors.Add(new InterfaceNeighbor { Address = Chassis.Ip(Host), LinkAddress = Google.Protobuf.ByteString.CopyFrom(s_host) });
        _chassis.Set("interface", "1", row);
        _port.Frames.Clear();
        Send(Host, 1);
        Hear(Build.Arp(ArpOperation.Request, s_other, Host, new byte[6], Router));
        _port.Frames.Clear();
        _clock.Advance(TimeSpan.FromSeconds(5000));
        _chassis.Plane.RunOnce();
        Send(Host, 2);
        Assert.Equal(s_host, Assert.Single(_port.Frames)[..6]);
        Assert.Equal(RouterOS.Proto.Forwarding.V1.Neighbor.Types.State.Static, Neighbor.Parser.ParseFrom(_chassis.Plane.Snapshot("neighbor", "")[0].Value).State);
        _chassis.Set("interface", "1", Row());
        Assert.Empty(_chassis.Plane.Snapshot("neighbor", ""));
        row.Neighbors[0].LinkAddress = Google.Protobuf.ByteString.CopyFrom(1, 2);
        Assert.NotNull(_chassis.Plane.SetRow("interface", "1", Google.Protobuf.MessageExtensions.ToByteArray(row)));
    }

    [Fact]
    public void An_answer_holds_as_long_as_is_configured()
    {
        InterfaceRow row = Row();
        row.ArpSeconds = 60;
        _chassis.Set("interface", "1", row);
        Hear(Build.Arp(ArpOperation.Request, s_host, Host, new byte[6], Router));
        _port.Frames.Clear();
        _clock.Advance(TimeSpan.FromSeconds(59));
        _chassis.Plane.RunOnce();
        Assert.Empty(_port.Frames);
        _clock.Advance(TimeSpan.FromSeconds(2));
        _chassis.Plane.RunOnce();
        Assert.Equal(s_host, Assert.Single(_port.Frames)[..6]);
    }

    private static InterfaceRow Row() => new()
    {
        Index = 1, Name = "if1", LinkType = "ethernet", Port = "p0", Mtu = 1500, Up = true,
        Addresses = { new InterfacePrefix { Address = Chassis.Ip(Router), PrefixLength = 24 } },
    };

    [Fact]
    public void Somebody_with_an_own_address_is_an_event_not_a_neighbour()
    {
        Hear(Build.Arp(ArpOperation.Request, s_host, Router, new byte[6], Router));
        Assert.Empty(_chassis.Plane.Snapshot("neighbor", ""));
        Assert.Contains(_chassis.Events, notice => notice is { Table: "interface", Name: "address-conflict" });
    }

    [Fact]
    public void Neighbours_and_waiting_packets_go_when_the_interface_goes_down()
    {
        Send(Host, 1);
        Send("192.0.2.10", 1);
        _port.IsUp = false;
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        _chassis.Plane.RunOnce();
        Assert.Empty(_chassis.Plane.Snapshot("neighbor", ""));
        Assert.Equal(2048, _chassis.Plane.Pools.SmallFree);
        Assert.Contains(_chassis.Events, notice => notice is { Table: "port", Key: "p0", Name: "down" });
    }

    public void Dispose() => _chassis.Dispose();

    private void Hear(byte[] frame) => _chassis.Feed(KernelNodes.PortInput, frame);

    private void Send(string to, byte mark)
    {
        _chassis.Plane.Inject(new() { Destination = Chassis.Ip(to), Protocol = 200, Payload = new[] { mark } });
        _chassis.Plane.RunOnce();
    }

    private static void ReadArp(byte[] frame, ArpOperation operation, string sender, string target)
    {
        Assert.True(ArpPacket.TryParse(frame.AsSpan(14), out ArpPacket arp, out _));
        Assert.Equal((operation, Chassis.Ip(sender), Chassis.Ip(target)), (arp.Operation, arp.Sender, arp.Target));
        Assert.Equal(SinkPort.Address, arp.SenderLinkAddress.ToArray());
    }
}
