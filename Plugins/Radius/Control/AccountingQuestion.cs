using System.Buffers.Binary;
using Google.Protobuf;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>Accounting-Request (RFC 2866 section 4.1) of a session.</summary>
internal sealed class AccountingQuestion(AccountingRequest request, RadiusProofs proofs) : IRadiusQuestion
{
    private const uint ByRadius = 1;
    private const uint Locally = 2;
    private const int GigawordBits = 32;

    /// <inheritdoc/>
    public bool ChangesWithTime => true;

    /// <inheritdoc/>
    public byte[] Write(in QuestionContext asked, ReadOnlySpan<byte> random)
    {
        AccountRequest usage = request.Usage;
        RadiusWriter writer = new(RadiusCode.AccountingRequest, asked.Identifier, default)
        {
            LeftOut = asked.Server.LeftOut.GetValueOrDefault(
                usage.Kind == AccountRequest.Types.Kind.Start ? LeftOut.Types.Request.Start : LeftOut.Types.Request.Stop),
        };
        writer.Add(RadiusType.AcctStatusType, (uint)Status(usage.Kind));
        writer.Add(RadiusType.UserName, request.User);
        SessionAttributes.Write(writer, asked, request.Service, request.Session, request.CallingStation, request.CalledStation, request.Origin);
        writer.Add(RadiusType.AcctAuthentic, request.IsLocalUser ? Locally : ByRadius);
        foreach (ByteString told in request.Classes)
        {
            writer.Add(RadiusType.Class, told.Span);
        }

        if (usage.Address != 0)
        {
            writer.Add(RadiusType.FramedIpAddress, usage.Address);
        }

        if (usage.Ipv6 is { } ipv6)
        {
            Span<byte> identifier = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(identifier, ipv6.InterfaceIdentifier);
            writer.Add(RadiusType.FramedInterfaceId, identifier);
            foreach (FramedPrefix6 prefix in ipv6.Prefixes)
            {
                writer.Add(RadiusType.FramedIpv6Prefix, FramedIpv6.Write(prefix));
            }
        }

        if (usage.Kind is AccountRequest.Types.Kind.Interim or AccountRequest.Types.Kind.Stop)
        {
            // Input is what the user has sent.
            writer.Add(RadiusType.AcctSessionTime, usage.Seconds);
            writer.Add(RadiusType.AcctInputOctets, (uint)usage.ReceivedOctets);
            writer.Add(RadiusType.AcctInputGigawords, (uint)(usage.ReceivedOctets >> GigawordBits));
            writer.Add(RadiusType.AcctOutputOctets, (uint)usage.SentOctets);
            writer.Add(RadiusType.AcctOutputGigawords, (uint)(usage.SentOctets >> GigawordBits));
            writer.Add(RadiusType.AcctInputPackets, (uint)usage.ReceivedPackets);
            writer.Add(RadiusType.AcctOutputPackets, (uint)usage.SentPackets);
        }

        if (usage.Kind == AccountRequest.Types.Kind.Stop && request.TerminateCause != 0)
        {
            writer.Add(RadiusType.AcctTerminateCause, request.TerminateCause);
        }

        Close(writer, asked);
        byte[] packet = writer.Finish();
        proofs.SignAccounting(packet, asked.Server.Secret.Bytes);
        return packet;
    }

    /// <summary>Adds when it was.</summary>
    public static void Close(RadiusWriter writer, in QuestionContext asked)
    {
        writer.Add(RadiusType.EventTimestamp, (uint)(asked.Now - asked.Delay).ToUnixTimeSeconds());
        writer.Add(RadiusType.AcctDelayTime, (uint)asked.Delay.TotalSeconds);
    }

    private static AccountingStatus Status(AccountRequest.Types.Kind kind) => kind switch
    {
        AccountRequest.Types.Kind.Stop => AccountingStatus.Stop,
        AccountRequest.Types.Kind.Interim => AccountingStatus.Interim,
        _ => AccountingStatus.Start,
    };
}
