using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;

namespace RouterOS.Linux.Packet;

/// <summary>Opens the two sockets of each queue of a packet port: one with the receive ring, one that only sends.</summary>
internal static unsafe class PacketSocketOpener
{
    private const int AddressBytes = 20;
    private const int BufferBytes = 8 << 20;

    /// <summary>Opens those of every queue; a failure is one sentence.</summary>
    public static PacketSockets[] Open(string portName, string device, uint index, int queues)
    {
        List<PacketSockets> opened = [];
        try
        {
            for (int i = 0; i < queues; i++)
            {
                opened.Add(OpenQueue(portName, device, index, queues));
            }

            return [.. opened];
        }
        catch
        {
            opened.ForEach(sockets => sockets.Close());
            throw;
        }
    }

    private static PacketSockets OpenQueue(string portName, string device, uint index, int queues)
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
            Set(receiver, Libc.PacketVersion, Libc.TpacketV2, portName, device, "choose the ring's version for");
            Set(receiver, Libc.PacketVnetHdr, 1, portName, device, "ask for offload headers of");
            // Frames that do not fit a slot wait in the socket's queue.
            Set(receiver, Libc.PacketCopyThreshold, 1, portName, device, "queue large frames of");
            // Saves room in the ring; kernels before 4.20 do not know it, and the port looks at each frame anyway.
            int one = 1;
            _ = Libc.SetOption(receiver, Libc.SolPacket, Libc.PacketIgnoreOutgoing, &one, sizeof(int));
            SetBuffer(receiver, Libc.SoRcvbuf, Libc.SoRcvbufForce);
            map = MakeRing(receiver, portName, device);
            Join(receiver, index, portName, device);
            Bind(receiver, index, Libc.EthPAll, portName, device);
            if (queues > 1)
            {
                // Fanout by flow: the low half is the group's number, of this process and device.
                Set(receiver, Libc.PacketFanout, FanoutGroup(index) | (Libc.PacketFanoutHash << 16), portName, device, "spread the frames of");
            }

            sender = Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonblock | Libc.SockCloexec, 0);
            if (sender < 0)
            {
                throw Failure(portName, device, "make a sending socket for");
            }

            // Without PACKET_QDISC_BYPASS: past the queueing discipline nobody cuts super-frames for a device that cannot.
            Set(sender, Libc.PacketVnetHdr, 1, portName, device, "send offload headers to");
            SetBuffer(sender, Libc.SoSndbuf, Libc.SoSndbufForce);
            Bind(sender, index, 0, portName, device);
            return new PacketSockets(receiver, sender, map, KernelOffloads.ForVirtioHeader);
        }
        catch
        {
            _ = map == 0 ? 0 : Libc.Unmap(map, PacketSockets.MapBytes);
            _ = Libc.Close(receiver);
            _ = sender < 0 ? 0 : Libc.Close(sender);
            throw;
        }
    }

    private static int FanoutGroup(uint index) => (int)(((uint)Environment.ProcessId * 31) + index) & 0xffff;

    // Past the system's limit where that is allowed.
    private static void SetBuffer(int socket, int option, int force)
    {
        int bytes = BufferBytes;
        if (Libc.SetOption(socket, Libc.SolSocket, force, &bytes, sizeof(int)) != 0)
        {
            _ = Libc.SetOption(socket, Libc.SolSocket, option, &bytes, sizeof(int));
        }
    }

    private static nint MakeRing(int socket, string portName, string device)
    {
        // struct tpacket_req.
        uint* request = stackalloc uint[4];
        request[0] = PacketSockets.BlockBytes;
        request[1] = PacketSockets.MapBytes / PacketSockets.BlockBytes;
        request[2] = PacketSockets.SlotBytes;
        request[3] = PacketSockets.Slots;
        if (Libc.SetOption(socket, Libc.SolPacket, Libc.PacketRxRing, request, 4 * sizeof(uint)) != 0)
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
