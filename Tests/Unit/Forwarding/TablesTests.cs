using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Rows;
using RouterOS.Forwarding.Tables;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

public sealed class TablesTests : IDisposable
{
    private readonly Chassis _chassis = new(new SimulatedClock(), [("p0", new SinkPort())]);

    [Fact]
    public void Rows_read_and_written_by_hand_agree_with_the_protobuf_runtime()
    {
        var counters = new InterfaceCounters { InputPackets = 1, InputBytes = ulong.MaxValue, LocalOutputBytes = 300 };
        Assert.Equal(
            counters.ToByteArray(),
            new ProtobufWriter().Number(1, 1).Number(2, ulong.MaxValue).Number(3, 0).Number(10, 300).ToArray());
        var neighbor = new RouterOS.Proto.Forwarding.V1.Neighbor { Interface = 9, Address = 0xC0000201, LinkAddress = ByteString.CopyFrom(1, 2) };
        Assert.Equal(
            neighbor.ToByteArray(), new ProtobufWriter().Number(1, 9).Fixed32(2, 0xC0000201).Bytes(3, [1, 2]).ToArray());
    }

    [Fact]
    public void An_interface_reads_back_as_its_row_says()
    {
        _chassis.Interface(3, "p0", "192.0.2.1/24", mtu: 1400);
        ForwardingInterface row = _chassis.Plane.Tables.InterfaceAt(3)!;
        Assert.Equal(("if3", "ethernet", 1400, 0u, true, 0), (row.Name, row.LinkType, row.Mtu, row.Instance, row.IsUp, row.Port));
        Assert.Equal(new InterfaceAddress(Chassis.Ip("192.0.2.1"), 24), Assert.Single(row.Addresses));
        Assert.True(_chassis.Plane.Tables.TryGetInterface("if3", out ForwardingInterface? named));
        Assert.Same(row, named);
        _chassis.Plane.RemoveRow("interface", "3");
        Assert.Null(_chassis.Plane.Tables.InterfaceAt(3));
        Assert.False(_chassis.Plane.Tables.TryGetInterface("if3", out _));
    }

    [Fact]
    public void A_row_replayed_keeps_counters_and_the_bound_protection()
    {
        _chassis.Interface(3, "p0", "192.0.2.1/24");
        _chassis.Plane.Tables.BindProtection(3, 99);
        ForwardingInterface before = _chassis.Plane.Tables.InterfaceAt(3)!;
        _chassis.Interface(3, "p0", "192.0.2.1/24");
        Assert.Same(before, _chassis.Plane.Tables.InterfaceAt(3));
        Assert.Equal(99u, _chassis.Plane.Tables.ProtectionOf(3));
        Assert.Equal(0u, _chassis.Plane.Tables.ProtectionOf(1_000_000));
    }

    [Fact]
    public void Look_ups_say_interface_next_hop_and_adjacency_and_routes_share_one()
    {
        _chassis.Interface(3, "p0", "192.0.2.1/24");
        _chassis.Route("10.0.0.0/8", Kind.Forward, 3, "192.0.2.7");
        _chassis.Route("11.0.0.0/8", Kind.Forward, 3, "192.0.2.7");
        ForwardingTables tables = _chassis.Plane.Tables;
        RouteLookup by = tables.FibLookup(0, Chassis.Ip("10.1.1.1"));
        Assert.Equal((RouteKind.Forward, (byte)8, 3u, Chassis.Ip("192.0.2.7")), (by.Kind, by.PrefixLength, by.Interface, by.NextHop));
        Assert.Equal(by.Adjacency, tables.FibLookup(0, Chassis.Ip("11.1.1.1")).Adjacency);
        Assert.Equal(Chassis.Ip("192.0.2.7"), tables.AdjacencyAt(by.Adjacency).Gateway);
        RouteLookup direct = tables.FibLookup(0, Chassis.Ip("192.0.2.50"));
        Assert.Equal(Chassis.Ip("192.0.2.50"), direct.NextHop);
        Assert.Equal(1500, tables.PathMtu(0, Chassis.Ip("10.1.1.1")));
        Assert.Equal(0, tables.PathMtu(0, Chassis.Ip("12.1.1.1")));
        Assert.Equal(RouteKind.None, tables.FibLookup(7, Chassis.Ip("10.1.1.1")).Kind);
        Assert.Equal(Chassis.Ip("192.0.2.1"), tables.SourceFor(0, Chassis.Ip("10.1.1.1")));
        _chassis.Plane.RemoveRow("route", "0/10.0.0.0/8");
        _chassis.Plane.RemoveRow("route", "0/11.0.0.0/8");
        Assert.Equal(RouteKind.None, tables.FibLookup(0, Chassis.Ip("10.1.1.1")).Kind);
        // Those of the connected network, the own address and the broadcast address are left.
        Assert.Equal(3, tables.Fibs.NextHops.Count);
    }

    [Fact]
    public void A_port_is_free_again_when_its_interface_has_left_it()
    {
        string? Put(uint index, string port) => _chassis.Plane.SetRow("interface", $"{index}", new InterfaceRow
        {
            Index = index, Name = $"if{index}", LinkType = "ethernet", Port = port, Mtu = 1500, Up = true,
        }.ToByteArray());

        Assert.Null(Put(50, "p9"));
        Assert.Contains("carries interface if50", Put(51, "p9")!, StringComparison.Ordinal);
        Assert.Null(Put(50, "p9"));
        Assert.Null(Put(50, ""));
        Assert.Null(Put(51, "p9"));
        _chassis.Plane.RemoveRow("interface", "51");
        Assert.Null(Put(50, "p9"));
    }

    [Fact]
    public void The_time_that_nodes_take_is_counted_where_it_is_measured()
    {
        _chassis.Feed("ip4-input", Build.Echo("10.0.0.1", "10.0.0.2"));
        Assert.True(_chassis.Node("ip4-input").Nanoseconds > 0);
    }

    [Fact]
    public void Instances_have_routes_of_their_own()
    {
        _chassis.Interface(3, "p0", "192.0.2.1/24", instance: 5);
        Assert.Equal(RouteKind.None, _chassis.Plane.Tables.FibLookup(0, Chassis.Ip("192.0.2.1")).Kind);
        Assert.Equal(RouteKind.Local, _chassis.Plane.Tables.FibLookup(5, Chassis.Ip("192.0.2.1")).Kind);
    }

    [Fact]
    public void Rows_that_cannot_be_are_refused_with_a_sentence()
    {
        _chassis.Interface(3, "p0", "192.0.2.1/24");
        Refused("interface", "4", new InterfaceRow { Index = 5, Name = "x", LinkType = "ethernet", Mtu = 1500 }, "key");
        Refused("interface", "4", new InterfaceRow { Index = 4, Name = "x", LinkType = "carrier-pigeon", Mtu = 1500 }, "carrier-pigeon");
        Refused("interface", "4", new InterfaceRow { Index = 4, Name = "x", LinkType = "ethernet", Mtu = 10 }, "MTU");
        Refused("interface", "4", new InterfaceRow { Index = 4, Name = "if3", LinkType = "ethernet", Mtu = 1500 }, "already");
        Refused("interface", "4", new InterfaceRow { Index = 4, Name = "x", LinkType = "ethernet", Mtu = 1500, Port = "p0" }, "p0");
        Refused("route", "0/10.0.0.0/8", new RouteRow { Prefix = 1, PrefixLength = 32, Kind = Kind.Discard }, "is for");
        Refused("route", "0/10.0.0.1/8", new RouteRow { Prefix = 0x0A000001, PrefixLength = 8, Kind = Kind.Discard }, "bits");
        Refused("route", "0/10.0.0.0/8", new RouteRow { Prefix = 0x0A000000, PrefixLength = 8, Kind = Kind.Forward, Interface = 9 }, "9");
        Refused("route", "0/10.0.0.0/8", new RouteRow { Prefix = 0x0A000000, PrefixLength = 8 }, "kind");
        Refused("nothing", "1", new RouteRow(), "nothing");
    }

    public void Dispose() => _chassis.Dispose();

    private void Refused(string table, string key, IMessage row, string because) =>
        Assert.Contains(because, _chassis.Plane.SetRow(table, key, row.ToByteArray()), StringComparison.Ordinal);
}
