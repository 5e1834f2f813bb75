using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Plane;
using RouterOS.Multicast.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using Rows = RouterOS.Proto.Multicast.V1;

namespace RouterOS.Benchmarks.Graph;

/// <summary>Packets to groups through the graph, to one interface and to several, beside unicast packets in the same plane.</summary>
internal static unsafe class MulticastBenchmark
{
    private const int Entries = 10_000;
    private const int Outgoing = 4;
    private const int Batch = 256;
    private const int Repetitions = 15;
    private const int Rounds = 512;
    private const uint Source = 0x0a010010;
    private const uint FirstGroup = 0xef000000;

    /// <summary>The table.</summary>
    public static int Run(TextWriter output)
    {
        Report report = new(output);
        report.Title(
            $"multicast: {Entries} (source, group) entries in memory",
            $"ns of CPU time per packet of 64 bytes received, and per copy sent, median of {Repetitions} interleaved repetitions.",
            "Unicast: the same plane with one route, in the plain pass and node by node.");
        report.Header("packets", "copies", "ns a packet", "ns a copy", "unicast nodes / copy", "bytes allocated a packet");
        using Plane plain = new(passesPlain: true);
        using Plane nodes = new(passesPlain: false);
        byte* unicast = Frames(multicast: false);
        byte* multicast = Frames(multicast: true);
        (string Name, Plane In, nint Frames, int Copies)[] cases =
        [
            ("unicast, plain pass", plain, (nint)unicast, 1), ("unicast, nodes", nodes, (nint)unicast, 1),
            ("multicast", plain, (nint)multicast, 1), ("multicast", plain, (nint)multicast, Outgoing),
        ];
        Median[] medians = [.. cases.Select(_ => new Median())];
        long[] allocated = new long[cases.Length];
        for (int i = -1; i < Repetitions; i++)
        {
            for (int at = 0; at < cases.Length; at++)
            {
                (string name, Plane plane, nint frames, int copies) = cases[at];
                if (name == "multicast")
                {
                    plane.Program(copies);
                }

                plane.In.Load((byte*)frames, Entries);
                plane.Run(64);
                long before = GC.GetAllocatedBytesForCurrentThread();
                long sent = plane.Sent;
                long time = plane.Run(Rounds);
                if (plane.Sent - sent != (long)Rounds * Batch * copies)
                {
                    throw new InvalidOperationException($"{name}: {plane.Sent - sent} packets left, not {(long)Rounds * Batch * copies}.");
                }

                if (i >= 0)
                {
                    medians[at].Add(time, Rounds * Batch);
                    allocated[at] += GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }
        }

        for (int at = 0; at < cases.Length; at++)
        {
            int copies = cases[at].Copies;
            double copy = medians[at].Value / copies;
            double ratio = medians[1].Value / copy;
            report.Row(cases[at].Name, copies, medians[at].Value, copy, ratio, (double)allocated[at] / ((long)Repetitions * Rounds * Batch));
            if (cases[at].Name == "multicast")
            {
                report.Ratio($"multicast/{copies}/unicast-nodes", ratio);
            }
        }

        report.End();
        NativeMemory.AlignedFree(unicast);
        NativeMemory.AlignedFree(multicast);
        return 0;
    }

    private static byte* Frames(bool multicast)
    {
        // Safe: freed at the end of the run; each frame is written within its 64 bytes.
        byte* start = (byte*)NativeMemory.AlignedAlloc(Entries * Graph.Frames.Bytes, 64);
        for (int i = 0; i < Entries; i++)
        {
            Span<byte> frame = new(start + (i * Graph.Frames.Bytes), Graph.Frames.Bytes);
            frame.Clear();
            uint destination = multicast ? FirstGroup + (uint)i : 0x0a020000 | (uint)i;
            if (multicast)
            {
                BinaryPrimitives.WriteUInt32BigEndian(frame, 0x01005e00);
                BinaryPrimitives.WriteUInt32BigEndian(frame[2..], 0x5e000000 | (destination & 0x7fffff));
            }
            else
            {
                NullPort.Address.CopyTo(frame);
            }

            frame[6] = 2;
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
            Ipv4Header.Write(frame[14..], Graph.Frames.Bytes - 14, IpProtocol.Udp, Source, destination);
            BinaryPrimitives.WriteUInt16BigEndian(frame[38..], Graph.Frames.Bytes - 34);
        }

        return start;
    }

    private sealed class Plane : IDisposable
    {
        private readonly MemoryRuntimeArena _arena = new();
        private readonly NullPort[] _out = [.. Enumerable.Range(0, Outgoing).Select(_ => new NullPort())];
        private readonly ForwardingPlane _plane;

        public Plane(bool passesPlain)
        {
            _plane = new ForwardingPlane(new ForwardingPlaneOptions
            {
                Time = TimeProvider.System,
                Ports = [new PlanePort("p0", "null:", In), .. _out.Select((p, i) => new PlanePort($"p{i + 1}", "null:", p))],
                Packages = [new MulticastNodePackage()],
                PassesPlain = passesPlain,
                Arena = _arena,
                CryptoFor = (suite, _) => throw new NotSupportedException($"{suite}"),
            });
            for (uint i = 0; i <= Outgoing; i++)
            {
                uint address = 0x0a010001 + (i << 24);
                Set("interface", $"{i + 1}", new InterfaceRow
                {
                    Index = i + 1, Name = $"if{i + 1}", LinkType = "ethernet", Port = $"p{i}", Mtu = 1500, Up = true,
                    Addresses = { new InterfacePrefix { Address = address, PrefixLength = 24 } },
                });
                Set("route", $"0/{Ipv4Address.Format(address & 0xffffff00)}/24", new RouteRow
                {
                    Prefix = address & 0xffffff00, PrefixLength = 24, Kind = RouteRow.Types.Kind.Forward, Interface = i + 1,
                });
                Set("multicast-interface", $"{i + 1}", new Rows.InterfaceRow { Interface = i + 1 });
            }

            Set("route", "0/10.2.0.0/16", new RouteRow
            {
                Prefix = 0x0a020000, PrefixLength = 16, Kind = RouteRow.Types.Kind.Forward, Interface = 2, Gateway = 0x0b010002,
            });
        }

        public NullPort In { get; } = new();

        public long Sent => _out.Sum(p => p.Sent);

        public void Program(int copies)
        {
            for (uint i = 0; i < Entries; i++)
            {
                Rows.RouteRow row = new() { Source = Source, Group = FirstGroup + i, Incoming = 1 };
                row.Outgoing.Add(Enumerable.Range(2, copies).Select(o => (uint)o));
                Set("multicast-route", $"0/{Ipv4Address.Format(Source)}/{Ipv4Address.Format(FirstGroup + i)}", row);
            }
        }

        public long Run(int rounds)
        {
            long start = CpuClock.Now;
            for (int i = 0; i < rounds; i++)
            {
                In.Allowance = Batch;
                _plane.RunOnce();
            }

            return CpuClock.Now - start;
        }

        public void Dispose()
        {
            _plane.Dispose();
            _arena.Dispose();
        }

        private void Set(string table, string key, IMessage row)
        {
            if (_plane.SetRow(table, key, row.ToByteArray()) is { } problem)
            {
                throw new InvalidOperationException(problem);
            }
        }
    }
}
