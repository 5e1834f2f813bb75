using System.Runtime.InteropServices;

namespace RouterOS.Linux.Native;

/// <summary>The system calls and constants that the ports need (linux/if_packet.h, if_tun.h, sockios.h; x86-64 and arm64 agree on them).</summary>
internal static unsafe partial class Libc
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Eio = 5;
    public const int Eagain = 11;
    public const int Eacces = 13;
    public const int Ebusy = 16;
    public const int Einval = 22;
    public const int Emsgsize = 90;
    public const int Eaddrinuse = 98;
    public const int Eaddrnotavail = 99;
    public const int Enobufs = 105;

    public const int AfInet = 2;
    public const int AfPacket = 17;
    public const int SockDgram = 2;
    public const int SockRaw = 3;
    public const int SockNonblock = 0x800;
    public const int SockCloexec = 0x80000;
    public const int SolSocket = 1;
    public const int SoError = 4;
    public const int SoSndbuf = 7;
    public const int SoRcvbuf = 8;
    public const int SoSndbufForce = 32;
    public const int SoRcvbufForce = 33;
    public const int SolPacket = 263;
    public const int PacketAddMembership = 1;
    public const int PacketRxRing = 5;
    public const int PacketStatistics = 6;
    public const int PacketVersion = 10;
    public const int PacketVnetHdr = 15;
    public const int PacketQdiscBypass = 20;
    public const int PacketIgnoreOutgoing = 23;
    public const int PacketCopyThreshold = 7;
    public const int PacketFanout = 18;
    public const int PacketFanoutHash = 0;
    public const int TpacketV2 = 1;
    public const ushort PacketMrPromisc = 1;
    public const ushort EthPAll = 3;
    public const int MsgDontwait = 0x40;
    public const int MsgTrunc = 0x20;
    public const int SolIp = 0;
    public const int SolUdp = 17;
    public const int IpTos = 1;
    public const int IpMtuDiscover = 10;
    public const int IpReceiveTos = 13;
    public const int IpPmtuDiscDont = 0;
    public const int IpPmtuDiscProbe = 3;
    public const int UdpSegment = 103;
    public const int UdpGro = 104;
    public const int SoBindToDevice = 25;
    public const int EpollControlAdd = 1;
    public const int EpollCloexec = 0x80000;
    public const int AfNetlink = 16;
    public const int NetlinkXfrm = 6;
    public const int ProtReadWrite = 3;
    public const int MapShared = 1;
    public const int OpenReadWrite = 2;
    public const int OpenNonblock = 0x800;
    public const int OpenCloexec = 0x80000;

    public const uint SiocGifFlags = 0x8913;
    public const uint SiocSifFlags = 0x8914;
    public const uint SiocGifMtu = 0x8921;
    public const uint SiocGifHwaddr = 0x8927;
    public const uint TunSetIff = 0x400454ca;
    public const short IffUp = 1;
    public const short IffRunning = 0x40;
    public const short IffTun = 1;
    public const short IffNoPi = 0x1000;
    public const short IffVnetHdr = 0x4000;
    public const short IffMultiQueue = 0x0100;
    public const uint TunSetOffload = 0x400454d0;
    public const uint TunSetVnetHdrSz = 0x400454d8;
    public const nint TunOffloadChecksum = 0x01;
    public const nint TunOffloadTcp4 = 0x02;
    public const nint TunOffloadTcpEcn = 0x08;
    public const nint TunOffloadUdp4 = 0x20;
    public const nint TunOffloadUdp6 = 0x40;
    public const ushort ArphrdEther = 1;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Bind(int socket, void* address, int bytes);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Connect(int socket, void* address, int bytes);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SetOption(int socket, int level, int option, void* value, int bytes);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int GetOption(int socket, int level, int option, void* value, int* bytes);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SendMany(int socket, MessageHeader* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ReceiveMany(int socket, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EpollControl(int epoll, int operation, int file, void* epollEvent);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Unmap(nint address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Control(int file, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Read(int file, void* buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Write(int file, void* buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "readv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint ReadSlices(int file, BufferSlice* slices, int count);

    [LibraryImport(Library, EntryPoint = "writev", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint WriteSlices(int file, BufferSlice* slices, int count);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint IndexOf(string device);

    /// <summary>The text of the last call's error.</summary>
    public static string LastError() => Marshal.GetLastPInvokeErrorMessage();
}
