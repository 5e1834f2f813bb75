using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>One IPv6 neighbour on an Ethernet interface (RFC 4861 section 5.1).</summary>
internal sealed class Neighbor6
{
    public uint Interface;
    public UInt128 Address;
    public NeighborState State;
    public bool IsRouter;

    // The Ethernet address as two words in memory order.
    public uint LinkFirst;
    public ushort LinkLast;

    // Solicitations since the last answer, and when the last one was sent.
    public int Tries;
    public long AskedAt;
    public long ConfirmedAt;

    // Packets that wait for the answer.
    public WaitingPackets Waiting;

    /// <summary>True where the neighbour's Ethernet address is this one.</summary>
    public bool Has(ReadOnlySpan<byte> link) =>
        LinkFirst == Unsafe.ReadUnaligned<uint>(in link[0]) && LinkLast == Unsafe.ReadUnaligned<ushort>(in link[4]);

    /// <summary>Takes an Ethernet address over.</summary>
    public void SetLink(ReadOnlySpan<byte> link)
    {
        LinkFirst = Unsafe.ReadUnaligned<uint>(in link[0]);
        LinkLast = Unsafe.ReadUnaligned<ushort>(in link[4]);
    }

    /// <summary>Writes the Ethernet address.</summary>
    public void WriteLink(Span<byte> link)
    {
        Unsafe.WriteUnaligned(ref link[0], LinkFirst);
        Unsafe.WriteUnaligned(ref link[EthernetHeader.AddressBytes - 2], LinkLast);
    }
}
