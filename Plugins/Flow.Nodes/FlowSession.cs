using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Flow.Nodes;

/// <summary>One session: a permitted flow in both directions. Packed row in native memory, 128 bytes.</summary>
/// <remarks>What a packet of a known session reads and writes is the first cache line.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct FlowSession
{
    public const int Bytes = 128;

    private const uint Large = 1u << 31;

    /// <summary>Key of the direction that opened the session.</summary>
    public FlowKey Forward;

    /// <summary>Number of the policy that permits it.</summary>
    public uint Policy;

    /// <summary>Zones of the first packet; from 0 for the router's own.</summary>
    public uint FromZone;

    public uint ToZone;

    /// <summary>Generation of the policies that it was judged by.</summary>
    public uint Generation;

    /// <summary>Second of the worker's clock at which it ends.</summary>
    public uint Expires;

    /// <summary>Seconds that the last packet extended it by.</summary>
    public ushort Timeout;

    /// <summary>Idle timeout of the policy's application; 0: the protocol's.</summary>
    public ushort ApplicationTimeout;

    public FlowSessionState State;

    /// <summary>TCP: which sides have closed, 1 for the one that opened the session, 2 for the other.</summary>
    public byte Closed;

    /// <summary>It has a protection: see <see cref="Protection"/>.</summary>
    public bool IsCarried;

    /// <summary>The packets that opened the session come by its protection, rather than leave by it.</summary>
    public bool Inbound;

    // What has been counted since it was last added to the totals: packets and bytes, forward and reverse. The order matters to Count.
    private uint _forwardPackets;
    private uint _forwardBytes;
    private uint _reversePackets;
    private uint _reverseBytes;

    /// <summary>Interfaces of the first packet; ingress 0 for the router's own.</summary>
    public uint Ingress;

    public uint Egress;

    /// <summary>Rises with each use of the row, so that an old number never names a new session.</summary>
    public uint Use;

    private uint _protection;
    private ulong _totalForwardPackets;
    private ulong _totalForwardBytes;
    private ulong _totalReversePackets;
    private ulong _totalReverseBytes;

    /// <summary>Protection that one direction leaves by and the other comes by; 0: none.</summary>
    public uint Protection
    {
        readonly get => _protection;
        set
        {
            _protection = value;
            IsCarried = value != 0;
        }
    }

    public readonly ulong ForwardPackets => _totalForwardPackets + _forwardPackets;

    public readonly ulong ForwardBytes => _totalForwardBytes + _forwardBytes;

    public readonly ulong ReversePackets => _totalReversePackets + _reversePackets;

    public readonly ulong ReverseBytes => _totalReverseBytes + _reverseBytes;

    /// <summary>Counts packets of one direction: fewer than 2 GB at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(bool reverse, uint packets, uint bytes)
    {
        // Packets go both ways in no order that a processor could guess: no branch.
        ref uint counted = ref Unsafe.Add(ref _forwardPackets, reverse ? 2 : 0);
        counted += packets;
        ref uint countedBytes = ref Unsafe.Add(ref counted, 1);
        countedBytes += bytes;
        if (countedBytes >= Large)
        {
            AddUp();
        }
    }

    /// <summary>Forgets what has been counted of the answers.</summary>
    public void ForgetReverse()
    {
        _reversePackets = 0;
        _reverseBytes = 0;
        _totalReversePackets = 0;
        _totalReverseBytes = 0;
    }

    private void AddUp()
    {
        _totalForwardPackets += _forwardPackets;
        _totalForwardBytes += _forwardBytes;
        _totalReversePackets += _reversePackets;
        _totalReverseBytes += _reverseBytes;
        _forwardPackets = 0;
        _forwardBytes = 0;
        _reversePackets = 0;
        _reverseBytes = 0;
    }
}
