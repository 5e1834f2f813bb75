using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>The mark of a congested router on the outer header moves to the packet inside (RFC 6040 section 4.2).</summary>
internal static unsafe class Congestion
{
    private const int EcnMask = 3;

    /// <summary>Marks a packet whose outer header is marked; false when it takes no part and must be dropped.</summary>
    public static bool Mark(byte* inner, bool isIpv6)
    {
        // Safe: a whole header of the protocol is there.
        Span<byte> first = new(inner, 2);
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(first);
        int shift = isIpv6 ? 4 : 0;
        if (((before >> shift) & EcnMask) == 0)
        {
            return false;
        }

        ushort after = (ushort)(before | (EcnMask << shift));
        BinaryPrimitives.WriteUInt16BigEndian(first, after);
        if (!isIpv6)
        {
            Span<byte> checksum = new(inner + 10, 2);
            BinaryPrimitives.WriteUInt16BigEndian(
                checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, after));
        }

        return true;
    }
}
