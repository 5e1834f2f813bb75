using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>Access-Request of a user: RFC 2865 section 4.1, with the attributes that an E Series sends for users of tunnels.</summary>
internal sealed class AccessQuestion(AccessRequest request, RadiusProofs proofs) : IRadiusQuestion
{
    /// <summary>Bytes of a response of MS-CHAP, of either version.</summary>
    private const int MsChapResponseBytes = 49;

    private const int ChapResponseBytes = 16;
    private const int LongestName = 253;

    /// <inheritdoc/>
    public bool ChangesWithTime => false;

    /// <summary>Why this cannot be asked; null: it can.</summary>
    public static string? Obstacle(AccessRequest request)
    {
        AuthenticateRequest user = request.User ?? new();
        return user.User.Length == 0 ? "the user gives no name"
            : System.Text.Encoding.UTF8.GetByteCount(user.User) > LongestName ? "the user's name is longer than RADIUS can carry"
            : user.ProofCase switch
            {
                AuthenticateRequest.ProofOneofCase.Password when user.Password.Length > RadiusProofs.LongestPassword =>
                    "the password is longer than RADIUS can carry",
                AuthenticateRequest.ProofOneofCase.Chap when user.Chap.Response.Length != ChapResponseBytes || user.Chap.Challenge.Length is 0 or > LongestName =>
                    "the user's response is none of CHAP",
                AuthenticateRequest.ProofOneofCase.MsChap when user.MsChap.Response.Length != MsChapResponseBytes || user.MsChap.Challenge.Length != 8 =>
                    "the user's response is none of MS-CHAP",
                AuthenticateRequest.ProofOneofCase.MsChapV2
                    when user.MsChapV2.Response.Length != MsChapResponseBytes || user.MsChapV2.Challenge.Length != 16 =>
                    "the user's response is none of MS-CHAPv2",
                AuthenticateRequest.ProofOneofCase.None_ or AuthenticateRequest.ProofOneofCase.None => "nothing was asked of the user",
                _ => null,
            };
    }

    /// <inheritdoc/>
    public byte[] Write(in QuestionContext asked, ReadOnlySpan<byte> random)
    {
        AuthenticateRequest user = request.User;
        RadiusWriter writer = new(RadiusCode.AccessRequest, asked.Identifier, random)
        {
            LeftOut = asked.Server.LeftOut.GetValueOrDefault(LeftOut.Types.Request.Access),
        };
        // First of all: what stands before it can be chosen by who forges answers.
        writer.AddMessageAuthenticator();
        writer.Add(RadiusType.UserName, user.User);
        WriteProof(writer, user, asked.Server.Secret.Bytes, random);
        SessionAttributes.Write(writer, asked, request.Service, request.Session, user.CallingStation, user.CalledStation, user.Origin);
        if (user.WantedAddress != 0)
        {
            // A wish, RFC 2865 section 5.8.
            writer.Add(RadiusType.FramedIpAddress, user.WantedAddress);
        }

        if (request.State.Length > 0)
        {
            writer.Add(RadiusType.State, request.State.Span);
        }

        byte[] packet = writer.Finish();
        proofs.SignAccess(packet, writer.MessageAuthenticatorAt, asked.Server.Secret.Bytes);
        return packet;
    }

    private void WriteProof(RadiusWriter writer, AuthenticateRequest user, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> authenticator)
    {
        switch (user.ProofCase)
        {
            case AuthenticateRequest.ProofOneofCase.Password:
                writer.Add(RadiusType.UserPassword, proofs.Hide(user.Password.Span, secret, authenticator));
                break;
            case AuthenticateRequest.ProofOneofCase.Chap:
                writer.Add(RadiusType.ChapPassword, [(byte)user.Chap.Identifier, .. user.Chap.Response.Span]);
                writer.Add(RadiusType.ChapChallenge, user.Chap.Challenge.Span);
                break;
            case AuthenticateRequest.ProofOneofCase.MsChap:
                // RFC 2433: LAN Manager response, NT response, flags; RFC 2548 has the flags in front.
                ReadOnlySpan<byte> response = user.MsChap.Response.Span;
                writer.Add(VendorType.MsChapChallenge, user.MsChap.Challenge.Span);
                writer.Add(VendorType.MsChapResponse, [(byte)user.MsChap.Identifier, response[^1], .. response[..^1]]);
                break;
            case AuthenticateRequest.ProofOneofCase.MsChapV2:
                // RFC 2759: peer's challenge, 8 zeros, NT response, flags, which are zero.
                writer.Add(VendorType.MsChapChallenge, user.MsChapV2.Challenge.Span);
                writer.Add(VendorType.MsChap2Response, [(byte)user.MsChapV2.Identifier, 0, .. user.MsChapV2.Response.Span[..^1]]);
                break;
            default:
                break;
        }
    }
}
