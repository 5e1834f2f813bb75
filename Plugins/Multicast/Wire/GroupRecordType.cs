namespace RouterOS.Multicast.Wire;

/// <summary>What a record of a report says of its sources (RFC 3376 section 4.2.12).</summary>
public enum GroupRecordType : byte
{
    /// <summary>Wants the listed sources alone.</summary>
    IsInclude = 1,

    /// <summary>Wants all but the listed sources.</summary>
    IsExclude = 2,

    /// <summary>From now on wants the listed sources alone.</summary>
    ToInclude = 3,

    /// <summary>From now on wants all but the listed sources.</summary>
    ToExclude = 4,

    /// <summary>Wants these sources, too.</summary>
    Allow = 5,

    /// <summary>Does not want these sources any more.</summary>
    Block = 6,
}
