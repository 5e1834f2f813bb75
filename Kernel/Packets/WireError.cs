namespace RouterOS.Packets;

/// <summary>Why bytes from the wire are not the message they claim to be.</summary>
public enum WireError
{
    /// <summary>The bytes are well formed.</summary>
    None,

    /// <summary>Fewer bytes than the header or its length field needs.</summary>
    Truncated,

    /// <summary>A length field contradicts the bytes that are there.</summary>
    BadLength,

    /// <summary>A version that this code does not speak.</summary>
    BadVersion,

    /// <summary>A checksum that does not match.</summary>
    BadChecksum,

    /// <summary>A value that the registry reserves.</summary>
    ReservedValue,

    /// <summary>More nested or repeated parts than the limit allows.</summary>
    TooMany,

    /// <summary>A part that must be there is missing.</summary>
    Missing,
}
