namespace RouterOS.Multicast.Control;

/// <summary>What operators are told of IGMP.</summary>
internal enum IgmpNotice
{
    /// <summary>This router has become the querier.</summary>
    Querier,

    /// <summary>Another router is the querier.</summary>
    OtherQuerier,

    /// <summary>Another router asks in another version.</summary>
    WrongVersion,

    /// <summary>Groups that were too many.</summary>
    OverLimit,

    /// <summary>A message whose source is not on the link.</summary>
    Spoofed,

    /// <summary>Bytes that are no message.</summary>
    Malformed,
}
