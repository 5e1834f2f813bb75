using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Linux.Offload;

/// <summary>Finishes a checksum that the sender left to a network card which is not there (a veth's peer).</summary>
internal static class FrameChecksum
{
    /// <summary>
    /// Sums <paramref name="frame"/> from <paramref name="start"/>, where the field already holds the pseudo header's sum, and writes
    /// the field. False when the places lie outside the frame.
    /// </summary>
    public static bool TryComplete(Span<byte> frame, int start, int offset)
    {
        if (start + offset + 2 > frame.Length)
        {
            return false;
        }

        ushort sum = InternetChecksum.Compute(frame[start..]);
        // RFC 768: a UDP checksum that comes out as 0 is sent as all ones. TCP accepts both.
        BinaryPrimitives.WriteUInt16BigEndian(frame[(start + offset)..], sum == 0 ? (ushort)0xffff : sum);
        return true;
    }
}
