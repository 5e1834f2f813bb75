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
//   queues PORT PORT      the same with two queues each, whose frames are spread by flow; says when each queue has had frames
//   echo PORT             answers IPv4 ICMP echo requests on a port without a link layer until killed
//   reflect PORT          sends IPv4 packets of a port without a link layer back to their sender until killed
//   tag PORT              sends frames with a VLAN tag
//   tags PORT             prints the tags of frames that come, until killed
//   links PORT            prints "up" and "down" as the port changes, until killed
//   receive PORT-NUMBER   takes one TCP connection; prints bytes and SHA-256 of what came
//   datagrams HOST PORT-NUMBER COUNT SIZE SEGMENT   sends datagrams that a reflector sends back, joined SEGMENT at a time (UDP_SEGMENT);
//                         prints how many came back as they were
//   send HOST PORT-NUMBER BYTES   sends random bytes over TCP; prints their SHA-256
return args switch
{
    ["open", var port] => Opening.Try(port),
    ["bridge", var left, var right] => Loop.Bridge(Opening.Open(left), Opening.Open(right)),
    ["queues", var left, var right] => Loop.Queues(Opening.Open(left, 2), Opening.Open(right, 2)),
    ["echo", var port] => Loop.Echo(Opening.Open(port)),
    ["reflect", var port] => Loop.Reflect(Opening.Open(port)),
    ["datagrams", var host, var number, var count, var size, var segment] => Echoes.Datagrams(
        new IPEndPoint(IPAddress.Parse(host), int.Parse(number, CultureInfo.InvariantCulture)),
        int.Parse(count, CultureInfo.InvariantCulture),
        int.Parse(size, CultureInfo.InvariantCulture),
        int.Parse(segment, CultureInfo.InvariantCulture)),
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
        private static readonly IPortDriver[] s_drivers = [
            new Linux.Packet.PacketPortDriver(), new Linux.Tun.TunPortDriver(), new Linux.Host.HostPortDriver(),
            new Linux.Wire.UdpWirePortDriver(), new Simulation.Pcap.PcapPortDriver(),
        ];

        public static IPort Open(string wire, int queues = 1)
        {
            string[] parts = wire.Split(':', 2);
            return s_drivers.Single(d => d.Name == parts[0]).Open("ge-0/0/0", parts[1], queues);
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

        public static int Queues(IPort left, IPort right)
        {
            IPort[] ports = [left, right];
            using PacketPools pools = new(4096, 64);
            nint[] batch = new nint[64];
            bool[] busy = new bool[4];
            Console.WriteLine(left.Queues + right.Queues);
            while (true)
            {
                int received = 0;
                for (int i = 0; i < 4; i++)
                {
                    int count = ports[i / 2].Receive(i % 2, batch, pools);
                    received += count;
                    _ = ports[1 - (i / 2)].Transmit(i % 2, batch.AsSpan(0, count));
                    foreach (nint packet in batch.AsSpan(0, count))
                    {
                        pools.Return(packet);
                    }

                    if (count > 0 && !busy[i])
                    {
                        busy[i] = true;
                        Console.WriteLine(busy.Count(queue => queue));
                    }
                }

                if (received == 0)
                {
                    Thread.Yield();
                }
            }
        }

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

        public static int Reflect(IPort port) => Run([port], (packet, from) =>
        {
            Span<byte> data = PacketBuffer.At(packet).Data;
            if (!Ipv4Header.TryParse(data, out Ipv4Header header, out _))
            {
                return -1;
            }

            byte[] source = data[12..16].ToArray();
            data[16..20].CopyTo(data[12..16]);
            source.CopyTo(data[16..20]);
            if (header.Protocol == IpProtocol.Udp)
            {
                byte[] number = data[20..22].ToArray();
                data[22..24].CopyTo(data[20..22]);
                number.CopyTo(data[22..24]);
            }

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
            nint[] batch = new nint[64];
            nint[][] leaving = [.. ports.Select(_ => new nint[64 * 64])];
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
                        if (to < 0)
                        {
                            pools.Return(packet);
                        }
                        else
                        {
                            counts[to] += Leave(leaving[to].AsSpan(counts[to]), packet, ports[to], pools);
                        }
                    }

                    for (int to = 0; to < ports.Length; to++)
                    {
                        int sent = 0;
                        for (int tries = 0; sent < counts[to] && tries < 1000; tries++)
                        {
                            sent += ports[to].Transmit(leaving[to].AsSpan(sent, counts[to] - sent));
                        }

                        foreach (nint packet in leaving[to].AsSpan(0, counts[to]))
                        {
                            pools.Return(packet);
                        }
                    }
                }

                if (received == 0)
                {
                    Wait(ports, 100);
                    _ = ports.Count(p => p.IsUp);
                }
            }
        }

        // A super-packet that the port does not take is cut, as the graph does it. Returns how many packets leave.
        private static int Leave(Span<nint> leaving, nint handle, IPort port, PacketPools pools)
        {
            leaving[0] = handle;
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            if (!packet.IsSuper || port.Offloads != PortOffloads.None)
            {
                return 1;
            }

            byte[] link = packet.Data[..(port.Link == PortLink.Ethernet ? EthernetHeader.Length : 0)].ToArray();
            packet.Pull(link.Length);
            if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
            {
                return 1;
            }

            for (int i = 0; i < super.Count; i++)
            {
                leaving[i] = super.Cut(ref packet, i, pools);
                ref PacketBuffer piece = ref PacketBuffer.At(leaving[i]);
                Add(ref piece, link);
            }

            pools.Return(handle);
            return super.Count;
        }

        private static unsafe void Add(ref PacketBuffer piece, byte[] link)
        {
            _ = piece.Push(link.Length);
            link.CopyTo(piece.Data);
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

    internal static class Echoes
    {
        public static int Datagrams(IPEndPoint peer, int count, int size, int segment)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
            socket.ReceiveBufferSize = 1 << 20;
            if (segment > 1)
            {
                // SOL_UDP, UDP_SEGMENT.
                socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(size));
            }

            socket.Connect(peer);
            HashSet<int> back = [];
            byte[] reply = new byte[65536];
            for (int sent = 0; sent < count;)
            {
                int burst = Math.Min(segment, count - sent);
                // A shorter last one, too.
                byte[] data = new byte[(burst * size) - (burst > 1 && sent + burst == count ? 1 : 0)];
                for (int i = 0; i < burst; i++)
                {
                    Fill(data.AsSpan(i * size, Math.Min(size, data.Length - (i * size))), sent + i);
                }

                _ = socket.Send(data);
                sent += burst;
                Collect(socket, back, reply, size, sent);
            }

            Collect(socket, back, reply, size, count);
            Console.WriteLine(back.Count);
            return 0;
        }

        private static void Collect(Socket socket, HashSet<int> back, byte[] reply, int size, int until)
        {
            byte[] wanted = new byte[size];
            while (back.Count < until)
            {
                int length;
                try
                {
                    length = socket.Receive(reply);
                }
                catch (SocketException)
                {
                    return;
                }

                int number = BitConverter.ToInt32(reply);
                Fill(wanted, number);
                if (length <= size && length >= size - 1 && wanted.AsSpan(0, length).SequenceEqual(reply.AsSpan(0, length)))
                {
                    back.Add(number);
                }
            }
        }

        private static void Fill(Span<byte> data, int number)
        {
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = (byte)((number * 7) + i);
            }

            BitConverter.TryWriteBytes(data, number);
        }
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
