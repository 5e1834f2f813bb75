using System.Globalization;
using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Rows;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plane;

/// <summary>Answers snapshots of the kernel's own tables; field numbers are those of rows.proto.</summary>
internal static class KernelSnapshots
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Fields 1 to 10 of InterfaceCounters, 2 of DropCounter, 1 to 3 of NodeCounters.
    private const ulong InterfaceFields = 0b111_1111_1110;
    private const ulong DropFields = 1 << 2;
    private const ulong NodeFields = 0b1110;

    public static void Register(PlaneRegistry registry, IReadOnlyList<PlanePort> ports, Func<Graph> graph)
    {
        registry.AddSnapshot("neighbor", new Source((key, write) => NeighborRows(registry, key, write)));
        registry.AddSnapshot("neighbor6", new Source((key, write) => NeighborRows6(registry, key, write)));
        registry.AddSnapshot("interface", new Source((key, write) => Interfaces(registry.Tables, key, write), InterfaceFields));
        registry.AddSnapshot("drop", new Source((key, write) => Drops(registry, key, write), DropFields));
        registry.AddSnapshot("node", new Source((key, write) => Nodes(graph(), key, write), NodeFields));
        registry.AddSnapshot("port", new Source((key, write) => Ports(ports, key, write)));
    }

    private static void Interfaces(ForwardingTables tables, string key, Action<string, byte[]> write)
    {
        foreach (ForwardingInterface row in tables.Interfaces)
        {
            string name = row.Index.ToString(CultureInfo.InvariantCulture);
            if (key.Length > 0 && key != name)
            {
                continue;
            }

            write(name, new ProtobufWriter()
                .Number(1, row.InputPackets).Number(2, row.InputBytes)
                .Number(3, row.OutputPackets).Number(4, row.OutputBytes)
                .Number(5, row.InputDrops).Number(6, row.OutputDrops)
                .Number(7, row.LocalInputPackets).Number(8, row.LocalInputBytes)
                .Number(9, row.LocalOutputPackets).Number(10, row.LocalOutputBytes)
                .ToArray());
        }
    }

    private static void NeighborRows(PlaneRegistry registry, string key, Action<string, byte[]> write)
    {
        Span<byte> link = stackalloc byte[EthernetHeader.AddressBytes];
        foreach (Neighbor row in registry.Tables.Neighbors.All)
        {
            string name = $"{row.Interface}/{Ipv4Address.Format(row.Address)}";
            if (key.Length > 0 && key != name)
            {
                continue;
            }

            bool known = row.State != NeighborState.Incomplete;
            Unsafe.WriteUnaligned(ref link[0], row.LinkFirst);
            Unsafe.WriteUnaligned(ref link[4], row.LinkLast);
            long age = known ? (registry.Worker.NowNanoseconds - row.ConfirmedAt) / NanosecondsPerSecond : 0;
            write(name, new ProtobufWriter()
                .Number(1, row.Interface).Fixed32(2, row.Address).Bytes(3, known ? link : default)
                .Number(4, (ulong)row.State).Number(5, (ulong)age)
                .ToArray());
        }
    }

    private static void NeighborRows6(PlaneRegistry registry, string key, Action<string, byte[]> write)
    {
        Span<byte> link = stackalloc byte[EthernetHeader.AddressBytes];
        Span<byte> address = stackalloc byte[Ipv6Address.Length];
        foreach (Neighbor6 row in registry.Tables.Neighbors6.All)
        {
            string name = $"{row.Interface}/{Ipv6Address.Format(row.Address)}";
            if (key.Length > 0 && key != name)
            {
                continue;
            }

            bool known = row.State != NeighborState.Incomplete;
            row.WriteLink(link);
            Ipv6Address.Write(address, row.Address);
            long age = known ? (registry.Worker.NowNanoseconds - row.ConfirmedAt) / NanosecondsPerSecond : 0;
            write(name, new ProtobufWriter()
                .Number(1, row.Interface).Bytes(3, known ? link : default)
                .Number(4, (ulong)row.State).Number(5, (ulong)age).Bytes(6, address).Number(7, row.IsRouter ? 1ul : 0)
                .ToArray());
        }
    }

    private static void Drops(PlaneRegistry registry, string key, Action<string, byte[]> write)
    {
        foreach ((string group, DropCounters counters) in registry.Drops)
        {
            for (int reason = 0; reason < counters.Reasons.Count; reason++)
            {
                string name = $"{group}/{counters.Reasons[reason].Name}";
                if (key.Length == 0 || key == name)
                {
                    write(name, new ProtobufWriter()
                        .Text(1, counters.Reasons[reason].Description).Number(2, counters.Read(reason)).ToArray());
                }
            }
        }
    }

    private static void Nodes(Graph graph, string key, Action<string, byte[]> write)
    {
        for (int node = 0; node < graph.Nodes.Count; node++)
        {
            if (key.Length == 0 || key == graph.Nodes[node].Name)
            {
                write(graph.Nodes[node].Name, new ProtobufWriter()
                    .Number(1, graph.PacketsOf(node)).Number(2, graph.BatchesOf(node)).Number(3, (ulong)graph.NanosecondsOf(node))
                    .ToArray());
            }
        }
    }

    private static void Ports(IReadOnlyList<PlanePort> ports, string key, Action<string, byte[]> write)
    {
        foreach (PlanePort port in ports)
        {
            if (key.Length > 0 && key != port.Name)
            {
                continue;
            }

            PortCounters counters = port.Port.ReadCounters();
            ReadOnlyMemory<byte> address = port.Port.LinkAddress;
            write(port.Name, new ProtobufWriter()
                .Text(1, port.Driver).Bytes(2, address.Span).Number(3, (ulong)port.Port.Mtu).Number(4, port.Port.IsUp ? 1ul : 0)
                .Number(5, counters.ReceiveDrops).Number(6, counters.TransmitDrops)
                .ToArray());
        }
    }

    private sealed class Source(Action<string, Action<string, byte[]>> read, ulong summedFields = 0) : ISnapshotSource
    {
        public ulong SummedFields => summedFields;

        public void Read(string key, Action<string, byte[]> write) => read(key, write);
    }
}
