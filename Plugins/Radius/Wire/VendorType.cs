namespace RouterOS.Radius.Wire;

/// <summary>Attributes of vendors, as vendor and type in one number: <c>vendor &lt;&lt; 8 | type</c>.</summary>
internal enum VendorType : uint
{
    /// <summary>RFC 2548 section 2.1.3.</summary>
    MsChapResponse = (Vendor.Microsoft << 8) | 1,

    /// <summary>RFC 2548 section 2.1.5.</summary>
    MsChapError = (Vendor.Microsoft << 8) | 2,

    /// <summary>RFC 2548 section 2.1.2.</summary>
    MsChapChallenge = (Vendor.Microsoft << 8) | 11,

    /// <summary>RFC 2548 section 2.3.2.</summary>
    MsChap2Response = (Vendor.Microsoft << 8) | 25,

    /// <summary>RFC 2548 section 2.3.3.</summary>
    MsChap2Success = (Vendor.Microsoft << 8) | 26,

    /// <summary>RFC 2548 section 2.7.1.</summary>
    MsPrimaryDns = (Vendor.Microsoft << 8) | 28,

    /// <summary>RFC 2548 section 2.7.2.</summary>
    MsSecondaryDns = (Vendor.Microsoft << 8) | 29,

    /// <summary>RFC 2548 section 2.7.3.</summary>
    MsPrimaryNbns = (Vendor.Microsoft << 8) | 30,

    /// <summary>RFC 2548 section 2.7.4.</summary>
    MsSecondaryNbns = (Vendor.Microsoft << 8) | 31,

    /// <summary>E Series: the user's virtual router.</summary>
    VirtualRouter = (Vendor.ESeries << 8) | 1,

    /// <summary>E Series: name of the pool of the user's address.</summary>
    LocalAddressPool = (Vendor.ESeries << 8) | 2,

    /// <summary>E Series: DNS server.</summary>
    PrimaryDns = (Vendor.ESeries << 8) | 4,

    /// <summary>E Series: second DNS server.</summary>
    SecondaryDns = (Vendor.ESeries << 8) | 5,

    /// <summary>E Series: NBNS server.</summary>
    PrimaryNbns = (Vendor.ESeries << 8) | 6,

    /// <summary>E Series: second NBNS server.</summary>
    SecondaryNbns = (Vendor.ESeries << 8) | 7,
}

/// <summary>Private enterprise numbers.</summary>
internal static class Vendor
{
    /// <summary>Microsoft (RFC 2548).</summary>
    public const uint Microsoft = 311;

    /// <summary>The E Series' own.</summary>
    public const uint ESeries = 4874;
}
