namespace RouterOS.Esp.Wire;

/// <summary>
/// What routers may change in an IPv4 header, set to what the check value of AH is computed over (RFC 4302 section 3.3.3.1.1).
/// </summary>
public static class AhMutableFields
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte Security = 130;
    private const byte LooseSourceRoute = 131;
    private const byte ExtendedSecurity = 133;
    private const byte CommercialSecurity = 134;
    private const byte StrictSourceRoute = 137;
    private const byte RouterAlert = 148;
    private const byte SenderDirectedDelivery = 149;

    // Type, length and pointer of a source route.
    private const int SourceRouteStart = 3;

    /// <summary>
    /// Zeroes what may change: TOS, flags and fragment offset, TTL, checksum, and every option that is not known to stay as it is. Where
    /// a source route is still under way, the destination becomes its last address.
    /// </summary>
    /// <param name="header">A whole IPv4 header, options included. Undefined where the answer is false.</param>
    /// <returns>False when the options are malformed: the packet must be dropped.</returns>
    public static bool Clear(Span<byte> header)
    {
        header[1] = 0;
        header[6] = 0;
        header[7] = 0;
        header[8] = 0;
        header[10] = 0;
        header[11] = 0;
        return header.Length == EspSizes.OuterHeader || ClearOptions(header);
    }

    private static bool ClearOptions(Span<byte> header)
    {
        Span<byte> options = header[EspSizes.OuterHeader..];
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            int length = options.Length < 2 ? 0 : options[1];
            if (length < 2 || length > options.Length)
            {
                return false;
            }

            Span<byte> option = options[..length];
            options = options[length..];
            switch (option[0])
            {
                case Security or ExtendedSecurity or CommercialSecurity or RouterAlert or SenderDirectedDelivery:
                    break;
                case LooseSourceRoute or StrictSourceRoute when !FollowRoute(option, header):
                    return false;
                default:
                    option.Clear();
                    break;
            }
        }

        return true;
    }

    // The destination that the packet will have arrived with.
    private static bool FollowRoute(ReadOnlySpan<byte> option, Span<byte> header)
    {
        if (option.Length < SourceRouteStart || (option.Length - SourceRouteStart) % sizeof(uint) != 0)
        {
            return false;
        }

        // The pointer counts from 1; past the end the route has been walked, and the destination is the last one already.
        if (option.Length > SourceRouteStart && option[2] <= option.Length)
        {
            option[^sizeof(uint)..].CopyTo(header[16..]);
        }

        return true;
    }
}
