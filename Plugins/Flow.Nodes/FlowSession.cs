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

    /// <summary>Rises with each use of the row, so that an old number never names a new session.</summary>
    public uint Use;

    /// <summary>Seconds that the last packet extended it by.</summary>
    public ushort Timeout;

    /// <summary>Idle timeout of the policy's application; 0: the protocol's.</summary>
    public ushort ApplicationTimeout;

    public FlowSessionState State;

    /// <summary>TCP: which sides have closed, 1 for the one that opened the session, 2 for the other.</summary>
    public byte Closed;

    public ulong ForwardPackets;

    public ulong ForwardBytes;

    public ulong ReversePackets;

    public ulong ReverseBytes;
}
