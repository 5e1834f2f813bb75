namespace RouterOS.Ppp.Wire;

/// <summary>Protocol numbers of PPP frames.</summary>
internal enum PppProtocol : ushort
{
    Ip = 0x0021,
    Ipv6 = 0x0057,
    Ipcp = 0x8021,

    /// <summary>Encryption control, RFC 1968.</summary>
    Ecp = 0x8053,
    Ipv6cp = 0x8057,

    /// <summary>Compression control, RFC 1962.</summary>
    Ccp = 0x80fd,
    Lcp = 0xc021,
    Pap = 0xc023,
    Chap = 0xc223,
}

/// <summary>Codes of LCP and the network control protocols, RFC 1661 section 5.</summary>
internal enum PppCode : byte
{
    ConfigureRequest = 1,
    ConfigureAck = 2,
    ConfigureNak = 3,
    ConfigureReject = 4,
    TerminateRequest = 5,
    TerminateAck = 6,
    CodeReject = 7,
    ProtocolReject = 8,
    EchoRequest = 9,
    EchoReply = 10,
    DiscardRequest = 11,

    /// <summary>RFC 1570.</summary>
    Identification = 12,

    /// <summary>RFC 1570.</summary>
    TimeRemaining = 13,
}

/// <summary>Options of LCP, RFC 1661 section 6 and RFC 1662.</summary>
internal enum LcpOption : byte
{
    MaximumReceiveUnit = 1,
    AsyncControlCharacterMap = 2,
    AuthenticationProtocol = 3,
    QualityProtocol = 4,
    MagicNumber = 5,
    ProtocolFieldCompression = 7,
    AddressControlFieldCompression = 8,

    /// <summary>RFC 1570.</summary>
    Callback = 13,
}

/// <summary>Options of IPCP, RFC 1332 and RFC 1877.</summary>
internal enum IpcpOption : byte
{
    IpAddresses = 1,
    IpCompression = 2,
    IpAddress = 3,
    PrimaryDns = 129,
    PrimaryNbns = 130,
    SecondaryDns = 131,
    SecondaryNbns = 132,
}

/// <summary>Codes of CHAP (RFC 1994 section 4) and, with other words, of PAP (RFC 1334 section 2.2).</summary>
internal enum AuthenticationCode : byte
{
    /// <summary>Challenge of CHAP; Authenticate-Request of PAP.</summary>
    Challenge = 1,

    /// <summary>Response of CHAP; Authenticate-Ack of PAP.</summary>
    Response = 2,

    /// <summary>Success of CHAP; Authenticate-Nak of PAP.</summary>
    Success = 3,
    Failure = 4,
}

/// <summary>What a peer is authenticated by: a protocol and, of CHAP, an algorithm.</summary>
internal enum AuthenticationMethod
{
    None,
    Pap,
    Chap,
    MsChap,
    MsChapV2,
}

/// <summary>Disconnect causes, RFC 3145 section 3.</summary>
internal enum DisconnectCause : ushort
{
    None = 0,
    Administrative = 1,
    Normal = 3,
    EncryptionRefused = 4,
    LcpNotConverged = 5,
    LcpSilent = 6,
    Loopback = 7,
    KeepaliveFailed = 8,
    CallbackRefused = 12,
    AuthenticationTimedOut = 13,
    AuthenticationRefused = 15,
    AuthenticationFailed = 16,
    NetworkTimedOut = 17,
    NoNetwork = 18,
    NetworkNotConverged = 19,
    AddressRefused = 20,
}
