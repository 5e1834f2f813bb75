using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One application of a policy, ready to be matched.</summary>
internal readonly struct PolicyApplication
{
    private const int AnyCode = -1;

    private readonly uint _protocol;
    private readonly uint _firstSource;
    private readonly uint _lastSource;
    private readonly uint _firstDestination;
    private readonly uint _lastDestination;
    private readonly int _icmpCode;

    public PolicyApplication(Application application)
    {
        _protocol = application.Protocol;
        (_firstSource, _lastSource) = Range(application.FirstSourcePort, application.LastSourcePort);
        (_firstDestination, _lastDestination) = Range(application.FirstDestinationPort, application.LastDestinationPort);
        _icmpCode = application.HasIcmpCode ? (int)Math.Min(application.IcmpCode, byte.MaxValue) : AnyCode;
        TimeoutSeconds = (ushort)Math.Min(application.TimeoutSeconds, ushort.MaxValue);
    }

    public ushort TimeoutSeconds { get; }

    public bool Matches(in FlowKey key, byte icmpCode) =>
        (_protocol == 0 || _protocol == key.Protocol)
        && (_icmpCode == AnyCode || _icmpCode == icmpCode)
        && _firstSource <= key.SourcePort && key.SourcePort <= _lastSource
        && _firstDestination <= key.DestinationPort && key.DestinationPort <= _lastDestination;

    // 0 to 0 is how an application says that it does not care.
    private static (uint First, uint Last) Range(uint first, uint last) => (first, last) == (0u, 0u) ? (0, uint.MaxValue) : (first, last);
}
