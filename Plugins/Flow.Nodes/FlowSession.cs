using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Flow.Nodes;

/// <summary>One session: a permitted flow in both directions. Packed row in native memory, 128 bytes.</summary>
/// <remarks>What a packet of a known session reads and writes is the first cache line.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct FlowSession
{
    public const int Bytes = 128;

    /// <summary>Key of the direction that opened the session.</summary>
    public FlowKey Forward;

    /// <summary>Number of the policy that permits it.</summary>
    public uint Policy;

    /// <summary>Zones of the first packet: see <see cref="FromZone"/> and <see cref="ToZone"/>.</summary>
    public ulong Zones;

    /// <summary>Generation of the policies that it was judged by.</summary>
    public uint Generation;

    /// <summary>Second of the worker's clock at which it ends.</summary>
    public uint Expires;

    /// <summary>Seconds that the last packet extended it by.</summary>
    public ushort Timeout;

    /// <summary>Idle timeout of the policy's application; 0: the protocol's.</summary>
    public ushort ApplicationTimeout;

    public FlowSessionState State;

    /// <summary>TCP: which sides have closed, 1 for the one that opened the session, 2 for the other; 4 and 8 for the one whose reset it was.</summary>
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

    /// <summary>TCP, while resets are checked: the number after the last byte that the opener and the answerer have sent; 0: not known.</summary>
    public uint OpenerNext;

    public uint AnswererNext;

    /// <summary>The number that each of them expects next of the other; 0: not known.</summary>
    public uint OpenerExpects;

    public uint AnswererExpects;

    /// <summary>Code of the ICMP message that opened the session; it lies where TCP has its numbers.</summary>
    public byte IcmpCode
    {
        readonly get => (byte)OpenerNext;
        set => OpenerNext = value;
    }

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

    /// <summary>Zone that the first packet came from; 0 for the router's own.</summary>
    public uint FromZone
    {
        readonly get => (uint)Zones;
        set => Zones = (Zones & ~(ulong)uint.MaxValue) | value;
    }

    /// <summary>Zone that the first packet went to.</summary>
    public uint ToZone
    {
        readonly get => (uint)(Zones >> 32);
        set => Zones = (uint)Zones | ((ulong)value << 32);
    }

    public readonly ulong ForwardPackets => _totalForwardPackets + _forwardPackets;

    public readonly ulong ForwardBytes => _totalForwardBytes + _forwardBytes;

    public readonly ulong ReversePackets => _totalReversePackets + _reversePackets;

    public readonly ulong ReverseBytes => _totalReverseBytes + _reverseBytes;

    /// <summary>Counts packets of one direction: fewer than 2 GB at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(bool reverse, uint packets, uint bytes)
    {
        // Packets go both ways in no order that a processor could guess: no branch. Packets and bytes are one word, in which packets
        // cannot reach the bytes: a packet has more than one.
        ref ulong counted = ref Unsafe.As<uint, ulong>(ref Unsafe.Add(ref _forwardPackets, reverse ? 2 : 0));
        counted += packets | ((ulong)bytes << 32);
        if ((long)counted < 0)
        {
            AddUp();
        }
    }

    /// <summary>
    /// True when a packet that is no end of a connection would leave all but the counts as it is: nothing carries the session, it is
    /// established, and another packet of this second has moved its end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool OnlyCounts(uint now) =>
        Expires == now + Timeout && State == FlowSessionState.Established && !IsCarried;

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
