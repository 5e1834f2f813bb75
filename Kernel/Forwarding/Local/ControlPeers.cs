using System.Globalization;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Local;

/// <summary>Addresses with which the control plane has to do: those of table "control-peer", and those that it has lately sent to.</summary>
/// <remarks>
/// Worker 0's. Their packets to the control plane have a share of their own, so that a flood from addresses that nobody knows keeps
/// none of them away. What was sent to is kept in a fixed number of places: new addresses displace old ones.
/// </remarks>
internal sealed class ControlPeers : IRowSink
{
    private const int Places = 8192;
    private const long Remembered = 60_000_000_000L;

    private readonly HashSet<UInt128> _configured = [];
    private readonly (UInt128 Address, long Until)[] _answered = new (UInt128, long)[Places];

    /// <summary>Worker 0 writes the rows, and it alone reads them.</summary>
    public bool IsShared => true;

    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (!TryParse(key, out UInt128 address))
        {
            return $"'{key}' is neither an IPv4 address in decimal nor an IPv6 address.";
        }

        _ = _configured.Add(address);
        return null;
    }

    public void Remove(string key)
    {
        if (TryParse(key, out UInt128 address))
        {
            _ = _configured.Remove(address);
        }
    }

    /// <summary>The control plane sends something to an address.</summary>
    public void Answered(long now, UInt128 address) => _answered[PlaceOf(address)] = (address, now + Remembered);

    /// <summary>True for an address with which the control plane has to do.</summary>
    public bool Has(long now, UInt128 address)
    {
        (UInt128 answered, long until) = _answered[PlaceOf(address)];
        return (answered == address && until > now) || _configured.Contains(address);
    }

    // A seeded hash: nobody outside can aim at a place.
    private static int PlaceOf(UInt128 address) => (int)((uint)address.GetHashCode() * 0x9E3779B1 >> 19);

    private static bool TryParse(string key, out UInt128 address)
    {
        bool isVersion4 = uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        address = number;
        return isVersion4 || Ipv6Address.TryParse(key, out address);
    }
}
