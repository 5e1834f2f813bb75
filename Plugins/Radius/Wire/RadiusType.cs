namespace RouterOS.Radius.Wire;

/// <summary>Types of attributes that are written or read here; sections of RFC 2865 unless said otherwise.</summary>
internal enum RadiusType : byte
{
    /// <summary>Section 5.1.</summary>
    UserName = 1,

    /// <summary>Section 5.2: hidden by the secret.</summary>
    UserPassword = 2,

    /// <summary>Section 5.3: identifier and response.</summary>
    ChapPassword = 3,

    /// <summary>Section 5.4.</summary>
    NasIpAddress = 4,

    /// <summary>Section 5.5.</summary>
    NasPort = 5,

    /// <summary>Section 5.6.</summary>
    ServiceType = 6,

    /// <summary>Section 5.7.</summary>
    FramedProtocol = 7,

    /// <summary>Section 5.8.</summary>
    FramedIpAddress = 8,

    /// <summary>Section 5.9.</summary>
    FramedIpNetmask = 9,

    /// <summary>Section 5.18.</summary>
    ReplyMessage = 18,

    /// <summary>Section 5.22: text.</summary>
    FramedRoute = 22,

    /// <summary>Section 5.24.</summary>
    State = 24,

    /// <summary>Section 5.25.</summary>
    Class = 25,

    /// <summary>Section 5.26.</summary>
    VendorSpecific = 26,

    /// <summary>Section 5.27.</summary>
    SessionTimeout = 27,

    /// <summary>Section 5.28.</summary>
    IdleTimeout = 28,

    /// <summary>Section 5.30.</summary>
    CalledStationId = 30,

    /// <summary>Section 5.31.</summary>
    CallingStationId = 31,

    /// <summary>Section 5.32.</summary>
    NasIdentifier = 32,

    /// <summary>Section 5.33.</summary>
    ProxyState = 33,

    /// <summary>RFC 2866 section 5.1.</summary>
    AcctStatusType = 40,

    /// <summary>RFC 2866 section 5.2.</summary>
    AcctDelayTime = 41,

    /// <summary>RFC 2866 section 5.3.</summary>
    AcctInputOctets = 42,

    /// <summary>RFC 2866 section 5.4.</summary>
    AcctOutputOctets = 43,

    /// <summary>RFC 2866 section 5.5.</summary>
    AcctSessionId = 44,

    /// <summary>RFC 2866 section 5.6.</summary>
    AcctAuthentic = 45,

    /// <summary>RFC 2866 section 5.7.</summary>
    AcctSessionTime = 46,

    /// <summary>RFC 2866 section 5.8.</summary>
    AcctInputPackets = 47,

    /// <summary>RFC 2866 section 5.9.</summary>
    AcctOutputPackets = 48,

    /// <summary>RFC 2866 section 5.10.</summary>
    AcctTerminateCause = 49,

    /// <summary>RFC 2869 section 5.1: how often the octets have passed 2^32.</summary>
    AcctInputGigawords = 52,

    /// <summary>RFC 2869 section 5.2.</summary>
    AcctOutputGigawords = 53,

    /// <summary>RFC 2869 section 5.3.</summary>
    EventTimestamp = 55,

    /// <summary>Section 5.40.</summary>
    ChapChallenge = 60,

    /// <summary>Section 5.41.</summary>
    NasPortType = 61,

    /// <summary>RFC 2868 section 3.1; like all of RFC 2868 with a tag before the value.</summary>
    TunnelType = 64,

    /// <summary>RFC 2868 section 3.2.</summary>
    TunnelMediumType = 65,

    /// <summary>RFC 2868 section 3.3.</summary>
    TunnelClientEndpoint = 66,

    /// <summary>RFC 2868 section 3.4.</summary>
    TunnelServerEndpoint = 67,

    /// <summary>RFC 2867 section 4.1.</summary>
    AcctTunnelConnection = 68,

    /// <summary>RFC 2869 section 5.14.</summary>
    MessageAuthenticator = 80,

    /// <summary>RFC 2869 section 5.16.</summary>
    AcctInterimInterval = 85,

    /// <summary>RFC 2869 section 5.17: text.</summary>
    NasPortId = 87,

    /// <summary>RFC 2869 section 5.18.</summary>
    FramedPool = 88,

    /// <summary>RFC 2868 section 3.9.</summary>
    TunnelClientAuthId = 90,

    /// <summary>RFC 2868 section 3.10.</summary>
    TunnelServerAuthId = 91,

    /// <summary>RFC 3162 section 2.2: eight bytes.</summary>
    FramedInterfaceId = 96,

    /// <summary>RFC 3162 section 2.3: a byte that says nothing, the prefix's length, and as much of it as is not zero.</summary>
    FramedIpv6Prefix = 97,

    /// <summary>RFC 3162 section 2.5: text.</summary>
    FramedIpv6Route = 99,

    /// <summary>RFC 5176 section 3.5.</summary>
    ErrorCause = 101,
}
