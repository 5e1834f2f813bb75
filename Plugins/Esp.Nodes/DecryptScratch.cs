using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>What <see cref="EspDecryptPrepareNode"/> tells <see cref="EspDecryptNode"/> of a packet, in the packet's scratch.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DecryptScratch
{
    public uint Spi;

    public uint Sequence;

    /// <summary>Bytes of the outer IPv4 header.</summary>
    public int OuterHeader;

    /// <summary>TOS of the outer header.</summary>
    public byte OuterTos;

    /// <summary>The scratch of a packet.</summary>
    // Safe: the struct is smaller than PacketBuffer.ScratchBytes.
    public static ref DecryptScratch Of(ref PacketBuffer packet) => ref Unsafe.As<byte, DecryptScratch>(ref packet.Scratch[0]);
}
