using System.Buffers.Binary;
using System.Text;
using RouterOS.Abstractions.Control;

namespace RouterOS.L2tp.Wire;

/// <summary>A control message with its attributes in clear. What attributes mean that nobody knows is in <see cref="Unknown"/>.</summary>
internal sealed class ControlMessage
{
    private const int MostAttributes = 64;

    private readonly List<Attribute> _attributes;

    private ControlMessage(MessageType type, bool isTypeMandatory, List<Attribute> attributes, string? unknown)
    {
        Type = type;
        IsTypeMandatory = isTypeMandatory;
        _attributes = attributes;
        Unknown = unknown;
    }

    public MessageType Type { get; }

    /// <summary>The M bit of the type itself: who does not know the type must clear the tunnel.</summary>
    public bool IsTypeMandatory { get; }

    /// <summary>Which mandatory attribute is not known; null for none.</summary>
    public string? Unknown { get; }

    public IReadOnlyList<Attribute> Attributes => _attributes;

    /// <summary>Accepts the body of a control message, or says what is wrong with it. An empty body is an acknowledgement alone.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret, IMac mac, out ControlMessage message, out GeneralError error)
    {
        message = new(MessageType.None, false, [], null);
        error = GeneralError.None;
        if (body.IsEmpty)
        {
            return true;
        }

        List<Attribute> attributes = [];
        string? unknown = null;
        ReadOnlySpan<byte> vector = default;
        AttributeReader reader = new(body);
        while (reader.Next())
        {
            if (attributes.Count == MostAttributes)
            {
                error = GeneralError.OutOfRange;
                return false;
            }

            bool isKnown = reader is { Vendor: 0, HasReservedBits: false } && Enum.IsDefined((AttributeType)reader.Type);
            if (reader is { Vendor: 0, IsHidden: false, Type: (ushort)AttributeType.RandomVector })
            {
                vector = reader.Value;
            }

            byte[]? value = !reader.IsHidden ? reader.Value.ToArray()
                : vector.IsEmpty || secret.IsEmpty ? null
                : HiddenValue.Reveal(mac, secret, vector, reader.Type, reader.Value);
            isKnown &= value is not null && (reader.IsHidden is false || reader.Type != (ushort)AttributeType.MessageType);
            if (isKnown && !IsRightLength((AttributeType)reader.Type, value!.Length))
            {
                // RFC 2661 section 4.1: a malformed mandatory attribute is one that is not known; others are as if they were not there.
                isKnown = false;
            }

            if (attributes.Count == 0 && (!isKnown || reader.Type != (ushort)AttributeType.MessageType))
            {
                // RFC 2661 section 4.4.1: the message type comes first.
                error = GeneralError.OutOfRange;
                return false;
            }

            if (isKnown)
            {
                attributes.Add(new(reader.IsMandatory, reader.IsHidden, reader.Vendor, reader.Type, value!));
            }
            else if (reader.IsMandatory)
            {
                unknown ??= $"vendor {reader.Vendor}, type {reader.Type}";
            }
        }

        if (reader.Failed || attributes.Count == 0)
        {
            error = GeneralError.WrongLength;
            return false;
        }

        message = new((MessageType)BinaryPrimitives.ReadUInt16BigEndian(attributes[0].Value), attributes[0].IsMandatory, attributes, unknown);
        return true;
    }

    /// <summary>The value of an attribute; null without it.</summary>
    public byte[]? Find(AttributeType type)
    {
        foreach (Attribute attribute in _attributes)
        {
            if (attribute.Type == (ushort)type)
            {
                return attribute.Value;
            }
        }

        return null;
    }

    public bool Has(AttributeType type) => Find(type) is not null;

    /// <summary>A number of two bytes; 0 without it.</summary>
    public ushort Number16(AttributeType type) => Find(type) is { } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : (ushort)0;

    /// <summary>A number of four bytes; 0 without it.</summary>
    public uint Number32(AttributeType type) => Find(type) is { } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    /// <summary>Text as the peer gave it, without what a terminal would obey; empty without it.</summary>
    public string Text(AttributeType type) =>
        Find(type) is { } value ? string.Concat(Encoding.Latin1.GetString(value).Select(c => char.IsControl(c) ? '?' : c)) : string.Empty;

    /// <summary>Result, error and words of a StopCCN or CDN, RFC 2661 section 4.4.2.</summary>
    public (ushort Result, GeneralError Error, string Text) Result()
    {
        if (Find(AttributeType.ResultCode) is not { } value)
        {
            return (0, GeneralError.None, string.Empty);
        }

        string text = value.Length > 4 ? string.Concat(Encoding.Latin1.GetString(value, 4, value.Length - 4).Select(c => char.IsControl(c) ? '?' : c)) : string.Empty;
        return (BinaryPrimitives.ReadUInt16BigEndian(value),
            value.Length >= 4 ? (GeneralError)BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(2)) : GeneralError.None, text);
    }

    private static bool IsRightLength(AttributeType type, int length) => type switch
    {
        AttributeType.MessageType or AttributeType.ProtocolVersion or AttributeType.FirmwareRevision or AttributeType.AssignedTunnelId
            or AttributeType.ReceiveWindowSize or AttributeType.AssignedSessionId or AttributeType.ProxyAuthenType
            or AttributeType.ProxyAuthenId => length == 2,
        AttributeType.FramingCapabilities or AttributeType.BearerCapabilities or AttributeType.CallSerialNumber or AttributeType.MinimumBps
            or AttributeType.MaximumBps or AttributeType.BearerType or AttributeType.FramingType or AttributeType.TxConnectSpeed
            or AttributeType.PhysicalChannelId or AttributeType.RxConnectSpeed => length == 4,
        AttributeType.TieBreaker => length == 8,
        AttributeType.ChallengeResponse => length == 16,
        AttributeType.Challenge or AttributeType.HostName or AttributeType.RandomVector => length > 0,
        AttributeType.SequencingRequired => length == 0,
        AttributeType.ResultCode => length >= 2,
        AttributeType.Q931CauseCode => length >= 3,
        AttributeType.Accm => length == 10,
        AttributeType.CallErrors => length == 26,
        AttributeType.PppDisconnectCause => length >= 5,
        _ => true,
    };
}
