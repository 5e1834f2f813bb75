using System.Buffers.Binary;
using System.Text;

namespace RouterOS.Linux.Native;

/// <summary>Asks the kernel about one network device by name, through a socket of its own.</summary>
internal sealed unsafe class NetworkDevice : IDisposable
{
    /// <summary>Longest name of a device (IFNAMSIZ less the end).</summary>
    public const int MaxNameBytes = 15;

    private const int RequestBytes = 40;
    private const int ValueOffset = 16;

    private readonly int _socket;
    private HostStackShield? _shield;

    public NetworkDevice(string name)
    {
        Name = name;
        // Any socket answers; this kind needs no privilege.
        _socket = Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0);
    }

    public string Name { get; }

    /// <summary>The device's number, or 0 when there is none of this name.</summary>
    public uint Index => Libc.IndexOf(Name);

    /// <summary>Largest network-layer packet; 0 when the device has gone.</summary>
    public int Mtu
    {
        get
        {
            byte* request = stackalloc byte[RequestBytes];
            return Ask(Libc.SiocGifMtu, request) ? *(int*)(request + ValueOffset) : 0;
        }
    }

    /// <summary>True while the device is switched on and its wire carries frames.</summary>
    public bool IsUp
    {
        get
        {
            byte* request = stackalloc byte[RequestBytes];
            const short Both = Libc.IffUp | Libc.IffRunning;
            return Ask(Libc.SiocGifFlags, request) && (*(short*)(request + ValueOffset) & Both) == Both;
        }
    }

    /// <summary>The Ethernet address, or null for another kind of device.</summary>
    public byte[]? EthernetAddress
    {
        get
        {
            byte* request = stackalloc byte[RequestBytes];
            return Ask(Libc.SiocGifHwaddr, request) && *(ushort*)(request + ValueOffset) == Libc.ArphrdEther
                ? new Span<byte>(request + ValueOffset + 2, 6).ToArray()
                : null;
        }
    }

    /// <summary>The first IPv4 address, or null when there is none.</summary>
    public uint? Ipv4Address
    {
        get
        {
            byte* request = stackalloc byte[RequestBytes];
            return Ask(Libc.SiocGifAddress, request)
                ? BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(request + ValueOffset + 4, 4))
                : null;
        }
    }

    /// <summary>True for a name that a device can have.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameBytes && name is not ("." or "..")
        && name.All(c => char.IsAscii(c) && c > ' ' && c is not ('/' or ':'));

    /// <summary>Writes a device's name at the start of an ifreq.</summary>
    public static void WriteName(byte* request, string name)
    {
        Span<byte> all = new(request, RequestBytes);
        all.Clear();
        Encoding.ASCII.GetBytes(name, all[..MaxNameBytes]);
    }

    /// <summary>Switches the device on where that is allowed; nobody else does it for a port's device.</summary>
    public void TrySwitchOn()
    {
        byte* request = stackalloc byte[RequestBytes];
        if (Ask(Libc.SiocGifFlags, request) && (*(short*)(request + ValueOffset) & Libc.IffUp) == 0)
        {
            *(short*)(request + ValueOffset) |= Libc.IffUp;
            _ = Libc.Control(_socket, Libc.SiocSifFlags, request);
        }
    }

    /// <summary>
    /// Keeps the host's own stack from handling the device's frames until this is disposed, where the kernel can, and unless the host
    /// uses the device itself: it has an IPv4 address there.
    /// </summary>
    public void ShieldHost()
    {
        byte* request = stackalloc byte[RequestBytes];
        if (!Ask(Libc.SiocGifAddress, request))
        {
            _shield ??= new HostStackShield(Index);
        }
    }

    public void Dispose()
    {
        _shield?.Dispose();
        _ = Libc.Close(_socket);
    }

    // Safe: an ifreq is 40 bytes, and the kernel writes no more than that.
    private bool Ask(uint question, byte* request)
    {
        WriteName(request, Name);
        return Libc.Control(_socket, question, request) == 0;
    }
}
