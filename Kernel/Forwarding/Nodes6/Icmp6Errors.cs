using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Makes the ICMPv6 errors that packets with <c>IcmpReply</c> ask for (RFC 4443 section 2.4), at a bounded rate.</summary>
/// <remarks><c>IcmpReply</c> speaks IPv4's numbers for both families; here they become those of ICMPv6.</remarks>
internal sealed unsafe class Icmp6Errors(ForwardingTables tables, WorkerServices worker)
{
    // RFC 4443 section 3.1: as much of the packet as fits into the least MTU.
    private const int QuotedBytes = Ipv6Header.MinimumMtu - Ip6.Header - Icmp6Header.Length;
    private const byte ErrorHops = 64;
    private const byte ErrorTrafficClass = 0xc0;
    private const ushort AdministrativelyProhibited = 0x030d;

    private readonly IcmpErrorBudget _budget = new(worker);
    private int _localOut = -1;

    /// <summary>Answers a packet, or says why not.</summary>
    public IcmpDrop? Answer(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        if (packet.Length < Ip6.Header || Translate(packet.IcmpReply) is not { } message)
        {
            return IcmpDrop.NoReason;
        }

        if (Silence(ref packet, ip, message.Type) is { } reason)
        {
            return reason;
        }

        UInt128 to = Ip6.Source(ip);
        UInt128 from = OwnAddress(packet, ip, to);
        if (from == 0)
        {
            return IcmpDrop.NoSource;
        }

        if (!_budget.Take(to))
        {
            return IcmpDrop.RateLimited;
        }

        ReadOnlySpan<byte> quoted = IcmpErrorBudget.Quote(ref packet, QuotedBytes);
        int length = Icmp6Header.Length + quoted.Length;
        nint handle = worker.Pools.Rent(Ip6.Header + length);
        if (handle == 0)
        {
            return IcmpDrop.NoBuffer;
        }

        ref PacketBuffer error = ref PacketBuffer.At(handle);
        error.Length = Ip6.Header + length;
        error.Instance = packet.Instance;
        error.Flags = PacketFlags.LocallyOriginated;
        // It quotes what came protected.
        error.RequiredProtection = packet.Protection;
        error.EgressInterface = Ipv6Address.IsLinkLocal(to) ? packet.IngressInterface : 0;
        Span<byte> bytes = error.Data;
        Ipv6Header.Write(bytes, length, (byte)IpProtocol.Icmp6, from, to, ErrorHops, ErrorTrafficClass);
        quoted.CopyTo(bytes[(Ip6.Header + Icmp6Header.Length)..]);
        uint rest = message.Type == Icmp6Type.PacketTooBig ? Math.Max((uint)packet.IcmpMtu, Ipv6Header.MinimumMtu)
            : message.Type == Icmp6Type.ParameterProblem ? NextHeaderAt(packet.Data)
            : 0;
        Icmp6Header.Write(bytes[Ip6.Header..], message.Type, message.Code, rest, bytes[Ipv6Header.SourceOffset..Ip6.Header]);
        _localOut = _localOut < 0 ? worker.NodeIndex(KernelNodes.Ip6LocalOut) : _localOut;
        worker.Enqueue(_localOut, handle);
        return null;
    }

    private static (Icmp6Type Type, byte Code)? Translate(ushort reply) => reply switch
    {
        IcmpReplies.NetUnreachable => (Icmp6Type.DestinationUnreachable, 0),
        IcmpReplies.HostUnreachable => (Icmp6Type.DestinationUnreachable, 3),
        IcmpReplies.ProtocolUnreachable => (Icmp6Type.ParameterProblem, 1),
        IcmpReplies.PortUnreachable => (Icmp6Type.DestinationUnreachable, 4),
        IcmpReplies.FragmentationNeeded => (Icmp6Type.PacketTooBig, 0),
        AdministrativelyProhibited => (Icmp6Type.DestinationUnreachable, 1),
        IcmpReplies.TtlExceeded or 0x0b01 => (Icmp6Type.TimeExceeded, (byte)reply),
        _ => reply >> 8 == 3 ? (Icmp6Type.DestinationUnreachable, 1) : null,
    };

    // Where the protocol that nobody knows is named.
    private static uint NextHeaderAt(ReadOnlySpan<byte> packet) =>
        Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) ? (uint)walked.ProtocolAt : 6;

    // RFC 4443 section 2.4 (e): what is never answered with an error.
    private IcmpDrop? Silence(ref PacketBuffer packet, byte* ip, Icmp6Type type)
    {
        if ((packet.Flags & PacketFlags.LocallyOriginated) != 0 || packet.IngressInterface == 0)
        {
            return IcmpDrop.AboutOwn;
        }

        UInt128 source = Ip6.Source(ip);
        bool group = (packet.Flags & PacketFlags.LinkBroadcast) != 0 || Ipv6Address.IsMulticast(Ip6.Destination(ip));
        if ((group && type != Icmp6Type.PacketTooBig) || Ipv6Address.IsMartianSource(source)
            || tables.FibLookup6(packet.Instance, source).Kind == RouteKind.Local)
        {
            return IcmpDrop.AboutGroup;
        }

        if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked))
        {
            return IcmpDrop.NoReason;
        }

        return walked.FragmentOffset != 0 ? IcmpDrop.AboutFragment
            : walked.Protocol == (byte)IpProtocol.Icmp6
                && (packet.Length <= walked.Offset || Icmp6Header.IsErrorType(ip[walked.Offset]) || ip[walked.Offset] == (byte)Icmp6Type.Redirect)
                ? IcmpDrop.AboutError
            : null;
    }

    // The address that the packet was sent to, where that is ours; else the ingress interface's, so that a traceroute shows the way in.
    private UInt128 OwnAddress(in PacketBuffer packet, byte* ip, UInt128 to)
    {
        UInt128 destination = Ip6.Destination(ip);
        if (tables.FibLookup6(packet.Instance, destination).Kind == RouteKind.Local)
        {
            return destination;
        }

        UInt128 ingress = tables.InterfaceAt(packet.IngressInterface)?.SourceFor(to) ?? 0;
        return ingress != 0 ? ingress : tables.SourceFor6(packet.Instance, to);
    }
}
