using System.Runtime.InteropServices;
using RouterOS.Forwarding;

namespace RouterOS.Gre.Nodes;

/// <summary>What the paths of tunnels have said of their MTU (RFC 1191), by interface: one place for all workers.</summary>
/// <remarks>A value is one number that is written and read whole; address space only, until a path says something.</remarks>
internal sealed unsafe class PathMtus
{
    // RFC 1191 section 6.3: a larger one is tried again after ten minutes.
    private const long KeptSeconds = 600;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int MtuBits = 16;

    // Below this nobody's word is taken.
    private const int Smallest = 576;

    // Safe: freed by the finalizer; an index is held against the limit before it is used.
    private readonly long* _values = (long*)NativeMemory.AllocZeroed(ForwardingTables.MaximumIndex + 1, sizeof(long));

    /// <summary>Gives the memory back.</summary>
    ~PathMtus() => NativeMemory.Free(_values);

    /// <summary>The path took a packet of <paramref name="mtu"/> bytes at most.</summary>
    public void Learn(uint interfaceIndex, int mtu, long now)
    {
        if (interfaceIndex <= ForwardingTables.MaximumIndex)
        {
            int known = Read(interfaceIndex, now);
            mtu = Math.Clamp(mtu, Smallest, ushort.MaxValue);
            if (known == 0 || mtu <= known)
            {
                Volatile.Write(ref _values[interfaceIndex], (((now / NanosecondsPerSecond) + KeptSeconds) << MtuBits) | (uint)mtu);
            }
        }
    }

    /// <summary>What the path said, 0 for nothing, or for too long ago.</summary>
    public int Read(uint interfaceIndex, long now)
    {
        long value = interfaceIndex <= ForwardingTables.MaximumIndex ? Volatile.Read(ref _values[interfaceIndex]) : 0;
        return value >> MtuBits > now / NanosecondsPerSecond ? (int)(value & ushort.MaxValue) : 0;
    }

    /// <summary>Forgets what the path said: the tunnel is another.</summary>
    public void Forget(uint interfaceIndex)
    {
        if (interfaceIndex <= ForwardingTables.MaximumIndex)
        {
            Volatile.Write(ref _values[interfaceIndex], 0);
        }
    }
}
