namespace RouterOS.Linux.Native;

/// <summary>Keeps the host's own IP stack from handling the frames of a device that a port owns.</summary>
/// <remarks>
/// Each frame would cost a route look-up and an error there, after the ring has its copy. A program of two instructions drops it at the
/// device's ingress hook, which lies behind the packet sockets. The kernel takes the program away when the descriptor closes, so it does
/// not outlive the process however that ends. Kernels before 6.6 and processes without CAP_BPF do without.
/// </remarks>
internal sealed unsafe class HostStackShield : IDisposable
{
    private const int LoadProgram = 5;
    private const int CreateLink = 28;
    private const uint SchedulerClassifier = 3;
    private const uint TcxIngress = 46;

    // mov64 r0, TCX_DROP; exit
    private const ulong ReturnDrop = 0x0000_0002_0000_00b7;
    private const ulong Exit = 0x95;

    private readonly int _program;
    private readonly int _link;

    /// <summary>Shields the device of this number, if the kernel can.</summary>
    public HostStackShield(uint device)
    {
        _link = -1;
        ulong* instructions = stackalloc ulong[2] { ReturnDrop, Exit };
        uint license = 0;
        // union bpf_attr: both layouts lie within 64 zeroed bytes, and the calls read no further.
        ulong* load = stackalloc ulong[8];
        new Span<ulong>(load, 8).Clear();
        load[0] = SchedulerClassifier | (2UL << 32);
        load[1] = (ulong)instructions;
        load[2] = (ulong)&license;
        _program = (int)Libc.Bpf(LoadProgram, load, 64);
        if (_program >= 0)
        {
            ulong* link = stackalloc ulong[8];
            new Span<ulong>(link, 8).Clear();
            link[0] = (uint)_program | ((ulong)device << 32);
            link[1] = TcxIngress;
            _link = (int)Libc.Bpf(CreateLink, link, 32);
        }
    }

    /// <summary>True when the host's stack sees no frame of the device.</summary>
    public bool IsOn => _link >= 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = _link < 0 ? 0 : Libc.Close(_link);
        _ = _program < 0 ? 0 : Libc.Close(_program);
    }
}
