namespace RouterOS.L2tp.Wire;

/// <summary>Control messages, RFC 2661 section 3.2; RFC 4951 section 3.</summary>
internal enum MessageType : ushort
{
    /// <summary>No message: an acknowledgement alone (ZLB).</summary>
    None = 0,
    StartControlConnectionRequest = 1,
    StartControlConnectionReply = 2,
    StartControlConnectionConnected = 3,
    StopControlConnectionNotification = 4,
    Hello = 6,
    OutgoingCallRequest = 7,
    OutgoingCallReply = 8,
    OutgoingCallConnected = 9,
    IncomingCallRequest = 10,
    IncomingCallReply = 11,
    IncomingCallConnected = 12,
    CallDisconnectNotify = 14,
    WanErrorNotify = 15,
    SetLinkInfo = 16,
}

/// <summary>Attributes of vendor 0, RFC 2661 section 4.4, RFC 3145, RFC 4951.</summary>
internal enum AttributeType : ushort
{
    MessageType = 0,
    ResultCode = 1,
    ProtocolVersion = 2,
    FramingCapabilities = 3,
    BearerCapabilities = 4,
    TieBreaker = 5,
    FirmwareRevision = 6,
    HostName = 7,
    VendorName = 8,
    AssignedTunnelId = 9,
    ReceiveWindowSize = 10,
    Challenge = 11,
    Q931CauseCode = 12,
    ChallengeResponse = 13,
    AssignedSessionId = 14,
    CallSerialNumber = 15,
    MinimumBps = 16,
    MaximumBps = 17,
    BearerType = 18,
    FramingType = 19,
    CalledNumber = 21,
    CallingNumber = 22,
    SubAddress = 23,
    TxConnectSpeed = 24,
    PhysicalChannelId = 25,
    InitialReceivedConfigRequest = 26,
    LastSentConfigRequest = 27,
    LastReceivedConfigRequest = 28,
    ProxyAuthenType = 29,
    ProxyAuthenName = 30,
    ProxyAuthenChallenge = 31,
    ProxyAuthenId = 32,
    ProxyAuthenResponse = 33,
    CallErrors = 34,
    Accm = 35,
    RandomVector = 36,
    PrivateGroupId = 37,
    RxConnectSpeed = 38,
    SequencingRequired = 39,
    PppDisconnectCause = 46,
    FailoverCapability = 76,
}

/// <summary>Result codes of StopCCN, RFC 2661 section 4.4.2.</summary>
internal enum StopResult : ushort
{
    Clear = 1,
    GeneralError = 2,
    AlreadyExists = 3,
    NotAuthorized = 4,
    VersionNotSupported = 5,
    ShuttingDown = 6,
    StateMachineError = 7,
}

/// <summary>Result codes of CDN, RFC 2661 section 4.4.2.</summary>
internal enum CallResult : ushort
{
    LossOfCarrier = 1,
    GeneralError = 2,
    Administrative = 3,
    NoFacilitiesNow = 4,
    NoFacilities = 5,
    InvalidDestination = 6,
    NoCarrier = 7,
    Busy = 8,
    NoDialTone = 9,
    TimedOut = 10,
    NoFraming = 11,
}

/// <summary>General error codes, RFC 2661 section 4.4.2.</summary>
internal enum GeneralError : ushort
{
    None = 0,
    NoControlConnection = 1,
    WrongLength = 2,
    OutOfRange = 3,
    NoResources = 4,
    InvalidSession = 5,
    VendorSpecific = 6,
    TryAnother = 7,
    UnknownMandatory = 8,
}

/// <summary>How the LAC has authenticated the user, RFC 2661 section 4.4.5.</summary>
internal enum ProxyAuthenticationType : ushort
{
    None = 0,
    Textual = 1,
    Chap = 2,
    Pap = 3,
    NoAuthentication = 4,
    MsChap = 5,
}
