using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Packet;

/// <summary>Opens the two sockets of a packet port: one with the receive ring, one that only sends.</summary>
internal static unsafe class PacketSocketOpener
{
    private const int AddressBytes = 20;
    private const int FrameBytes = 2048;

    // A block that fills slowly is handed over after this time: the price of few wake-ups.
    private const uint BlockTimeoutMilliseconds = 1;
    private const int SendBufferBytes = 4 << 20;

    /// <summary>Opens both; a failure is one sentence.</summary>
    public static PacketSockets Open(string portName, string device, uint index)
    {
        // Protocol 0: nothing is received before the ring and its options are in place.
        int receiver = Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonblock | Libc.SockCloexec, 0);
        if (receiver < 0)
        {
            throw Marshal.GetLastPInvokeError() == Libc.Eperm
                ? new PortException(
                    $"{portName}: opening the device '{device}' needs the capability CAP_NET_RAW; run as root, or grant it with "
                    + "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN in the systemd unit.")
                : Failure(portName, device, "make a packet socket for");
        }

        int sender = -1;
        nint map = 0;
        try
        {
            Set(receiver, Libc.PacketVersion, Libc.TpacketV3, portName, device, "choose the ring's version for");
            Set(receiver, Libc.PacketVnetHdr, 1, portName, device, "ask for offload headers of");
            // Saves room in the ring; kernels before 4.20 do not know it, and the port looks at each frame anyway.
            int one = 1;
            _ = Libc.SetOption(receiver, Libc.SolPacket, Libc.PacketIgnoreOutgoing, &one, sizeof(int));
            map = MakeRing(receiver, portName, device);
            Join(receiver, index, portName, device);
            Bind(receiver, index, Libc.EthPAll, portName, device);

            sender = Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonblock | Libc.SockCloexec, 0);
            if (sender < 0)
            {
                throw Failure(portName, device, "make a sending socket for");
            }

            Set(sender, Libc.PacketQdiscBypass, 1, portName, device, "bypass the queueing discipline of");
            int bytes = SendBufferBytes;
            _ = Libc.SetOption(sender, Libc.SolSocket, Libc.SoSndbuf, &bytes, sizeof(int));
            Bind(sender, index, 0, portName, device);
            return new PacketSockets(receiver, sender, map);
        }
        catch
        {
            _ = map == 0 ? 0 : Libc.Unmap(map, PacketSockets.MapBytes);
            _ = Libc.Close(receiver);
            _ = sender < 0 ? 0 : Libc.Close(sender);
            throw;
        }
    }

    private static nint MakeRing(int socket, string portName, string device)
    {
        // struct tpacket_req3.
        uint* request = stackalloc uint[7];
        request[0] = PacketSockets.BlockBytes;
        request[1] = PacketSockets.Blocks;
        request[2] = FrameBytes;
        request[3] = PacketSockets.BlockBytes / FrameBytes * PacketSockets.Blocks;
        request[4] = BlockTimeoutMilliseconds;
        request[5] = 0;
        request[6] = 0;
        if (Libc.SetOption(socket, Libc.SolPacket, Libc.PacketRxRing, request, 7 * sizeof(uint)) != 0)
        {
            throw Failure(portName, device, "make a receive ring for");
        }

        nint map = Libc.Map(0, PacketSockets.MapBytes, Libc.ProtReadWrite, Libc.MapShared, socket, 0);
        return map == -1 ? throw Failure(portName, device, "map the receive ring of") : map;
    }

    // struct packet_mreq: frames to any address, so that the graph and not the card decides.
    private static void Join(int socket, uint index, string portName, string device)
    {
        byte* membership = stackalloc byte[16];
        new Span<byte>(membership, 16).Clear();
        *(uint*)membership = index;
        *(ushort*)(membership + 4) = Libc.PacketMrPromisc;
        if (Libc.SetOption(socket, Libc.SolPacket, Libc.PacketAddMembership, membership, 16) != 0)
        {
            throw Failure(portName, device, "receive all frames of");
        }
    }

    // struct sockaddr_ll.
    private static void Bind(int socket, uint index, ushort protocol, string portName, string device)
    {
        byte* address = stackalloc byte[AddressBytes];
        new Span<byte>(address, AddressBytes).Clear();
        *(ushort*)address = Libc.AfPacket;
        *(ushort*)(address + 2) = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(protocol) : protocol;
        *(uint*)(address + 4) = index;
        if (Libc.Bind(socket, address, AddressBytes) != 0)
        {
            throw Failure(portName, device, "bind to");
        }
    }

    private static void Set(int socket, int option, int value, string portName, string device, string what)
    {
        if (Libc.SetOption(socket, Libc.SolPacket, option, &value, sizeof(int)) != 0)
        {
            throw Failure(portName, device, what);
        }
    }

    private static PortException Failure(string portName, string device, string what) =>
        new($"{portName}: could not {what} the device '{device}': {Libc.LastError()}.");
}
