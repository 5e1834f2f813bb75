using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;

namespace RouterOS.Linux.Tun;

/// <summary>The port driver <c>tun:DEVICE</c>: bare IP packets to and from the host, through a TUN device.</summary>
public sealed unsafe class TunPortDriver : IPortDriver
{
    private const string Path = "/dev/net/tun";
    private const int RequestBytes = 40;
    private const int FlagsOffset = 16;

    /// <inheritdoc/>
    public string Name => "tun";

    /// <inheritdoc/>
    public string Help => "tun:DEVICE  a TUN device, made here (needs CAP_NET_ADMIN) or before with `ip tuntap add DEVICE mode tun user NAME`";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument) => Open(portName, argument, queues: 1);

    /// <inheritdoc/>
    public IPort Open(string portName, string argument, int queues)
    {
        if (!NetworkDevice.IsName(argument))
        {
            throw new PortException($"{portName}: '{argument}' cannot be the name of a network device; write tun:tun0, for example.");
        }

        List<TunQueue> opened = [];
        try
        {
            for (int i = 0; i < queues; i++)
            {
                TunQueue? queue = OpenQueue(portName, argument, queues > 1);
                if (queue is null && i == 0)
                {
                    // The device was made before, for one queue.
                    queue = OpenQueue(portName, argument, isOneOfMany: false);
                    queues = 1;
                }

                opened.Add(queue ?? throw new PortException($"{portName}: the TUN device '{argument}' does not take {queues} queues."));
            }
        }
        catch
        {
            opened.ForEach(queue => queue.Dispose());
            throw;
        }

        NetworkDevice device = new(argument);
        device.TrySwitchOn();
        return new TunPort(device, [.. opened]);
    }

    // Null where the device is there and of one queue only.
    private static TunQueue? OpenQueue(string portName, string argument, bool isOneOfMany)
    {
        int file = Libc.Open(Path, Libc.OpenReadWrite | Libc.OpenNonblock | Libc.OpenCloexec);
        if (file < 0)
        {
            throw new PortException(
                Marshal.GetLastPInvokeError() == Libc.Enoent
                    ? $"{portName}: {Path} is missing; load the kernel module with `modprobe tun`."
                    : $"{portName}: could not open {Path}: {Libc.LastError()}.");
        }

        // Safe: an ifreq is 40 bytes.
        byte* request = stackalloc byte[RequestBytes];
        NetworkDevice.WriteName(request, argument);
        *(short*)(request + FlagsOffset) = (short)(Libc.IffTun | Libc.IffNoPi | Libc.IffVnetHdr | (isOneOfMany ? Libc.IffMultiQueue : 0));
        if (Libc.Control(file, Libc.TunSetIff, request) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            string text = Libc.LastError();
            _ = Libc.Close(file);
            if (error == Libc.Einval && isOneOfMany)
            {
                return null;
            }

            throw new PortException(error switch
            {
                Libc.Eperm or Libc.Eacces =>
                    $"{portName}: making or attaching the TUN device '{argument}' needs the capability CAP_NET_ADMIN; run as root, or "
                    + $"make it before with `ip tuntap add {argument} mode tun{(isOneOfMany ? " multi_queue" : "")} user NAME`.",
                Libc.Ebusy => $"{portName}: the TUN device '{argument}' is in use by another process.",
                Libc.Einval =>
                    $"{portName}: the device '{argument}' exists and is not a TUN device of the right kind; delete it, make it with "
                    + $"`ip tuntap add {argument} mode tun{(isOneOfMany ? " multi_queue" : "")}`, or choose another name.",
                _ => $"{portName}: could not attach the TUN device '{argument}': {text}.",
            });
        }

        return new TunQueue(file, SetOffloads(file));
    }

    // What the host may leave to us, and with it what it takes from us: TCP always, UDP since Linux 6.2, which wants both families asked for.
    private static PortOffloads SetOffloads(int file)
    {
        int bytes = VirtioNetHeader.Length;
        _ = Libc.Control(file, Libc.TunSetVnetHdrSz, &bytes);
        const nint Tcp = Libc.TunOffloadChecksum | Libc.TunOffloadTcp4 | Libc.TunOffloadTcpEcn;
        return Libc.Control(file, Libc.TunSetOffload, (void*)(Tcp | Libc.TunOffloadUdp4 | Libc.TunOffloadUdp6)) == 0
                ? PortOffloads.TcpSegmentation | PortOffloads.UdpSegmentation
            : Libc.Control(file, Libc.TunSetOffload, (void*)Tcp) == 0 ? PortOffloads.TcpSegmentation
            : PortOffloads.None;
    }
}
