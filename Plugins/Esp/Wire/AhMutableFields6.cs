namespace RouterOS.Esp.Wire;

/// <summary>
/// What routers may change in an IPv6 header and its extension headers, set to what the check value of AH is computed over (RFC 4302
/// section 3.3.3.1.2).
/// </summary>
public static class AhMutableFields6
{
    /// <summary>Bytes of an IPv6 header.</summary>
    public const int HeaderLength = 40;

    private const int DestinationOffset = 24;
    private const int AddressBytes = 16;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte DestinationOptions = 60;
    private const byte Pad1 = 0;

    // RFC 8200 section 4.2: the option's data may change on the way.
    private const byte MayChange = 0x20;

    /// <summary>
    /// Zeroes class, flow label and hop limit, and the data of options that may change; puts a routing header of type 0 and the
    /// destination as they are at the end of the route.
    /// </summary>
    /// <param name="packet">The packet from its IPv6 header on. Undefined where the answer is false.</param>
    /// <param name="authentication">Where the authentication header starts.</param>
    /// <returns>False when the headers before AH are malformed, fragmented or not understood: the packet must be dropped.</returns>
    public static bool Clear(Span<byte> packet, out int authentication)
    {
        authentication = 0;
        if (packet.Length < HeaderLength || packet[0] >> 4 != 6)
        {
            return false;
        }

        packet[0] = 0x60;
        packet[1] = 0;
        packet[2] = 0;
        packet[3] = 0;
        packet[7] = 0;
        byte next = packet[6];
        int place = HeaderLength;
        while (next != AhHeader.Protocol)
        {
            // A fragment is put together before it is checked.
            if (next is not (HopByHop or Routing or DestinationOptions) || packet.Length - place < 8)
            {
                return false;
            }

            int length = (packet[place + 1] + 1) * 8;
            if (length > packet.Length - place)
            {
                return false;
            }

            Span<byte> extension = packet.Slice(place, length);
            if (!(next == Routing ? FinishRoute(extension, packet.Slice(DestinationOffset, AddressBytes)) : ClearOptions(extension[2..])))
            {
                return false;
            }

            next = extension[0];
            place += length;
        }

        authentication = place;
        return packet.Length - place >= AhHeader.FixedLength;
    }

    private static bool ClearOptions(Span<byte> options)
    {
        while (!options.IsEmpty)
        {
            if (options[0] == Pad1)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || 2 + options[1] > options.Length)
            {
                return false;
            }

            int length = 2 + options[1];
            if ((options[0] & MayChange) != 0)
            {
                options[2..length].Clear();
            }

            options = options[length..];
        }

        return true;
    }

    // Type 0 (RFC 2460 section 4.4): the addresses left move up, the destination takes part, the last one becomes it.
    private static bool FinishRoute(Span<byte> routing, Span<byte> destination)
    {
        Span<byte> addresses = routing[8..];
        int count = addresses.Length / AddressBytes;
        int left = routing[3];
        if (routing[2] != 0 || addresses.Length % AddressBytes != 0 || left > count)
        {
            return routing[2] != 0 && left == 0;
        }

        Span<byte> swap = stackalloc byte[AddressBytes];
        for (int i = count - left; i < count; i++)
        {
            Span<byte> address = addresses.Slice(i * AddressBytes, AddressBytes);
            address.CopyTo(swap);
            destination.CopyTo(address);
            swap.CopyTo(destination);
        }

        routing[3] = 0;
        return true;
    }
}
