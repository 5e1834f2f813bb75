namespace RouterOS.Multicast.Wire;

/// <summary>Why bytes are no IGMP message.</summary>
public enum IgmpError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>They end too soon.</summary>
    Truncated,

    /// <summary>The checksum is wrong.</summary>
    BadChecksum,

    /// <summary>A type that is not known.</summary>
    UnknownType,

    /// <summary>A group that is no multicast address, or a source that is one.</summary>
    BadAddress,
}
