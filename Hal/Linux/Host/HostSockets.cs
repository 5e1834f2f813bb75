using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Host;

/// <summary>The sockets of a <c>host:</c> port, bound to its device: one for each claim, and one that sends whole IP packets.</summary>
internal sealed unsafe class HostSockets : IDisposable
{
    private const int BufferBytes = 8 << 20;
    private const int AddressBytes = 16;
    private const int RawProtocol = 255;

    private HostSockets(UdpChannel[] udp, RawChannel[] protocols, int sender, int poll)
    {
        Udp = udp;
        Protocols = protocols;
        Sender = sender;
        Poll = poll;
    }

    public UdpChannel[] Udp { get; }

    public RawChannel[] Protocols { get; }

    public int Sender { get; }

    public int Poll { get; }

    /// <summary>Opens all; a failure is one sentence and leaves nothing open.</summary>
    public static HostSockets Open(string portName, HostPortClaims claims, uint address)
    {
        List<UdpChannel> udp = [];
        List<RawChannel> protocols = [];
        int sender = -1;
        int poll = -1;
        try
        {
            foreach (byte protocol in HostPortClaims.Protocols)
            {
                protocols.Add(new RawChannel(OpenRaw(portName, claims.Device, protocol)));
            }

            foreach (ushort port in claims.UdpPorts)
            {
                udp.Add(new UdpChannel(OpenUdp(portName, claims.Device, address, port), address, port));
            }

            sender = OpenRaw(portName, claims.Device, RawProtocol);
            poll = Libc.EpollCreate(Libc.EpollCloexec);
            // struct epoll_event: POLLIN, then data that nobody reads.
            ulong* wanted = stackalloc ulong[2] { 1, 0 };
            foreach (int socket in (int[])[.. udp.Select(channel => channel.Socket), .. protocols.Select(channel => channel.Socket)])
            {
                if (poll < 0 || Libc.EpollControl(poll, Libc.EpollControlAdd, socket, wanted) != 0)
                {
                    throw new PortException($"{portName}: could not wait for the sockets of '{claims.Device}': {Libc.LastError()}.");
                }
            }

            return new HostSockets([.. udp], [.. protocols], sender, poll);
        }
        catch
        {
            udp.ForEach(channel => channel.Dispose());
            protocols.ForEach(channel => channel.Dispose());
            _ = sender < 0 ? 0 : Libc.Close(sender);
            _ = poll < 0 ? 0 : Libc.Close(poll);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(Udp, channel => channel.Dispose());
        Array.ForEach(Protocols, channel => channel.Dispose());
        _ = Libc.Close(Sender);
        _ = Libc.Close(Poll);
    }

    private static int OpenRaw(string portName, string device, int protocol)
    {
        int socket = Libc.Socket(Libc.AfInet, Libc.SockRaw | Libc.SockNonblock | Libc.SockCloexec, protocol);
        if (socket < 0)
        {
            throw Marshal.GetLastPInvokeError() is Libc.Eperm or Libc.Eacces
                ? new PortException(
                    $"{portName}: sharing the address of '{device}' needs the capability CAP_NET_RAW; run as root, or grant it with "
                    + "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN in the systemd unit.")
                : new PortException($"{portName}: could not make a raw socket: {Libc.LastError()}.");
        }

        Prepare(socket, portName, device);
        return socket;
    }

    private static int OpenUdp(string portName, string device, uint address, ushort port)
    {
        int socket = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockNonblock | Libc.SockCloexec, 0);
        if (socket < 0)
        {
            throw new PortException($"{portName}: could not make a UDP socket: {Libc.LastError()}.");
        }

        Prepare(socket, portName, device);
        // DF on every datagram, and the router's own ideas of path MTUs in place of the kernel's.
        int probe = Libc.IpPmtuDiscProbe;
        _ = Libc.SetOption(socket, Libc.SolIp, Libc.IpMtuDiscover, &probe, sizeof(int));
        int one = 1;
        _ = Libc.SetOption(socket, Libc.SolIp, Libc.IpReceiveTos, &one, sizeof(int));
        // Kernels before 5.0 do not join datagrams: each comes alone.
        _ = Libc.SetOption(socket, Libc.SolUdp, Libc.UdpGro, &one, sizeof(int));
        byte* name = stackalloc byte[AddressBytes];
        new Span<byte>(name, AddressBytes).Clear();
        *(ushort*)name = Libc.AfInet;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(name + 2, 2), port);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(name + 4, 4), address);
        if (Libc.Bind(socket, name, AddressBytes) != 0)
        {
            bool isTaken = Marshal.GetLastPInvokeError() == Libc.Eaddrinuse;
            string text = Libc.LastError();
            _ = Libc.Close(socket);
            throw new PortException(
                isTaken
                    ? $"{portName}: UDP port {port} of {Text(address)} belongs to another program (`ss -uapn sport = :{port}` names it); stop "
                      + $"that, or claim other ports with host:{device},udp=…."
                    : $"{portName}: could not bind UDP port {port} of {Text(address)}: {text}.");
        }

        return socket;
    }

    private static void Prepare(int socket, string portName, string device)
    {
        int bytes = BufferBytes;
        foreach ((int option, int force) in ((int, int)[])[(Libc.SoSndbuf, Libc.SoSndbufForce), (Libc.SoRcvbuf, Libc.SoRcvbufForce)])
        {
            if (Libc.SetOption(socket, Libc.SolSocket, force, &bytes, sizeof(int)) != 0)
            {
                _ = Libc.SetOption(socket, Libc.SolSocket, option, &bytes, sizeof(int));
            }
        }

        byte[] name = Encoding.ASCII.GetBytes(device + "\0");
        fixed (byte* start = name)
        {
            if (Libc.SetOption(socket, Libc.SolSocket, Libc.SoBindToDevice, start, name.Length) != 0)
            {
                string text = Libc.LastError();
                _ = Libc.Close(socket);
                throw new PortException($"{portName}: could not bind a socket to the device '{device}': {text}.");
            }
        }
    }

    internal static string Text(uint address) => new IPAddress(BinaryPrimitives.ReverseEndianness(address)).ToString();
}
