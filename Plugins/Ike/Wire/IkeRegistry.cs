namespace RouterOS.Ike.Wire;

/// <summary>Exchange types (RFC 2408 section 3.1, RFC 2409 appendix A).</summary>
internal enum ExchangeType : byte
{
    None = 0,
    Base = 1,
    IdentityProtection = 2,
    AuthenticationOnly = 3,
    Aggressive = 4,
    Informational = 5,
    Transaction = 6,
    QuickMode = 32,
    NewGroupMode = 33,
}

/// <summary>Header flags (RFC 2408 section 3.1).</summary>
[Flags]
internal enum IsakmpFlags : byte
{
    None = 0,
    Encryption = 1,
    Commit = 2,
    AuthenticationOnly = 4,
}

/// <summary>Payload types (RFC 2408 section 3.1, RFC 3947 section 3.2 and its drafts).</summary>
internal enum PayloadType : byte
{
    None = 0,
    SecurityAssociation = 1,
    Proposal = 2,
    Transform = 3,
    KeyExchange = 4,
    Identification = 5,
    Certificate = 6,
    CertificateRequest = 7,
    Hash = 8,
    Signature = 9,
    Nonce = 10,
    Notification = 11,
    Delete = 12,
    VendorId = 13,
    Attributes = 14,
    NatDetectionLateDraft = 15,
    NatDetection = 20,
    NatOriginalAddress = 21,
    NatDetectionDraft = 130,
    NatOriginalAddressDraft = 131,
    Fragment = 132,
}

/// <summary>Security protocols (RFC 2407 section 4.4.1).</summary>
internal enum SecurityProtocol : byte
{
    None = 0,
    Isakmp = 1,
    Ah = 2,
    Esp = 3,
}

/// <summary>Phase 1 attribute classes (RFC 2409 appendix A).</summary>
internal enum Phase1Attribute : ushort
{
    Encryption = 1,
    Hash = 2,
    Authentication = 3,
    Group = 4,
    GroupType = 5,
    LifeType = 11,
    LifeDuration = 12,
    Prf = 13,
    KeyLength = 14,
}

/// <summary>Phase 1 ciphers (RFC 2409 appendix A, RFC 3602).</summary>
internal enum Phase1Cipher : ushort
{
    DesCbc = 1,
    TripleDesCbc = 5,
    AesCbc = 7,
}

/// <summary>Phase 1 hashes (RFC 2409 appendix A, RFC 4868).</summary>
internal enum Phase1Hash : ushort
{
    Md5 = 1,
    Sha1 = 2,
    Sha256 = 4,
}

/// <summary>
/// Phase 1 authentication methods (RFC 2409 appendix A); those of draft-beaulieu-ike-xauth-02 section 7.2 say in addition which side's user
/// is asked for behind phase 1: the initiator's or the responder's.
/// </summary>
internal enum Phase1Authentication : ushort
{
    PreSharedKey = 1,
    RsaSignatures = 3,
    XauthInitiatorPreShared = 65001,
    XauthResponderPreShared = 65002,
    XauthInitiatorRsa = 65005,
    XauthResponderRsa = 65006,
}

/// <summary>Kinds of messages of a transaction exchange (draft-dukes-ike-mode-cfg-02 section 3.2).</summary>
internal enum TransactionType : byte
{
    Request = 1,
    Reply = 2,
    Set = 3,
    Acknowledge = 4,
}

/// <summary>Attributes of transaction exchanges (draft-dukes-ike-mode-cfg-02 section 3.3, draft-beaulieu-ike-xauth-02 section 6.2).</summary>
internal enum TransactionAttribute : ushort
{
    Address = 1,
    Netmask = 2,
    DnsServer = 3,
    WinsServer = 4,
    ApplicationVersion = 7,
    Subnet = 13,
    SupportedAttributes = 14,
    XauthType = 16520,
    XauthUser = 16521,
    XauthPassword = 16522,
    XauthPasscode = 16523,
    XauthMessage = 16524,
    XauthChallenge = 16525,
    XauthDomain = 16526,
    XauthStatus = 16527,
    XauthNextPin = 16528,
    XauthAnswer = 16529,
}

/// <summary>Units of a lifetime, the same in both phases (RFC 2407 section 4.5, RFC 2409 appendix A).</summary>
internal enum LifeType : ushort
{
    Seconds = 1,
    Kilobytes = 2,
}

/// <summary>Phase 2 attribute classes (RFC 2407 section 4.5).</summary>
internal enum Phase2Attribute : ushort
{
    LifeType = 1,
    LifeDuration = 2,
    Group = 3,
    EncapsulationMode = 4,
    Authentication = 5,
    KeyLength = 6,

    /// <summary>RFC 4304: 1 for sequence numbers of 64 bits.</summary>
    ExtendedSequence = 11,
}

/// <summary>ESP transforms (RFC 2407 section 4.4.4, RFC 3602, RFC 4106 section 8.2).</summary>
internal enum EspTransform : byte
{
    Des = 2,
    TripleDes = 3,
    Null = 11,
    AesCbc = 12,
    AesGcm16 = 20,
}

/// <summary>AH transforms (RFC 2407 section 4.4.3, RFC 4868).</summary>
internal enum AhTransform : byte
{
    Md5 = 2,
    Sha1 = 3,
    Sha256 = 5,
}

/// <summary>Encapsulation modes (RFC 2407 section 4.5, RFC 3947 section 5.1 and its drafts).</summary>
internal enum EncapsulationMode : ushort
{
    Tunnel = 1,
    Transport = 2,
    UdpTunnel = 3,
    UdpTransport = 4,
    UdpTunnelDraft = 61443,
    UdpTransportDraft = 61444,
}

/// <summary>ESP integrity algorithms (RFC 2407 section 4.5, RFC 4868).</summary>
internal enum EspAuthentication : ushort
{
    None = 0,
    HmacMd5 = 1,
    HmacSha1 = 2,
    HmacSha256 = 5,
}

/// <summary>Identification types (RFC 2407 section 4.6.2.1).</summary>
internal enum IdentityType : byte
{
    Ipv4Address = 1,
    Fqdn = 2,
    UserFqdn = 3,
    Ipv4Subnet = 4,
    Ipv6Address = 5,
    Ipv6Subnet = 6,
    Ipv4Range = 7,
    Ipv6Range = 8,
    DistinguishedName = 9,
    KeyId = 11,
}

/// <summary>Notify message types (RFC 2408 section 3.14.1, RFC 2407 section 4.6.3, RFC 3706 section 5.3).</summary>
internal enum NotifyType : ushort
{
    InvalidPayloadType = 1,
    InvalidCookie = 4,
    InvalidMajorVersion = 5,
    InvalidExchangeType = 7,
    InvalidSpi = 11,
    NoProposalChosen = 14,
    PayloadMalformed = 16,
    InvalidKeyInformation = 17,
    InvalidIdInformation = 18,
    InvalidCertificate = 20,
    InvalidHashInformation = 23,
    AuthenticationFailed = 24,
    Connected = 16384,
    ResponderLifetime = 24576,
    ReplayStatus = 24577,
    InitialContact = 24578,
    RUThere = 36136,
    RUThereAck = 36137,
}
