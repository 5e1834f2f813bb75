using System.Buffers.Binary;

namespace RouterOS.Packets;

/// <summary>Cuts an IPv6 packet into fragments (RFC 8200 section 4.5).</summary>
public static unsafe class Ipv6Fragmenter
{
    /// <summary>More fragments than this are made of no packet.</summary>
    public const int MostFragments = 256;

    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte DestinationOptions = 60;

    /// <summary>Copies the packet into fragments of at most <paramref name="largest"/> bytes, with its metadata; the packet stays as it is.</summary>
    /// <param name="handle">The packet, whose headers have been checked.</param>
    /// <param name="largest">Bytes of a fragment at most.</param>
    /// <param name="identification">What the fragments have in common.</param>
    /// <param name="pools">Where buffers come from.</param>
    /// <param name="fragments">Room for <see cref="MostFragments"/>.</param>
    /// <returns>How many; 0 when the headers leave no room, there are too many, or buffers ran out (none is kept then).</returns>
    public static int Cut(ref PacketBuffer handle, int largest, uint identification, PacketPools pools, Span<nint> fragments)
    {
        ReadOnlySpan<byte> packet = handle.Data;
        int front = FrontOf(packet, out int namedAt);
        ReadOnlySpan<byte> payload = packet[front..];
        int header = front + Ipv6Extensions.FragmentHeaderLength;
        int room = (largest - header) & ~7;
        int count = 0;
        for (int done = 0; done < payload.Length; done += room)
        {
            int take = Math.Min(room, payload.Length - done);
            nint made = room <= 0 || count == fragments.Length ? 0 : pools.Rent(header + take);
            if (made == 0)
            {
                foreach (nint kept in fragments[..count])
                {
                    pools.Return(kept);
                }

                return 0;
            }

            fragments[count++] = made;
            ref PacketBuffer piece = ref PacketBuffer.At(made);
            piece.Length = header + take;
            handle.CopyMetadataTo(ref piece);
            Span<byte> to = piece.Data;
            packet[..front].CopyTo(to);
            payload.Slice(done, take).CopyTo(to[header..]);
            BinaryPrimitives.WriteUInt16BigEndian(to[4..], (ushort)(to.Length - Ipv6Header.Length));
            Span<byte> extension = to[front..header];
            extension[0] = to[namedAt];
            extension[1] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(extension[2..], (ushort)(done | (done + take < payload.Length ? 1 : 0)));
            BinaryPrimitives.WriteUInt32BigEndian(extension[4..], identification);
            to[namedAt] = Fragment;
        }

        return count;
    }

    // What every fragment repeats: options that routers read, and a route with what belongs to it.
    private static int FrontOf(ReadOnlySpan<byte> packet, out int namedAt)
    {
        namedAt = 6;
        int front = Ipv6Header.Length;
        int at = front;
        int named = namedAt;
        for (byte next = packet[named]; next is HopByHop or Routing or DestinationOptions && at + 8 <= packet.Length; next = packet[named])
        {
            int length = (packet[at + 1] + 1) * 8;
            if (at + length > packet.Length)
            {
                break;
            }

            named = at;
            at += length;
            if (next != DestinationOptions)
            {
                (front, namedAt) = (at, named);
            }
        }

        return front;
    }
}
