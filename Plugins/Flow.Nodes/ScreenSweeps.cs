using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What one source tries over time: addresses and ports, one after the other.</summary>
internal static class ScreenSweeps
{
    // What the keys of tries begin with.
    private const ulong IcmpKey = 1ul << 56;
    private const ulong TcpSweepKey = 2ul << 56;
    private const ulong TcpScanKey = 3ul << 56;
    private const ulong UdpSweepKey = 4ul << 56;
    private const ulong UdpScanKey = 5ul << 56;
    private const ulong Address = (1ul << 56) - 1;

    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    /// <summary>56 bits that tell addresses of IPv6 apart, and from those of IPv4.</summary>
    public static ulong Folded(UInt128 address)
    {
        ulong mixed = ((ulong)(address >> 64) * Odd) ^ (ulong)address;
        return (mixed * Odd) >> 8;
    }

    /// <summary>What a packet makes of its source: a question of ICMP, or a SYN.</summary>
    /// <param name="screen">The screen, which follows tries.</param>
    /// <param name="protocol">ICMP, ICMPv6 or TCP; nothing is found of others.</param>
    /// <param name="payload">Its header.</param>
    /// <param name="source">The source's address, or 56 bits of it.</param>
    /// <param name="destination">The same of the destination.</param>
    /// <param name="now">Microseconds of the worker's clock.</param>
    public static ScreenCheck Find(ScreenSettings screen, IpProtocol protocol, ReadOnlySpan<byte> payload, ulong source, ulong destination, ulong now)
    {
        SourceTries tries = screen.Tries!;
        switch (protocol)
        {
            case IpProtocol.Icmp or IpProtocol.Icmp6 when screen.Has(ScreenCheck.IcmpSweep) && payload.Length > 0 && IsQuestion(protocol, payload[0]):
                return tries.Exceeds(IcmpKey | source, Target(destination), screen.IcmpSweep, now) ? ScreenCheck.IcmpSweep : ScreenCheck.Unspecified;
            case IpProtocol.Tcp when ScreenPatterns.IsSyn(payload):
                uint port = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                return screen.Has(ScreenCheck.TcpScan) && tries.Exceeds(TcpScanKey | Pair(source, destination), port, screen.TcpScan, now) ? ScreenCheck.TcpScan
                    : screen.Has(ScreenCheck.TcpSweep) && tries.Exceeds(TcpSweepKey | source, Target(destination), screen.TcpSweep, now) ? ScreenCheck.TcpSweep
                    : ScreenCheck.Unspecified;
            default:
                return ScreenCheck.Unspecified;
        }
    }

    /// <summary>The same of a UDP packet without a session: answers are no tries.</summary>
    public static ScreenCheck FindUdp(ScreenSettings screen, in FlowPacket flow, ulong now)
    {
        FlowKey key = flow.Key;
        if (screen.Tries is not { } tries || key.Protocol != (byte)IpProtocol.Udp)
        {
            return ScreenCheck.Unspecified;
        }

        (ulong source, ulong destination) = key.IsVersion6 ? (Folded(flow.Source6), Folded(flow.Destination6)) : (key.Source, key.Destination);
        return screen.Has(ScreenCheck.UdpScan) && tries.Exceeds(UdpScanKey | Pair(source, destination), key.DestinationPort, screen.UdpScan, now) ? ScreenCheck.UdpScan
            : screen.Has(ScreenCheck.UdpSweep) && tries.Exceeds(UdpSweepKey | source, Target(destination), screen.UdpSweep, now) ? ScreenCheck.UdpSweep
            : ScreenCheck.Unspecified;
    }

    // Echo, timestamp, information, address mask (RFC 792, RFC 950).
    private static bool IsQuestion(IpProtocol protocol, byte type) =>
        protocol == IpProtocol.Icmp6 ? type == (byte)Icmp6Type.EchoRequest : type is 8 or 13 or 15 or 17;

    private static ulong Pair(ulong source, ulong destination) => ((source * Odd) ^ destination) & Address;

    private static uint Target(ulong address) => (uint)(address ^ (address >> 32));
}
