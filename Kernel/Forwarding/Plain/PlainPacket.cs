using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    /// <summary>Scratch of the feature that is called.</summary>
    public uint Scratch;

    /// <summary>Bytes of the IPv4 packet.</summary>
    public ushort Length;

    // Its place in the batch that the node was given.
    internal ushort Place;

    /// <summary>True to send it to the feature's node.</summary>
    public bool Leaves;

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
}
