using System.Runtime.InteropServices;

namespace RouterOS.Linux.Native;

/// <summary>struct mmsghdr with one buffer behind it, for sendmmsg(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct MessageHeader
{
    [FieldOffset(16)]
    public BufferSlice* Slices;

    [FieldOffset(24)]
    public nuint SliceCount;
}
