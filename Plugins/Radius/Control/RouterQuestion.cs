using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>Accounting-On and Accounting-Off: the router itself starts or stops (RFC 2866 section 5.1).</summary>
internal sealed class RouterQuestion(AccountingStatus status, RadiusProofs proofs) : IRadiusQuestion
{
    // RFC 2866 section 5.5 wants a session even where there is none.
    private const string NoSession = "0";

    /// <inheritdoc/>
    public bool ChangesWithTime => true;

    /// <inheritdoc/>
    public byte[] Write(in QuestionContext asked, ReadOnlySpan<byte> random)
    {
        RadiusWriter writer = new(RadiusCode.AccountingRequest, asked.Identifier, default);
        writer.Add(RadiusType.AcctStatusType, (uint)status);
        writer.Add(RadiusType.AcctSessionId, NoSession);
        SessionAttributes.WriteNas(writer, asked);
        AccountingQuestion.Close(writer, asked);
        byte[] packet = writer.Finish();
        proofs.SignAccounting(packet, asked.Server.Secret.Bytes);
        return packet;
    }
}
