namespace RouterOS.Dvmrp.Wire;

/// <summary>Why bytes are no DVMRP message.</summary>
public enum DvmrpError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>They end too soon, or in the middle of something.</summary>
    Truncated,

    /// <summary>The checksum is wrong.</summary>
    BadChecksum,

    /// <summary>Another type of IGMP, or a code that is not known.</summary>
    UnknownCode,

    /// <summary>A version before 3.</summary>
    OldVersion,

    /// <summary>A mask with gaps.</summary>
    BadMask,

    /// <summary>An address that cannot stand where it does.</summary>
    BadAddress,
}
