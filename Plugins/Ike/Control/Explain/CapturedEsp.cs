using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.Explain;

/// <summary>Packets of one ESP SA in a capture.</summary>
internal sealed class CapturedEsp(PeerEndpoints ends, uint spi, bool insideUdp)
{
    private uint _highest;
    private uint _lowest = uint.MaxValue;
    private ulong _packets;
    private ulong _notRising;

    /// <summary>A packet with a sequence number.</summary>
    public void Take(uint sequence)
    {
        _packets++;
        _notRising += _packets > 1 && sequence <= _highest ? 1u : 0u;
        _highest = Math.Max(_highest, sequence);
        _lowest = Math.Min(_lowest, sequence);
    }

    /// <summary>They in words.</summary>
    public string Describe()
    {
        ulong missing = (ulong)_highest - _lowest + 1;
        missing = missing > _packets - _notRising ? missing - (_packets - _notRising) : 0;
        return $"ESP {Ipv4.Text(ends.Local)} to {Ipv4.Text(ends.Remote)}, SPI {spi:x8}{(insideUdp ? ", inside UDP" : string.Empty)}: {_packets} packets, numbers {_lowest} to {_highest}"
            + (missing > 0 ? $", {missing} missing" : string.Empty) + (_notRising > 0 ? $", {_notRising} late or repeated" : string.Empty);
    }
}
