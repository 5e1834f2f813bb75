using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>What a LAC says of a call, RFC 2661 sections 6.6 and 6.8.</summary>
internal sealed record CallDetails
{
    public uint SerialNumber { get; init; }

    public string CallingNumber { get; init; } = string.Empty;

    public string CalledNumber { get; init; } = string.Empty;

    public uint BearerType { get; init; }

    public uint FramingType { get; init; } = 1;

    public uint TransmitSpeed { get; init; } = 10_000_000;

    public uint ReceiveSpeed { get; init; }

    public bool RequiresSequencing { get; init; }

    public byte[] InitialReceivedRequest { get; init; } = [];

    public byte[] LastSentRequest { get; init; } = [];

    public byte[] LastReceivedRequest { get; init; } = [];

    public ProxyAuthenticationType ProxyAuthentication { get; init; }

    public string ProxyName { get; init; } = string.Empty;

    public byte[] ProxyChallenge { get; init; } = [];

    public byte ProxyIdentifier { get; init; }

    public byte[] ProxyResponse { get; init; } = [];

    /// <summary>What an ICRQ says.</summary>
    public static CallDetails OfRequest(ControlMessage message) => new()
    {
        SerialNumber = message.Number32(AttributeType.CallSerialNumber),
        CallingNumber = message.Text(AttributeType.CallingNumber),
        CalledNumber = message.Text(AttributeType.CalledNumber),
        BearerType = message.Number32(AttributeType.BearerType),
    };

    /// <summary>These and what an ICCN adds.</summary>
    public CallDetails Connected(ControlMessage message) => this with
    {
        FramingType = message.Number32(AttributeType.FramingType),
        TransmitSpeed = message.Number32(AttributeType.TxConnectSpeed),
        ReceiveSpeed = message.Has(AttributeType.RxConnectSpeed)
            ? message.Number32(AttributeType.RxConnectSpeed) : message.Number32(AttributeType.TxConnectSpeed),
        RequiresSequencing = message.Has(AttributeType.SequencingRequired),
        InitialReceivedRequest = message.Find(AttributeType.InitialReceivedConfigRequest) ?? [],
        LastSentRequest = message.Find(AttributeType.LastSentConfigRequest) ?? [],
        LastReceivedRequest = message.Find(AttributeType.LastReceivedConfigRequest) ?? [],
        ProxyAuthentication = (ProxyAuthenticationType)message.Number16(AttributeType.ProxyAuthenType),
        ProxyName = message.Text(AttributeType.ProxyAuthenName),
        ProxyChallenge = message.Find(AttributeType.ProxyAuthenChallenge) ?? [],
        ProxyIdentifier = (byte)message.Number16(AttributeType.ProxyAuthenId),
        ProxyResponse = message.Find(AttributeType.ProxyAuthenResponse) ?? [],
    };
}
