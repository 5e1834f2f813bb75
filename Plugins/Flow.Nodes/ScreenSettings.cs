using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One interface's screen: which checks are on, and from how many packets a second a flood begins.</summary>
internal sealed class ScreenSettings
{
    private readonly ulong _checks;

    public ScreenSettings(Screen row)
    {
        foreach (ScreenCheck check in row.Checks)
        {
            _checks |= 1ul << (int)check;
        }

        AlarmOnly = row.AlarmOnly;
        (IcmpFlood, UdpFlood) = (row.IcmpFlood, row.UdpFlood);
        (SynAttack, SynSource, SynDestination) = (row.SynAttack, row.SynSource, row.SynDestination);
        Rates = Has(ScreenCheck.IcmpFlood) || Has(ScreenCheck.UdpFlood) || Has(ScreenCheck.SynFlood) ? new RateSketch() : null;
    }

    /// <summary>Packets pass whatever is found.</summary>
    public bool AlarmOnly { get; }

    public uint IcmpFlood { get; }

    public uint UdpFlood { get; }

    public uint SynAttack { get; }

    public uint SynSource { get; }

    public uint SynDestination { get; }

    /// <summary>Packets counted; null where no check counts them.</summary>
    public RateSketch? Rates { get; }

    /// <summary>True for a check that is on.</summary>
    public bool Has(ScreenCheck check) => (_checks & (1ul << (int)check)) != 0;
}
