using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One interface's screen: which checks are on, and their numbers.</summary>
internal sealed class ScreenSettings
{
    private readonly ulong _checks;
    private readonly uint _tunnels;

    public ScreenSettings(Screen row)
    {
        foreach (ScreenCheck check in row.Checks)
        {
            _checks |= 1ul << (int)check;
        }

        foreach (ScreenTunnel tunnel in row.Tunnels)
        {
            _tunnels |= 1u << (int)tunnel;
        }

        AlarmOnly = row.AlarmOnly;
        (IcmpFlood, UdpFlood) = (row.IcmpFlood, row.UdpFlood);
        (SynAttack, SynSource, SynDestination) = (row.SynAttack, row.SynSource, row.SynDestination);
        (IcmpSweep, TcpScan, TcpSweep, UdpSweep, UdpScan) = (row.IcmpSweep, row.TcpScan, row.TcpSweep, row.UdpSweep, row.UdpScan);
        SourceSessions = Has(ScreenCheck.SourceSessions) ? row.SourceSessions : uint.MaxValue;
        DestinationSessions = Has(ScreenCheck.DestinationSessions) ? row.DestinationSessions : uint.MaxValue;
        SynSources = Prefixes(row.SynSources);
        SynDestinations = Prefixes(row.SynDestinations);
        UdpSources = Prefixes(row.UdpSources);
        Headers = Numbers(row.Headers, Has(ScreenCheck.ExtensionHeader));
        HopOptions = Numbers(row.HopOptions, Has(ScreenCheck.HopOption));
        DestinationOptions = Numbers(row.DestinationOptions, Has(ScreenCheck.DestinationOption));
        HeaderLimit = row.HeaderLimit;
        Rates = Has(ScreenCheck.IcmpFlood) || Has(ScreenCheck.UdpFlood) || Has(ScreenCheck.SynFlood) ? new RateSketch() : null;
        Tries = Has(ScreenCheck.IcmpSweep) || Has(ScreenCheck.TcpScan) || Has(ScreenCheck.TcpSweep) || Has(ScreenCheck.UdpSweep) || Has(ScreenCheck.UdpScan)
            ? new SourceTries() : null;
        LooksAtExtensions = Has(ScreenCheck.ExtensionHeader) || Has(ScreenCheck.HopOption) || Has(ScreenCheck.DestinationOption) || Has(ScreenCheck.ExtensionLimit);
    }

    /// <summary>Packets pass whatever is found.</summary>
    public bool AlarmOnly { get; }

    public uint IcmpFlood { get; }

    public uint UdpFlood { get; }

    public uint SynAttack { get; }

    public uint SynSource { get; }

    public uint SynDestination { get; }

    public uint IcmpSweep { get; }

    public uint TcpScan { get; }

    public uint TcpSweep { get; }

    public uint UdpSweep { get; }

    public uint UdpScan { get; }

    /// <summary>Sessions that an address may have opened; no number limits where the check is off.</summary>
    public uint SourceSessions { get; }

    public uint DestinationSessions { get; }

    /// <summary>Sessions of addresses are counted.</summary>
    public bool LimitsSessions => Has(ScreenCheck.SourceSessions) || Has(ScreenCheck.DestinationSessions);

    /// <summary>Addresses whose packets are in no flood; null for none.</summary>
    public PolicyPrefixes? SynSources { get; }

    public PolicyPrefixes? SynDestinations { get; }

    public PolicyPrefixes? UdpSources { get; }

    /// <summary>Headers of IPv6, and options, that are refused, by their numbers.</summary>
    public bool[] Headers { get; }

    public bool[] HopOptions { get; }

    public bool[] DestinationOptions { get; }

    /// <summary>Extension headers that a packet may have.</summary>
    public uint HeaderLimit { get; }

    /// <summary>Extension headers of IPv6 are walked.</summary>
    public bool LooksAtExtensions { get; }

    /// <summary>Packets counted; null where no check counts them.</summary>
    public RateSketch? Rates { get; }

    /// <summary>What sources have tried; null where no check follows it.</summary>
    public SourceTries? Tries { get; }

    /// <summary>What is wrong with a screen; null for nothing.</summary>
    public static string? FaultOf(Screen? row) => row is null ? null
        : row.Checks.Any(check => !Enum.IsDefined(check) || check == ScreenCheck.Unspecified) ? "a check that this module does not know"
        : row.Tunnels.Any(tunnel => !Enum.IsDefined(tunnel)) ? "a tunnel that this module does not know"
        : row.Headers.Concat(row.HopOptions).Concat(row.DestinationOptions).Any(range => range.Last > byte.MaxValue || range.First > range.Last) ? "numbers that no header has"
        : row.SynSources.Concat(row.SynDestinations).Concat(row.UdpSources).Any(text => PrefixText.Read(text) is null) ? "a prefix that is none"
        : null;

    /// <summary>True for a check that is on.</summary>
    public bool Has(ScreenCheck check) => (_checks & (1ul << (int)check)) != 0;

    /// <summary>True for a tunnel that is refused.</summary>
    public bool Has(ScreenTunnel tunnel) => (_tunnels & (1u << (int)tunnel)) != 0;

    private static PolicyPrefixes? Prefixes(RepeatedField<string> texts) =>
        texts.Count == 0 ? null : new PolicyPrefixes([.. texts.Select(text => PrefixText.Read(text)!)]);

    private static bool[] Numbers(RepeatedField<NumberRange> ranges, bool isOn)
    {
        bool[] numbers = new bool[256];
        foreach (NumberRange range in ranges.Where(_ => isOn))
        {
            numbers.AsSpan((int)range.First..((int)range.Last + 1)).Fill(true);
        }

        return numbers;
    }
}
