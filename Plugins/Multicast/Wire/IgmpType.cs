namespace RouterOS.Multicast.Wire;

/// <summary>Types of IGMP messages (IANA, IGMP Type Numbers).</summary>
public enum IgmpType : byte
{
    /// <summary>A querier asks for members: of all groups, of one, of some sources of one (RFC 3376 section 4.1).</summary>
    Query = 0x11,

    /// <summary>A host of version 1 has joined (RFC 1112 appendix I).</summary>
    ReportVersion1 = 0x12,

    /// <summary>DVMRP, which is not IGMP but for its number.</summary>
    Dvmrp = 0x13,

    /// <summary>A host of version 2 has joined (RFC 2236 section 2.1).</summary>
    ReportVersion2 = 0x16,

    /// <summary>A host of version 2 leaves.</summary>
    Leave = 0x17,

    /// <summary>A host of version 3 says what it wants (RFC 3376 section 4.2).</summary>
    ReportVersion3 = 0x22,
}
