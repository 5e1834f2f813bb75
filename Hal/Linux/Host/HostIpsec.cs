using System.Buffers.Binary;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Host;

/// <summary>Looks for IPsec in the host's own kernel, which would take ESP before a port sees it.</summary>
internal static unsafe class HostIpsec
{
    // linux/xfrm.h and linux/netlink.h.
    private const ushort GetState = 0x12;
    private const ushort GetPolicy = 0x15;
    private const ushort RequestDump = 0x301;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const int HeaderBytes = 16;

    /// <summary>"states" or "policies" when there are some; null when there are none, or this process may not ask.</summary>
    public static string? Find() => Has(GetState) ? "states" : Has(GetPolicy) ? "policies" : null;

    private static bool Has(ushort question)
    {
        int socket = Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloexec, Libc.NetlinkXfrm);
        if (socket < 0)
        {
            return false;
        }

        // Safe: a request of one header, and an answer of which only the first header is read. The kernel answers in the call.
        byte* bytes = stackalloc byte[8192];
        new Span<byte>(bytes, HeaderBytes).Clear();
        *(uint*)bytes = HeaderBytes;
        *(ushort*)(bytes + 4) = question;
        *(ushort*)(bytes + 6) = RequestDump;
        bool found = Libc.Write(socket, bytes, HeaderBytes) == HeaderBytes && Libc.Read(socket, bytes, 8192) >= HeaderBytes
            && BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(bytes + 4, 2)) is not (Done or Error);
        _ = Libc.Close(socket);
        return found;
    }
}
