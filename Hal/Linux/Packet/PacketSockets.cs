using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Packet;

/// <summary>The open sockets of one queue of a packet port and the mapped ring of the first.</summary>
/// <param name="Receiver">Socket with the receive ring.</param>
/// <param name="Sender">Socket that only sends.</param>
/// <param name="Map">The ring.</param>
/// <param name="Offloads">Super-frames that the sender takes.</param>
internal readonly record struct PacketSockets(int Receiver, int Sender, nint Map, PortOffloads Offloads)
{
    /// <summary>Bytes of a slot: a full Ethernet frame with the kernel's notes. A larger frame waits in the socket's queue.</summary>
    public const int SlotBytes = 2048;

    /// <summary>Bytes that the kernel allocates at once.</summary>
    public const int BlockBytes = 1 << 18;

    /// <summary>Slots of the ring.</summary>
    public const int Slots = 4096;

    /// <summary>Bytes of the whole ring.</summary>
    public const int MapBytes = Slots * SlotBytes;

    /// <summary>Closes both.</summary>
    public void Close()
    {
        _ = Libc.Unmap(Map, MapBytes);
        _ = Libc.Close(Receiver);
        _ = Libc.Close(Sender);
    }
}
