using System.Runtime.InteropServices;

namespace RouterOS.Flow.Nodes;

/// <summary>One session: a permitted flow in both directions. Packed row in native memory, 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct FlowSession
{
    public const int Bytes = 128;

    /// <summary>Key of the direction that opened the session.</summary>
    public FlowKey Forward;

    /// <summary>Number of the policy that permits it.</summary>
    public uint Policy;

    /// <summary>Interfaces of the first packet; ingress 0 for the router's own.</summary>
    public uint Ingress;

    public uint Egress;

    /// <summary>Zones of the first packet; from 0 for the router's own.</summary>
    public uint FromZone;

    public uint ToZone;

    /// <summary>Generation of the policies that it was judged by.</summary>
    public uint Generation;

    /// <summary>Second of the worker's clock at which it ends.</summary>
    public uint Expires;

    /// <summary>Seconds that each packet extends it by.</summary>
    public ushort Timeout;

    public FlowSessionState State;

    /// <summary>Rises with each use of the row, so that an old number never names a new session.</summary>
    public uint Use;

    public ulong ForwardPackets;

    public ulong ForwardBytes;

    public ulong ReversePackets;

    public ulong ReverseBytes;
}
