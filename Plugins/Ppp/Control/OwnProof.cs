using System.Text;
using RouterOS.Ppp.Wire;

namespace RouterOS.Ppp.Control;

/// <summary>Shows the peer who this side is, in the client's role.</summary>
internal sealed class OwnProof(PppLink link, IPppCredentials credentials, AuthenticationMethod method)
{
    private const int MostRequests = 10;

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(3);

    private byte[] _challenge = [];
    private byte[]? _response;
    private IDisposable? _timer;
    private int _sent;

    public void Start()
    {
        if (method == AuthenticationMethod.Pap)
        {
            Request();
        }
    }

    public void Dispose() => _timer?.Dispose();

    public void Receive(in PppPacket packet)
    {
        switch (method, (AuthenticationCode)packet.Code)
        {
            case (AuthenticationMethod.Pap, AuthenticationCode.Response):
                _timer?.Dispose();
                link.ShownOwn();
                break;
            case (AuthenticationMethod.Pap, AuthenticationCode.Success):
            case (not AuthenticationMethod.Pap, AuthenticationCode.Failure):
                _timer?.Dispose();
                link.ProofFailed(DisconnectCause.AuthenticationFailed, $"the peer refuses: {Encoding.Latin1.GetString(packet.Data)}");
                break;
            case (not AuthenticationMethod.Pap, AuthenticationCode.Challenge):
                Answer(packet);
                break;
            case (not AuthenticationMethod.Pap, AuthenticationCode.Success):
                _timer?.Dispose();
                if (credentials.IsRight(method, packet.Data))
                {
                    link.ShownOwn();
                }
                else
                {
                    link.ProofFailed(DisconnectCause.AuthenticationFailed, "the peer does not know the password");
                }

                break;
            default:
                link.Counters.Untimely++;
                break;
        }
    }

    private void Answer(in PppPacket packet)
    {
        ReadOnlySpan<byte> data = packet.Data;
        if (_response is not null && packet.Identifier == _response[3] && data.SequenceEqual(_challenge))
        {
            // RFC 1994 section 4.1: a repeated challenge has one answer, although that is made with a number of one's own.
            link.Send(_response);
            return;
        }

        if (data.IsEmpty || data[0] + 1 > data.Length
            || credentials.Respond(method, packet.Identifier, data.Slice(1, data[0])) is not { } response)
        {
            link.Counters.Malformed++;
            return;
        }

        _challenge = data.ToArray();
        _response = PppPacket.Frame(PppProtocol.Chap, (byte)AuthenticationCode.Response, packet.Identifier,
            [(byte)response.Length, .. response, .. Encoding.UTF8.GetBytes(credentials.Name)]);
        _sent = 0;
        Repeat();
    }

    // The answer, or the verdict, may be lost: whoever judges takes repeated answers (RFC 1994 section 4.2).
    private void Repeat()
    {
        if (_sent++ == MostRequests)
        {
            link.ProofFailed(DisconnectCause.AuthenticationTimedOut, "the peer gives no verdict");
            return;
        }

        link.Send(_response!);
        _timer?.Dispose();
        _timer = link.Environment.After(s_again, Repeat);
    }

    private void Request()
    {
        if (_sent++ == MostRequests)
        {
            link.ProofFailed(DisconnectCause.AuthenticationTimedOut, "the peer does not answer PAP");
            return;
        }

        byte[] name = Encoding.UTF8.GetBytes(credentials.Name);
        byte[] password = credentials.Password ?? [];
        link.Send(PppPacket.Frame(PppProtocol.Pap, (byte)AuthenticationCode.Challenge, link.NextIdentifier(),
            [(byte)name.Length, .. name, (byte)password.Length, .. password]));
        _timer = link.Environment.After(s_again, Request);
    }
}
