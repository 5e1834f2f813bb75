using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Gre.Wire;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>Takes packets out of GRE and out of IP.</summary>
/// <remarks>
/// In: whole local packets of protocol 47, 4 and 41, IPv4 header in front. Out: what they carry, as input of the tunnel's interface; keepalives
/// that the peer wants back, as packets of the router's own.
/// </remarks>
internal sealed unsafe class GreDecapNode(TunnelTable tunnels, WorkerServices worker, DropCounters drops)
    : GraphNode(NodeName, KernelNodes.Ip4Input, KernelNodes.Ip6Input, KernelNodes.Ip4LocalOut), IPlainExit
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "gre-decap";

    /// <summary>IP protocol of IPv4 inside IPv4 (RFC 2003).</summary>
    public const byte IpInIp = 4;

    private const ushort Ip4Edge = 0;
    private const ushort Ip6Edge = 1;
    private const ushort LocalOutEdge = 2;
    private const int Ipv6HeaderBytes = 40;
    private const int EcnMask = 3;

    // Flags and protocol type of headers with IPv4 inside, in memory order.
    private const uint PlainHeader = 0x0008_0000;
    private const uint OptionBits = 0x0000_00a0;
    private const uint ChecksumBit = 0x0000_0080;
    private const uint KeyBit = 0x0000_0020;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i]);
        }
    }

    /// <inheritdoc/>
    public uint Changes => tunnels.Changes;

    /// <summary>The tunnel of GRE without a key between two addresses.</summary>
    public nint Find(uint instance, uint source, uint destination) => (nint)tunnels.Find(instance, destination, source, TunnelFlags.None, 0);

    /// <inheritdoc/>
    public void Unwrap(Span<PlainPacket> packets)
    {
        fixed (PlainPacket* first = packets)
        {
            PlainPacket* end = first + packets.Length;
            for (PlainPacket* packet = first; packet < end; packet++)
            {
                // Safe: no options, and two headers' bytes.
                byte* ip = packet->Header;
                var tunnel = (TunnelRecord*)packet->State;
                uint header;
                if (tunnel != null && packet->Length >= 2 * Ipv4Header.MinimumLength && ip[9] == (byte)IpProtocol.Gre
                    && ((header = Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.MinimumLength)) & ~ChecksumBit) == PlainHeader)
                {
                    packet->Scratch = Ipv4Header.MinimumLength + GreHeader.MinimumLength + ((header & ChecksumBit) >> 5);
                }
                else
                {
                    tunnel = Find(packet);
                }

                packet->Leaves = !TryUnwrap(packet, tunnel);
            }
        }
    }

    // The tunnel of a packet with IPv4 inside, with or without GRE and a key; null for everything else. Scratch: bytes of the headers.
    private TunnelRecord* Find(PlainPacket* packet)
    {
        // Safe: 20 bytes and no options; what is behind them is read after a look at the length.
        byte* ip = packet->Header;
        TunnelFlags kind = TunnelFlags.IpInIp;
        uint key = 0;
        int front = Ipv4Header.MinimumLength;
        if (ip[9] == (byte)IpProtocol.Gre)
        {
            uint header = packet->Length < front + GreHeader.MinimumLength ? 0 : Unsafe.ReadUnaligned<uint>(ip + front);
            front += (header & ChecksumBit) != 0 ? 8 : 4;
            bool hasKey = (header & KeyBit) != 0;
            if ((header & ~OptionBits) != PlainHeader || packet->Length < front + (hasKey ? sizeof(uint) : 0))
            {
                return null;
            }

            kind = TunnelFlags.None;
            if (hasKey)
            {
                kind = TunnelFlags.Key;
                key = Number(ip + front);
                front += sizeof(uint);
            }
        }
        else if (ip[9] != IpInIp)
        {
            return null;
        }

        packet->Scratch = (uint)front;
        return tunnels.Find(packet->Instance, Number(ip + 16), Number(ip + 12), kind, key);
    }

    // What Handle does to a packet of a tunnel without numbers, and everything is well.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryUnwrap(PlainPacket* packet, TunnelRecord* tunnel)
    {
        if (tunnel == null || packet->Protection != tunnel->Protection
            || ((tunnel->Flags & (TunnelFlags.Sequence | TunnelFlags.Secured)) != 0 && !IsOpen(tunnel)))
        {
            return false;
        }

        int front = (int)packet->Scratch;
        int length = packet->Length - front;
        byte* ip = packet->Header;
        byte* inner = ip + front;
        if (length < Ipv4Header.MinimumLength || inner[0] >> 4 != 4 || (ip[1] & EcnMask) == EcnMask || inner[9] == (byte)IpProtocol.Gre
            || (front > Ipv4Header.MinimumLength && (ip[Ipv4Header.MinimumLength] & ChecksumBit) != 0 && !IsRight(packet)))
        {
            return false;
        }

        tunnel->ReceivedPackets++;
        tunnel->ReceivedOctets += (uint)length;
        packet->Unwrap(front, tunnel->Interface);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsOpen(TunnelRecord* tunnel) => (tunnel->Flags & TunnelFlags.Sequence) == 0 && tunnel->Protection != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsRight(PlainPacket* packet) =>
        PacketSum.IsRight(PacketSum.Of(packet->Header + Ipv4Header.MinimumLength, packet->Length - Ipv4Header.MinimumLength));

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);

        // Safe: ip4-deliver hands over whole packets whose header has been checked.
        byte* ip = packet.Start;
        int front = (ip[0] & 0x0f) * 4;
        TunnelFlags kind = TunnelFlags.IpInIp;
        GreProtocol protocol = ip[9] == IpInIp ? GreProtocol.Ipv4 : GreProtocol.Ipv6;
        uint key = 0;
        GreHeader gre = default;
        if (ip[9] == (byte)IpProtocol.Gre)
        {
            if (!GreHeader.TryParse(new ReadOnlySpan<byte>(ip + front, packet.Length - front), out gre, out _))
            {
                drops.Add((int)GreDrop.Malformed, 1);
                return GraphEdge.Drop;
            }

            kind = gre.HasKey ? TunnelFlags.Key : TunnelFlags.None;
            protocol = gre.Protocol;
            key = gre.Key;
            front += gre.Length;
        }

        TunnelRecord* tunnel = tunnels.Find(packet.Instance, Number(ip + 16), Number(ip + 12), kind, key);
        if (tunnel == null)
        {
            drops.Add((int)GreDrop.UnknownTunnel, 1);
            return GraphEdge.Drop;
        }

        if ((tunnel->Flags & TunnelFlags.Secured) != 0 && (tunnel->Protection == 0 || packet.Protection != tunnel->Protection))
        {
            tunnel->ReceivedDiscards++;
            drops.Add((int)GreDrop.Unprotected, 1);
            return GraphEdge.Drop;
        }

        if (kind != TunnelFlags.IpInIp && (gre.HasChecksum || (tunnel->Flags & TunnelFlags.Sequence) != 0))
        {
            if (tunnel->IsElsewhere)
            {
                worker.HandOff(worker.OwnerOf(tunnel->Interface), worker.NodeIndex(NodeName), handle);
                return GraphEdge.Consumed;
            }

            if (Refusal(tunnel, gre) is { } reason)
            {
                drops.Add((int)reason, 1);
                return GraphEdge.Drop;
            }
        }

        return protocol is GreProtocol.Ipv4 or GreProtocol.Ipv6 ? Enter(ref packet, tunnel, front, protocol == GreProtocol.Ipv6)
            : protocol == GreProtocol.Keepalive && packet.Length == front ? Return(handle, tunnel)
            : Error(tunnel, GreDrop.UnknownPayload);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Number(byte* bytes) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(bytes));

    private static GreDrop? Refusal(TunnelRecord* tunnel, in GreHeader gre)
    {
        if (gre.HasChecksum && InternetChecksum.Compute(gre.Packet) != 0)
        {
            tunnel->ReceivedErrors++;
            return GreDrop.BadChecksum;
        }

        if ((tunnel->Flags & TunnelFlags.Sequence) == 0 || !gre.HasSequence)
        {
            return null;
        }

        // RFC 2890 section 2.2: numbers go round, and one that is not after the last is late.
        SequenceRow* numbers = tunnel->Sequence;
        if (numbers->HasReceived != 0 && (int)(gre.Sequence - numbers->NextReceive) < 0)
        {
            tunnel->ReceivedDiscards++;
            return GreDrop.OutOfSequence;
        }

        numbers->NextReceive = gre.Sequence + 1;
        numbers->HasReceived = 1;
        return null;
    }

    private ushort Enter(ref PacketBuffer packet, TunnelRecord* tunnel, int front, bool isIpv6)
    {
        int length = packet.Length - front;
        byte* ip = packet.Start;
        byte* inner = ip + front;
        if (length < (isIpv6 ? Ipv6HeaderBytes : Ipv4Header.MinimumLength))
        {
            return Error(tunnel, GreDrop.Truncated);
        }

        // Safe: a whole header of the protocol is there; ip4-input and ip6-input check what it says.
        if (inner[0] >> 4 != (isIpv6 ? 6 : 4))
        {
            return Error(tunnel, GreDrop.UnknownPayload);
        }

        if ((ip[1] & EcnMask) == EcnMask && !Congestion.Mark(inner, isIpv6))
        {
            tunnel->ReceivedDiscards++;
            drops.Add((int)GreDrop.Congested, 1);
            return GraphEdge.Drop;
        }

        if (!isIpv6 && inner[9] == (byte)IpProtocol.Gre && IsKeepalive(tunnel, inner, length))
        {
            tunnel->KeepalivesAnswered++;
            packet.EnterPath(
                packet.Offset + front, (inner[2] << 8) | inner[3], PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter, 0, tunnel->Instance, 0);
            packet.RequiredProtection = tunnel->Protection;
            packet.AvoidProtection = 0;
            packet.IcmpReply = 0;
            return LocalOutEdge;
        }

        tunnel->ReceivedPackets++;
        tunnel->ReceivedOctets += (uint)length;
        packet.EnterPath(packet.Offset + front, length, PacketFlags.None, tunnel->Interface, tunnel->Instance, tunnel->Protection);
        packet.IcmpReply = 0;
        packet.AvoidProtection = 0;
        return isIpv6 ? Ip6Edge : Ip4Edge;
    }

    // What the peer wants back: addressed as our own packets to it are, nothing inside. It is sent back as such, so that it never leaves
    // a secured tunnel in the clear, as a packet that is forwarded would.
    private static bool IsKeepalive(TunnelRecord* tunnel, byte* inner, int length)
    {
        if (inner[0] != 0x45 || Number(inner + 12) != tunnel->LocalAddress || Number(inner + 16) != tunnel->RemoteAddress
            || length < Ipv4Header.MinimumLength + GreHeader.MinimumLength)
        {
            return false;
        }

        int total = (inner[2] << 8) | inner[3];
        return total <= length && total >= Ipv4Header.MinimumLength + GreHeader.MinimumLength
            && InternetChecksum.Compute(new ReadOnlySpan<byte>(inner, Ipv4Header.MinimumLength)) == 0
            && GreHeader.TryParse(
                new ReadOnlySpan<byte>(inner + Ipv4Header.MinimumLength, total - Ipv4Header.MinimumLength), out GreHeader gre, out _)
            && gre.Protocol == GreProtocol.Keepalive && gre.Length == total - Ipv4Header.MinimumLength;
    }

    private ushort Return(nint handle, TunnelRecord* tunnel)
    {
        tunnel->KeepalivesReturned++;
        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    private ushort Error(TunnelRecord* tunnel, GreDrop reason)
    {
        tunnel->ReceivedErrors++;
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
