using System.Buffers.Binary;

namespace RouterOS.Sdk.Packets;

/// <summary>The Internet checksum (RFC 1071) of the messages that control halves write and read themselves.</summary>
/// <remarks>Node packages, which sum every packet, have a faster one in <c>Kernel/Packets</c>.</remarks>
public static class InternetChecksum
{
    /// <summary>What belongs into the checksum field; 0 when the bytes hold a right checksum already.</summary>
    /// <param name="bytes">The bytes; an odd last one counts as the high half of a word.</param>
    /// <param name="start">Sum of what stands before, a pseudo header for instance.</param>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint start = 0)
    {
        uint sum = start + Sum(bytes);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    /// <summary>Sum of the words of at most 64 KB, neither folded nor inverted.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return sum + (bytes.IsEmpty ? 0u : (uint)bytes[0] << 8);
    }
}
