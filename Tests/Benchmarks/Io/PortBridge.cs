using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Packet;
using RouterOS.Packets;

namespace RouterOS.Benchmarks.Io;

/// <summary>Passes frames between two packet: ports until killed: the ports alone, without a graph. Native/bridge.c is its twin.</summary>
internal static unsafe partial class PortBridge
{
    private const int Batch = 256;
    private const int PollMilliseconds = 100;
    private const short Readable = 1;

    public static int Run(string left, string right)
    {
        PacketPortDriver driver = new();
        using IPort a = driver.Open("left", left);
        using IPort b = driver.Open("right", right);
        using PacketPools pools = new();
        nint[] packets = new nint[Batch];
        Console.Out.WriteLine("ready");
        Wait* waits = stackalloc Wait[2];
        waits[0] = new Wait { Descriptor = a.PollDescriptor, Events = Readable };
        waits[1] = new Wait { Descriptor = b.PollDescriptor, Events = Readable };
        while (true)
        {
            if (Pass(a, b, packets, pools) + Pass(b, a, packets, pools) == 0)
            {
                _ = Poll(waits, 2, PollMilliseconds);
            }
        }
    }

    private static int Pass(IPort from, IPort to, nint[] packets, PacketPools pools)
    {
        int count = from.Receive(packets, pools);
        if (count > 0)
        {
            to.Transmit(packets.AsSpan(0, count));
            foreach (nint packet in packets.AsSpan(0, count))
            {
                pools.Return(packet);
            }
        }

        return count;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(Wait* waits, nuint count, int milliseconds);

    // struct pollfd.
    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct Wait
    {
        public int Descriptor;
        public short Events;
    }
}
