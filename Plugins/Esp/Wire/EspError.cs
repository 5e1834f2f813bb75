namespace RouterOS.Esp.Wire;

/// <summary>Why bytes are not an ESP packet, or not what one should hold.</summary>
public enum EspError
{
    /// <summary>The bytes are well formed.</summary>
    None,

    /// <summary>Fewer bytes than a header, or than a trailer.</summary>
    Truncated,

    /// <summary>An SPI that never goes on the wire (RFC 4303 section 2.1).</summary>
    ReservedSpi,

    /// <summary>The pad length reaches past the text.</summary>
    BadPadLength,

    /// <summary>The padding is not 1, 2, 3 … (RFC 4303 section 2.4).</summary>
    BadPadding,
}
