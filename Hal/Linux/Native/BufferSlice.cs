using System.Runtime.InteropServices;

namespace RouterOS.Linux.Native;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BufferSlice
{
    public void* Start;
    public nuint Bytes;
}
