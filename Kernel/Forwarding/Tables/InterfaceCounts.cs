using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Counters of one interface, in native memory so that packed rows may point at them.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct InterfaceCounts
{
    public const int Bytes = 128;

    public ulong InputPackets;
    public ulong InputBytes;
    public ulong OutputPackets;
    public ulong OutputBytes;
    public ulong InputDrops;
    public ulong OutputDrops;
    public ulong LocalInputPackets;
    public ulong LocalInputBytes;
    public ulong LocalOutputPackets;
    public ulong LocalOutputBytes;
}
