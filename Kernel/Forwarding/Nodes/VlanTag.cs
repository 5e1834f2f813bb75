using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

// IEEE 802.1Q, between the addresses and the type of an Ethernet header:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------------------------------+-----+-+-----------------------+
// |             0x8100            | PCP |D|    VLAN identifier    |
// +-------------------------------+-----+-+-----------------------+

/// <summary>The tag of VLAN frames. Frames of VLAN 0 have a priority only: they are as those without a tag.</summary>
internal static unsafe class VlanTag
{
    /// <summary>Bytes of the tag.</summary>
    public const int Length = 4;

    /// <summary>Identifiers that there are; the last is reserved.</summary>
    public const int Identifiers = 4096;

    private const int AddressesBytes = 2 * EthernetHeader.AddressBytes;
    private const ushort IdentifierMask = Identifiers - 1;

    /// <summary>Takes the tag off a frame of at least <see cref="Length"/> and an Ethernet header, and gives its identifier.</summary>
    public static int Remove(ref PacketBuffer frame)
    {
        byte* start = frame.Start;
        int identifier = Ip4.Read16(start + AddressesBytes + 2) & IdentifierMask;
        Move(start, start + Length);
        frame.Pull(Length);
        return identifier;
    }

    /// <summary>Puts a tag into a frame whose Ethernet header is written; the caller has checked the headroom.</summary>
    public static void Insert(ref PacketBuffer frame, int identifier)
    {
        byte* start = frame.Push(Length);
        Move(start + Length, start);
        Ip4.Write16(start + AddressesBytes, (ushort)EtherType.Vlan);
        Ip4.Write16(start + AddressesBytes + 2, (ushort)identifier);
    }

    // Safe: both places are inside of the frame, which the callers have checked. Read whole before it is written, for the places overlap.
    private static void Move(byte* from, byte* to)
    {
        ulong first = Unsafe.ReadUnaligned<ulong>(from);
        uint last = Unsafe.ReadUnaligned<uint>(from + sizeof(ulong));
        Unsafe.WriteUnaligned(to, first);
        Unsafe.WriteUnaligned(to + sizeof(ulong), last);
    }
}
