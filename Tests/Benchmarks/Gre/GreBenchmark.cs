using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using RouterOS.Benchmarks.Graph;
using RouterOS.Gre.Nodes;
using RouterOS.Gre.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Gre.V1;

namespace RouterOS.Benchmarks.Gre;

/// <summary>Packets into GRE tunnels and out of them, beside the same packets from port to port, in one plane and one run.</summary>
internal static unsafe class GreBenchmark
{
    private const int Repetitions = 200;
    private const int PacketsPerRepetition = 1 << 15;
    private const int Batch = 256;
    private const int FrameCount = 4096;
    private const uint FirstTunnel = 100;
    private const uint Own = 0xC0000201;

    // 10.N.N.0/24 is behind tunnel N, 172.16.0.0/12 behind the port.
    private const uint Behind = 0x0A000000;
    private const uint Far = 0xCB007100;
    private const uint Beyond = 0xAC100000;

    /// <summary>One tunnel, then 4,000.</summary>
    public static int Run(TextWriter output)
    {
        Report report = new(output);
        report.Title(
            "gre: tunnels in memory",
            $"ns of CPU time per packet of 64 bytes on the wire it comes by, what a twentieth of {Repetitions} short interleaved repetitions stay below, batches of {Batch}.",
            "Plain: from port to port, in the plain pass and by the nodes. In: from a port into a tunnel. Out: out of a tunnel, to a port.");
        report.Header("tunnels", "checksum", "plain", "nodes", "in", "out", "plain / in", "plain / out", "nodes / in", "nodes / out", "bytes allocated a packet", "bytes a tunnel");
        foreach (int tunnels in (int[])[1, 4000])
        {
            foreach (bool checksum in (bool[])[false, true])
            {
                Measure(report, tunnels, checksum);
            }
        }

        report.End();
        return 0;
    }

    private static void Measure(Report report, int tunnels, bool checksum)
    {
        using BenchPlane plane = new(new GreNodePackage());
        using BenchPlane nodes = new(null, false, new GreNodePackage());
        foreach (BenchPlane each in (BenchPlane[])[plane, nodes])
        {
            each.Set("route", BenchPlane.Key(Beyond, 12), BenchPlane.Route(Beyond, 12, 1));
        }

        long before = Environment.WorkingSet;
        for (int i = 0; i < tunnels; i++)
        {
            Add(plane, i, checksum);
        }

        plane.Plane.RunOnce();
        long bytes = (Environment.WorkingSet - before) / tunnels;
        byte* plain = Make((_, frame) => Plain(frame, Beyond | 9));
        byte* into = Make((i, frame) => Plain(frame, Behind | ((uint)(i % tunnels) << 8) | 9));
        byte* outOf = Make((i, frame) => Tunnelled(frame, i % tunnels, checksum));
        Median plainTime = new(), nodeTime = new(), inTime = new(), outTime = new();
        long allocated = 0;
        for (int i = -1; i < Repetitions; i++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            Time(plane, plain, plainTime, i < 0);
            Time(nodes, plain, nodeTime, i < 0);
            Time(plane, into, inTime, i < 0);
            Time(plane, outOf, outTime, i < 0);
            allocated += i < 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - start;
        }

        double perPacket = (double)allocated / (4L * Repetitions * PacketsPerRepetition);
        report.Row(
            tunnels, checksum ? "yes" : "no", plainTime.Low, nodeTime.Low, inTime.Low, outTime.Low, plainTime.Low / inTime.Low,
            plainTime.Low / outTime.Low, nodeTime.Low / inTime.Low, nodeTime.Low / outTime.Low, perPacket, bytes);
        report.Ratio(string.Create(CultureInfo.InvariantCulture, $"gre/{tunnels}/{(checksum ? "checksum" : "none")}/in"), plainTime.Low / inTime.Low);
        report.Ratio(string.Create(CultureInfo.InvariantCulture, $"gre/{tunnels}/{(checksum ? "checksum" : "none")}/out"), plainTime.Low / outTime.Low);
        NativeMemory.Free(plain);
        NativeMemory.Free(into);
        NativeMemory.Free(outOf);
    }

    private static void Time(BenchPlane plane, byte* frames, Median time, bool warm)
    {
        plane.In.Load(frames, FrameCount);
        plane.Warm(warm ? PacketsPerRepetition : FrameCount);
        long nanoseconds = plane.Run(PacketsPerRepetition / Batch, Batch);
        if (!warm)
        {
            time.Add(nanoseconds, PacketsPerRepetition);
        }
    }

    private static void Add(BenchPlane plane, int number, bool checksum)
    {
        uint index = FirstTunnel + (uint)number;
        plane.Set("interface", $"{index}", new InterfaceRow { Index = index, Name = $"t{number}", LinkType = "gre", Mtu = 1476, Up = true });
        plane.Set("gre-tunnel", $"{index}", new TunnelRow
        {
            Interface = index, LocalAddress = Own, RemoteAddress = Remote(number), Checksum = checksum,
        });
        plane.Set("route", BenchPlane.Key(Remote(number), 32), BenchPlane.Route(Remote(number), 32, 2));
        uint prefix = Behind | ((uint)number << 8);
        plane.Set("route", BenchPlane.Key(prefix, 24), new RouteRow
        {
            Prefix = prefix, PrefixLength = 24, Kind = RouteRow.Types.Kind.Forward, Interface = index,
        });
    }

    private static uint Remote(int number) => Far + 1 + (uint)number;

    private static byte* Make(FrameMaker fill)
    {
        byte* frames = (byte*)NativeMemory.Alloc(FrameCount, Frames.Bytes);
        for (int i = 0; i < FrameCount; i++)
        {
            Span<byte> frame = new(frames + (i * Frames.Bytes), Frames.Bytes);
            frame.Clear();
            NullPort.Address.CopyTo(frame);
            (frame[6], frame[11], frame[12]) = (2, 0x77, 8);
            fill(i, frame);
        }

        return frames;
    }

    private static void Plain(Span<byte> frame, uint destination) =>
        Ipv4Header.Write(frame[14..], Frames.Bytes - 14, IpProtocol.Udp, 0xC0000209, destination);

    private static void Tunnelled(Span<byte> frame, int tunnel, bool checksum)
    {
        Ipv4Header.Write(frame[14..], Frames.Bytes - 14, IpProtocol.Gre, Remote(tunnel), Own);
        Span<byte> gre = frame[34..];
        Span<byte> inner = gre[GreHeader.Write(gre, checksum ? GreHeader.ChecksumFlag : (ushort)0, GreProtocol.Ipv4, 0)..];
        Ipv4Header.Write(inner, inner.Length, IpProtocol.Udp, Behind | ((uint)tunnel << 8) | 9, Beyond | 9);
        if (checksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(gre[GreHeader.ChecksumOffset..], InternetChecksum.Compute(gre));
        }
    }

    private delegate void FrameMaker(int number, Span<byte> frame);
}
