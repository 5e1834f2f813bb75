using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Cuts an inner packet into fragments that fit their tunnel (RFC 791 section 3.2; of IPv6 RFC 8200 section 4.5).</summary>
internal static unsafe class InnerFragmenter
{
    private const int TotalLengthOffset = 2;
    private const int FlagsOffset = 6;
    private const int ChecksumOffset = 10;
    private const byte CopiedOption = 0x80;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;

    private static uint s_identification;

    /// <summary>True for a packet that a router may fragment: of IPv6 only its own.</summary>
    public static bool MayCut(ref PacketBuffer packet) => InnerPacket.IsVersion6(packet.Data)
        ? packet.Length > Ipv6Header.MinimumMtu && (packet.Flags & PacketFlags.LocallyOriginated) != 0 && TransportPacket.IsWhole(packet.Data)
        : (BinaryPrimitives.ReadUInt16BigEndian(packet.Data[FlagsOffset..]) & Ipv4Header.DontFragmentBit) == 0;

    /// <summary>
    /// Copies the packet into fragments of at most <paramref name="largest"/> bytes; the packet stays as it is.
    /// </summary>
    /// <returns>How many; 0 when the header leaves no room, there are too many, or buffers ran out (none is kept then).</returns>
    public static int Cut(nint handle, int largest, PacketPools pools, Span<nint> fragments)
    {
        ReadOnlySpan<byte> packet = PacketBuffer.At(handle).Data;
        if (InnerPacket.IsVersion6(packet))
        {
            // What every link carries passes whole, whatever a tunnel adds.
            return Ipv6Fragmenter.Cut(
                ref PacketBuffer.At(handle), Math.Max(largest, Ipv6Header.MinimumMtu), Interlocked.Increment(ref s_identification), pools,
                fragments[..Math.Min(fragments.Length, Ipv6Fragmenter.MostFragments)]);
        }

        int headerLength = (packet[0] & 0x0f) * 4;
        if (headerLength < Ipv4Header.MinimumLength || packet.Length <= headerLength)
        {
            return 0;
        }

        Span<byte> laterHeader = stackalloc byte[Ipv4Header.MaximumLength];
        laterHeader = laterHeader[..WriteLaterHeader(packet[..headerLength], laterHeader)];
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet[FlagsOffset..]);
        ReadOnlySpan<byte> payload = packet[headerLength..];
        int count = 0;
        int position = 0;
        while (position < payload.Length)
        {
            ReadOnlySpan<byte> header = position == 0 ? packet[..headerLength] : laterHeader;
            int room = (largest - header.Length) & ~7;
            int bytes = Math.Min(room, payload.Length - position);
            nint fragment = room <= 0 || count == fragments.Length ? 0 : pools.Rent(header.Length + bytes);
            if (fragment == 0)
            {
                foreach (nint made in fragments[..count])
                {
                    pools.Return(made);
                }

                return 0;
            }

            fragments[count++] = fragment;
            Write(
                ref PacketBuffer.At(fragment), header, payload.Slice(position, bytes), flags, position, position + bytes < payload.Length);
            position += bytes;
        }

        return count;
    }

    private static void Write(
        ref PacketBuffer fragment, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ushort flags, int position, bool more)
    {
        // Safe: the buffer was rented for these bytes.
        Span<byte> bytes = new(fragment.Append(header.Length + payload.Length), header.Length + payload.Length);
        header.CopyTo(bytes);
        payload.CopyTo(bytes[header.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TotalLengthOffset..], (ushort)bytes.Length);
        int offset = (flags & Ipv4Header.FragmentOffsetMask) + (position / 8);
        ushort morebit = more ? Ipv4Header.MoreFragmentsBit : (ushort)(flags & Ipv4Header.MoreFragmentsBit);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FlagsOffset..], (ushort)(morebit | offset));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], InternetChecksum.Compute(bytes[..header.Length]));
    }

    // Header of every fragment but the first: only options with the copied bit go along.
    private static int WriteLaterHeader(ReadOnlySpan<byte> header, Span<byte> later)
    {
        header[..Ipv4Header.MinimumLength].CopyTo(later);
        ReadOnlySpan<byte> options = header[Ipv4Header.MinimumLength..];
        int length = Ipv4Header.MinimumLength;
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int bytes = options[0] == NoOperation ? 1 : options.Length >= 2 ? options[1] : 0;
            if (bytes == 0 || bytes > options.Length || (options[0] != NoOperation && bytes < 2))
            {
                break;
            }

            if ((options[0] & CopiedOption) != 0)
            {
                options[..bytes].CopyTo(later[length..]);
                length += bytes;
            }

            options = options[bytes..];
        }

        while (length % 4 != 0)
        {
            later[length++] = EndOfOptions;
        }

        later[0] = (byte)(0x40 | (length / 4));
        return length;
    }
}
