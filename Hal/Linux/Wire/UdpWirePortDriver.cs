using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Wire;

/// <summary>The port driver <c>udp:LOCAL_PORT@REMOTE:PORT</c>: an Ethernet wire in UDP, without privileges.</summary>
public sealed unsafe class UdpWirePortDriver : IPortDriver
{
    private const int AddressBytes = 16;
    private const int BufferBytes = 4 << 20;

    /// <inheritdoc/>
    public string Name => "udp";

    /// <inheritdoc/>
    public string Help => "udp:LOCAL_PORT@REMOTE:PORT  a wire in UDP to another chassis, each frame one datagram; no privilege needed";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument)
    {
        UdpWireEnds ends = UdpWireEnds.Parse(argument) ?? throw new PortException(
            $"{portName}: '{argument}' does not name the ends of a wire; write udp:7001@192.0.2.2:7001, for example.");
        int socket = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockNonblock | Libc.SockCloexec, 0);
        int bytes = BufferBytes;
        int one = 1;
        int fragment = Libc.IpPmtuDiscDont;
        _ = Libc.SetOption(socket, Libc.SolSocket, Libc.SoRcvbuf, &bytes, sizeof(int));
        _ = Libc.SetOption(socket, Libc.SolSocket, Libc.SoSndbuf, &bytes, sizeof(int));
        // A full frame with UDP is larger than an Ethernet path: the host cuts it there.
        _ = Libc.SetOption(socket, Libc.SolIp, Libc.IpMtuDiscover, &fragment, sizeof(int));
        _ = Libc.SetOption(socket, Libc.SolUdp, Libc.UdpGro, &one, sizeof(int));
        // Connected, so that the kernel lets in nobody but the peer.
        if (socket < 0 || !TryCall(socket, isBind: true, 0, ends.LocalPort) || !TryCall(socket, isBind: false, ends.Remote, ends.RemotePort))
        {
            bool isTaken = Marshal.GetLastPInvokeError() == Libc.Eaddrinuse;
            string text = Libc.LastError();
            _ = Libc.Close(socket);
            throw new PortException(
                isTaken
                    ? $"{portName}: UDP port {ends.LocalPort} is in use by another program; choose another."
                    : $"{portName}: could not open the wire udp:{argument}: {text}.");
        }

        return new UdpWirePort(socket, ends, $"{portName}/{argument}/{Environment.MachineName}");
    }

    private static bool TryCall(int socket, bool isBind, uint address, ushort port)
    {
        // struct sockaddr_in.
        byte* name = stackalloc byte[AddressBytes];
        new Span<byte>(name, AddressBytes).Clear();
        *(ushort*)name = Libc.AfInet;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(name + 2, 2), port);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(name + 4, 4), address);
        return (isBind ? Libc.Bind(socket, name, AddressBytes) : Libc.Connect(socket, name, AddressBytes)) == 0;
    }
}
