using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RouterOS.Abstractions.Ports;
using RouterOS.Interop.Probe;
using RouterOS.Packets;

// Uses the ports of Hal/Linux as a router would, for `Tests/Interop/ports/run`:
//   open PORT             opens and closes; prints the sentence when that fails
//   bridge PORT PORT      passes frames between two ports until killed
//   echo PORT             answers IPv4 ICMP echo requests on a port without a link layer until killed
//   tag PORT              sends frames with a VLAN tag
//   tags PORT             prints the tags of frames that come, until killed
//   links PORT            prints "up" and "down" as the port changes, until killed
//   receive PORT-NUMBER   takes one TCP connection; prints bytes and SHA-256 of what came
//   send HOST PORT-NUMBER BYTES   sends random bytes over TCP; prints their SHA-256
return args switch
{
    ["open", var port] => Opening.Try(port),
    ["bridge", var left, var right] => Loop.Bridge(Opening.Open(left), Opening.Open(right)),
    ["echo", var port] => Loop.Echo(Opening.Open(port)),
    ["tag", var port] => Loop.Tag(Opening.Open(port)),
    ["tags", var port] => Loop.Tags(Opening.Open(port)),
    ["links", var port] => Loop.Links(Opening.Open(port)),
    ["receive", var number] => Transfer.Receive(int.Parse(number, CultureInfo.InvariantCulture)),
    ["send", var host, var number, var bytes] => Transfer.Send(
        host, int.Parse(number, CultureInfo.InvariantCulture), int.Parse(bytes, CultureInfo.InvariantCulture)),
    _ => throw new ArgumentException("see the head of Program.cs"),
};

namespace RouterOS.Interop.Probe
{
    internal static class Opening
    {
        private static readonly IPortDriver[] s_drivers = [new Linux.Packet.PacketPortDriver(), new Linux.Tun.TunPortDriver()];

        public static IPort Open(string wire)
        {
            string[] parts = wire.Split(':', 2);
            return s_drivers.Single(d => d.Name == parts[0]).Open("ge-0/0/0", parts[1]);
        }

        public static int Try(string wire)
        {
            try
            {
                using IPort port = Open(wire);
                Console.WriteLine($"opened {port.Link}, MTU {port.Mtu}, address {Convert.ToHexString(port.LinkAddress.Span)}");
                return 0;
            }
            catch (PortException error)
            {
                Console.WriteLine(error.Message);
                return 1;
            }
        }
    }

    internal static partial class Loop
    {
        public static int Bridge(IPort left, IPort right) => Run([left, right], (packet, from) => 1 - from);

        public static int Echo(IPort port) => Run([port], (packet, from) =>
        {
            Span<byte> data = PacketBuffer.At(packet).Data;
            if (!Ipv4Header.TryParse(data, out Ipv4Header header, out _) || header.Protocol != IpProtocol.Icmp || data[20] != 8)
            {
                return -1;
            }

            byte[] source = data[12..16].ToArray();
            data[16..20].CopyTo(data[12..16]);
            source.CopyTo(data[16..20]);
            ushort before = (ushort)(data[20] << 8);
            data[20] = 0;
            ushort checksum = InternetChecksum.Update((ushort)((data[22] << 8) | data[23]), before, 0);
            (data[22], data[23]) = ((byte)(checksum >> 8), (byte)checksum);
            return 0;
        });

        public static int Links(IPort port)
        {
            using PacketPools pools = new(64, 1);
            nint[] none = new nint[64];
            bool? last = null;
            while (true)
            {
                bool isUp = port.IsUp;
                if (isUp != last)
                {
                    Console.WriteLine(isUp ? "up" : "down");
                    last = isUp;
                }

                int count = port.Receive(none, pools);
                none.AsSpan(0, count).ToArray().ToList().ForEach(pools.Return);
                Wait([port], 20);
            }
        }

        public static int Tag(IPort port)
        {
            using PacketPools pools = new(16, 1);
            nint packet = pools.Rent(64);
            ref PacketBuffer buffer = ref PacketBuffer.At(packet);
            buffer.Length = 64;
            buffer.Data.Fill(0xff);
            port.LinkAddress.Span.CopyTo(buffer.Data[6..]);
            // Priority 3, VLAN 5, and an EtherType for experiments.
            ((ReadOnlySpan<byte>)[0x81, 0x00, 0x60, 0x05, 0x88, 0xb5]).CopyTo(buffer.Data[12..]);
            return port.Transmit([packet]) == 1 ? 0 : 1;
        }

        public static int Tags(IPort port)
        {
            using PacketPools pools = new(64, 1);
            nint[] batch = new nint[64];
            Console.WriteLine("ready");
            while (true)
            {
                foreach (nint packet in batch.AsSpan(0, port.Receive(batch, pools)))
                {
                    Span<byte> data = PacketBuffer.At(packet).Data;
                    if (data[12] == 0x81)
                    {
                        Console.WriteLine($"{data.Length} {Convert.ToHexString(data[12..18])}");
                    }

                    pools.Return(packet);
                }

                Wait([port], 100);
            }
        }

        private static int Run(IPort[] ports, Func<nint, int, int> route)
        {
            using PacketPools pools = new(4096, 64);
            nint[] batch = new nint[256];
            nint[][] leaving = [.. ports.Select(_ => new nint[256])];
            Console.WriteLine("ready");
            while (true)
            {
                int received = 0;
                for (int from = 0; from < ports.Length; from++)
                {
                    int count = ports[from].Receive(batch, pools);
                    received += count;
                    int[] counts = new int[ports.Length];
                    foreach (nint packet in batch.AsSpan(0, count))
                    {
                        int to = route(packet, from);
                        if (to >= 0)
                        {
                            leaving[to][counts[to]++] = packet;
                        }
                    }

                    for (int to = 0; to < ports.Length; to++)
                    {
                        int sent = 0;
                        for (int tries = 0; sent < counts[to] && tries < 1000; tries++)
                        {
                            sent += ports[to].Transmit(leaving[to].AsSpan(sent, counts[to] - sent));
                        }
                    }

                    batch.AsSpan(0, count).ToArray().ToList().ForEach(pools.Return);
                }

                if (received == 0)
                {
                    Wait(ports, 100);
                    _ = ports.Count(p => p.IsUp);
                }
            }
        }

        private static unsafe void Wait(IPort[] ports, int milliseconds)
        {
            ulong* entries = stackalloc ulong[ports.Length];
            for (int i = 0; i < ports.Length; i++)
            {
                // struct pollfd: descriptor, then POLLIN.
                entries[i] = (uint)ports[i].PollDescriptor | (1UL << 32);
            }

            _ = Poll(entries, (nuint)ports.Length, milliseconds);
        }

        [LibraryImport("libc", EntryPoint = "poll")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static unsafe partial int Poll(ulong* entries, nuint count, int milliseconds);
    }

    internal static class Transfer
    {
        public static int Receive(int port)
        {
            using TcpListener listener = new(IPAddress.Any, port);
            listener.Start();
            Console.WriteLine("ready");
            using TcpClient client = listener.AcceptTcpClient();
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[65536];
            long bytes = 0;
            for (int read; (read = client.GetStream().Read(buffer)) > 0; bytes += read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }

            Console.WriteLine($"{bytes} {Convert.ToHexString(hash.GetHashAndReset())}");
            return 0;
        }

        public static int Send(string host, int port, int bytes)
        {
            byte[] data = RandomNumberGenerator.GetBytes(bytes);
            using TcpClient client = new(host, port);
            client.GetStream().Write(data);
            Console.WriteLine($"{bytes} {Convert.ToHexString(SHA256.HashData(data))}");
            return 0;
        }
    }
}
