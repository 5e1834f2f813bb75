using System.Runtime.InteropServices;

namespace RouterOS.Linux.Native;

/// <summary>struct mmsghdr, for sendmmsg(2) and recvmmsg(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct MessageHeader
{
    [FieldOffset(0)]
    public void* Address;

    [FieldOffset(8)]
    public int AddressBytes;

    [FieldOffset(16)]
    public BufferSlice* Slices;

    [FieldOffset(24)]
    public nuint SliceCount;

    [FieldOffset(32)]
    public void* Control;

    [FieldOffset(40)]
    public nuint ControlBytes;

    [FieldOffset(48)]
    public int Flags;

    /// <summary>Bytes that were moved.</summary>
    [FieldOffset(56)]
    public uint Bytes;
}
