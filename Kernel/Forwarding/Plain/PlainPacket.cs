using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plain;

/// <summary>One packet in the plain pass: a whole ordinary IPv4 packet with a 20-byte header, all of which has been checked. One cache line.</summary>
/// <remarks>The metadata of its buffer is not written while it is in the pass: what a feature may ask for stands here.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public unsafe struct PlainPacket
{
    internal const int Bytes = 64;

    internal IngressRow* Ingress;
    internal LinkRow* Link;

    // The link header's first eight bytes.
    internal ulong LinkHead;

    /// <summary>The packet's handle.</summary>
    public nint Handle;

    /// <summary>Its IPv4 header: 20 bytes without options, then <see cref="Length"/> - 20 bytes of payload.</summary>
    public byte* Header;

    /// <summary>Scratch of the tunnel's node that is called: what it has found for the packet.</summary>
    public nint State;

    /// <summary>Scratch of the feature that is called.</summary>
    public uint Scratch;

    /// <summary>Bytes of the IPv4 packet.</summary>
    public ushort Length;

    // Its place in the batch that the node was given.
    internal ushort Place;

    // Bytes of the Ethernet header that it came with, 0 or 14: the first ones of its buffer, until the packet leaves the pass.
    internal ushort Frame;

    /// <summary>True to send it to the feature's node.</summary>
    public bool Leaves;

    /// <summary>Bytes free before it, its link header's among them.</summary>
    public readonly int Headroom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Header - (byte*)Handle) - PacketBuffer.MetadataBytes;
    }

    /// <summary>Protection that it was decrypted under; 0 when it came in the clear.</summary>
    public readonly uint Protection
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((PacketBuffer*)Handle)->Protection;
    }

    /// <summary>Index of the interface that it came in by.</summary>
    public readonly uint IngressInterface
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ingress->Interface;
    }

    /// <summary>Index of the interface that it leaves by.</summary>
    public readonly uint EgressInterface
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Link->Interface;
    }

    /// <summary>Routing instance.</summary>
    public readonly uint Instance
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ingress->Instance;
    }

    /// <summary>Says that outer headers stand before it now; the pass routes it by its new destination.</summary>
    /// <param name="bytes">Bytes of the headers.</param>
    /// <param name="instance">Routing instance of the outer packet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wrap(int bytes, uint instance)
    {
        Header -= bytes;
        Length = (ushort)(Length + bytes);
        Scratch = instance;
    }

    /// <summary>Says that it has come out of a tunnel: what is left has not been checked, and comes in by the tunnel's interface.</summary>
    /// <param name="bytes">Bytes of the outer headers.</param>
    /// <param name="ingress">Index of the tunnel's interface.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unwrap(int bytes, uint ingress)
    {
        Header += bytes;
        Length = (ushort)(Length - bytes);
        Scratch = ingress;
    }

    // Makes what the pass keeps of a packet in so many bytes, and takes the first step of its look-up; false when it is not plain.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryAdmit(PlainPacket* to, PacketBuffer* buffer, IngressRow* ingress, uint* plies, byte* ip, int room)
    {
        if (ingress->Interface == 0 || buffer->Flags != PacketFlags.None || buffer->SegmentBytes != 0 || !PlainHeader.IsPlain(ip, room, out ushort length))
        {
            return false;
        }

        to->Ingress = ingress;
        to->Handle = (nint)buffer;
        to->Header = ip;
        to->Scratch = Fib.First(ingress->Root, plies, Ip4.Destination(ip));
        to->Length = length;
        to->Frame = (ushort)ingress->HeaderBytes;
        to->Leaves = false;
        return true;
    }

    // The same for what has come out of a tunnel and is in the pass.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryReadmit(PlainPacket* packet, IngressRow* ingress, uint* plies)
    {
        byte* ip = packet->Header;
        if (ingress->Interface == 0 || !PlainHeader.IsPlain(ip, packet->Length, out ushort length))
        {
            return false;
        }

        packet->Ingress = ingress;
        packet->Scratch = Fib.First(ingress->Root, plies, Ip4.Destination(ip));
        packet->Length = length;
        return true;
    }

    // Writes into the metadata what the nodes would have written by now.
    internal void Describe(PlainStage stage, LinkRow* links)
    {
        if (stage == PlainStage.Outer)
        {
            DescribeOuter(Ingress->Instance);
        }
        else
        {
            DescribeLocal();
        }

        if (stage != PlainStage.Local)
        {
            var buffer = (PacketBuffer*)Handle;
            buffer->EgressInterface = Link->Interface;
            buffer->NextHop = Link->Gateway != 0 ? Link->Gateway : Ip4.Destination(Header);
            buffer->Adjacency = (uint)(Link - links);
            buffer->TunnelDepth = (byte)(stage == PlainStage.Outer ? 1 : 0);
        }
    }

    // A packet to the router itself, or one out of a tunnel that ip4-input is to see.
    internal void DescribeLocal()
    {
        var buffer = (PacketBuffer*)Handle;
        if (Frame != 0)
        {
            Unsafe.CopyBlockUnaligned(buffer->Ethernet, buffer->Start, EthernetHeader.Length);
        }

        buffer->Offset = (int)(Header - PacketBuffer.MetadataBytes - (byte*)buffer);
        buffer->Length = Length;
        buffer->IngressInterface = Ingress->Interface;
        buffer->Instance = Ingress->Instance;
        buffer->EgressInterface = 0;
        buffer->TunnelDepth = 0;
    }

    // A tunnel's outer packet that is to be routed.
    internal void DescribeOuter(uint instance)
    {
        var buffer = (PacketBuffer*)Handle;
        buffer->EnterPath(
            (int)(Header - PacketBuffer.MetadataBytes - (byte*)buffer), Length, PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter, 0,
            instance, 0);
        buffer->AvoidProtection = 0;
        buffer->IcmpReply = 0;
        buffer->TunnelDepth = 0;
    }
}
