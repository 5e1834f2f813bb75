using System.Globalization;

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

    private readonly HashSet<uint> _configured = [];
    private readonly (uint Address, long Until)[] _answered = new (uint, long)[Places];

    /// <summary>Worker 0 writes the rows, and it alone reads them.</summary>
    public bool IsShared => true;

    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (!uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint address))
        {
            return $"'{key}' is no address in decimal.";
        }

        _ = _configured.Add(address);
        return null;
    }

    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint address))
        {
            _ = _configured.Remove(address);
        }
    }

    /// <summary>The control plane sends something to an address.</summary>
    public void Answered(long now, uint address) => _answered[PlaceOf(address)] = (address, now + Remembered);

    /// <summary>True for an address with which the control plane has to do.</summary>
    public bool Has(long now, uint address)
    {
        (uint answered, long until) = _answered[PlaceOf(address)];
        return (answered == address && until > now) || _configured.Contains(address);
    }

    private static int PlaceOf(uint address) => (int)((address * 0x9E3779B1) >> 19);
}
