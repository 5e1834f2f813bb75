using System.Text;
using Google.Protobuf;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Ppp.Control;

/// <summary>Lets the peer show who it is: PAP (RFC 1334), CHAP (RFC 1994), MS-CHAP (RFC 2433), MS-CHAPv2 (RFC 2759).</summary>
internal sealed class PeerProof(PppLink link, LinkSettings settings, AuthenticationMethod method)
{
    private const int MostChallenges = 10;
    private const int LongestName = 255;

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(3);

    private readonly byte[] _challenge = new byte[method == AuthenticationMethod.MsChap ? 8 : 16];
    private IDisposable? _timer;
    private byte _identifier;
    private byte[]? _verdict;
    private int _sent;
    private bool _isAsking;
    private bool _isOver;

    /// <summary>Begins: asks, or waits to be told.</summary>
    public void Start()
    {
        if (method == AuthenticationMethod.Pap)
        {
            _timer = link.Environment.After(s_again * MostChallenges, () => link.ProofFailed(DisconnectCause.AuthenticationTimedOut, "no request of PAP came"));
            return;
        }

        link.Environment.Fill(_challenge);
        _identifier = link.NextIdentifier();
        Challenge();
    }

    /// <summary>Takes what a LAC has of the peer in place of asking again; true when it can be judged.</summary>
    public bool TryAdopt(Proto.Ppp.V1.ProxyAuthentication proxy)
    {
        AuthenticationMethod had = proxy.Type switch
        {
            2 => AuthenticationMethod.Chap,
            3 => AuthenticationMethod.Pap,
            5 => AuthenticationMethod.MsChap,
            _ => AuthenticationMethod.None,
        };
        if (had != method)
        {
            return false;
        }

        _identifier = (byte)proxy.Identifier;
        Ask(proxy.Name, had == AuthenticationMethod.Pap ? null : proxy.Challenge.ToByteArray(), proxy.Response.ToByteArray());
        return true;
    }

    public void Dispose()
    {
        _isOver = true;
        _timer?.Dispose();
    }

    /// <summary>Says again what was said of the peer, which may not have heard it.</summary>
    public void RepeatVerdict()
    {
        if (_verdict is not null)
        {
            link.Send(_verdict);
        }
    }

    public void Receive(in PppPacket packet)
    {
        if (method == AuthenticationMethod.Pap)
        {
            ReceivePap(packet);
        }
        else if (packet.Code == (byte)AuthenticationCode.Response && packet.Identifier == _identifier)
        {
            ReceiveResponse(packet);
        }
        else
        {
            link.Counters.Untimely++;
        }
    }

    private void ReceivePap(in PppPacket packet)
    {
        // Authenticate-Request: length and name, length and password.
        ReadOnlySpan<byte> data = packet.Data;
        if (packet.Code != (byte)AuthenticationCode.Challenge || data.IsEmpty || data[0] + 2 > data.Length || data[data[0] + 1] + data[0] + 2 > data.Length)
        {
            link.Counters.Malformed++;
            return;
        }

        if (_verdict is not null)
        {
            // The answer was lost: it is given again, to whatever request (RFC 1334 section 2.2.1).
            _verdict[3] = packet.Identifier;
            link.Send(_verdict);
            return;
        }

        if (!_isAsking)
        {
            _identifier = packet.Identifier;
            Ask(Name(data.Slice(1, data[0])), null, data.Slice(data[0] + 2, data[data[0] + 1]).ToArray());
        }
    }

    private void ReceiveResponse(in PppPacket packet)
    {
        ReadOnlySpan<byte> data = packet.Data;
        if (data.IsEmpty || data[0] + 1 > data.Length)
        {
            link.Counters.Malformed++;
            return;
        }

        if (_verdict is not null)
        {
            link.Send(_verdict);
        }
        else if (!_isAsking)
        {
            Ask(Name(data[(data[0] + 1)..]), _challenge, data.Slice(1, data[0]).ToArray());
        }
    }

    private static string Name(ReadOnlySpan<byte> bytes) =>
        string.Concat(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LongestName)]).Where(c => !char.IsControl(c)));

    private void Challenge()
    {
        if (_sent++ == MostChallenges)
        {
            link.ProofFailed(DisconnectCause.AuthenticationTimedOut, "the peer has not answered the challenge");
            return;
        }

        byte[] name = Encoding.UTF8.GetBytes(settings.ChapName);
        link.Send(PppPacket.Frame(PppProtocol.Chap, (byte)AuthenticationCode.Challenge, _identifier, [(byte)_challenge.Length, .. _challenge, .. name]));
        _timer = link.Environment.After(s_again, Challenge);
    }

    private void Ask(string user, byte[]? challenge, byte[] response)
    {
        _isAsking = true;
        _timer?.Dispose();
        AuthenticateRequest request = link.NewRequest(user);
        ByteString asked = ByteString.CopyFrom(challenge ?? []);
        ByteString answer = ByteString.CopyFrom(response);
        switch (method)
        {
            case AuthenticationMethod.Pap:
                request.Password = answer;
                break;
            case AuthenticationMethod.Chap:
                request.Chap = new ChapProof { Identifier = _identifier, Challenge = asked, Response = answer };
                break;
            case AuthenticationMethod.MsChap:
                request.MsChap = new MsChapProof { Identifier = _identifier, Challenge = asked, Response = answer };
                break;
            default:
                request.MsChapV2 = new MsChapV2Proof { Identifier = _identifier, Challenge = asked, Response = answer };
                break;
        }

        link.Environment.Authenticate(request, reply => Answered(user, reply));
    }

    private void Answered(string user, AuthenticateReply reply)
    {
        _isAsking = false;
        bool accepted = reply.Outcome == AuthenticateReply.Types.Outcome.Accepted;
        if (_isOver || !link.IsAuthenticating)
        {
            link.LateAnswer(reply);
            return;
        }

        byte[] message = reply.Message.ToByteArray();
        if (method == AuthenticationMethod.Pap)
        {
            _verdict = PppPacket.Frame(PppProtocol.Pap, accepted ? (byte)AuthenticationCode.Response : (byte)AuthenticationCode.Success,
                _identifier, [(byte)Math.Min(message.Length, 255), .. message.AsSpan(0, Math.Min(message.Length, 255))]);
        }
        else
        {
            _verdict = PppPacket.Frame(PppProtocol.Chap, accepted ? (byte)AuthenticationCode.Success : (byte)AuthenticationCode.Failure,
                _identifier, accepted || message.Length > 0 ? message : FailureMessage());
        }

        link.Send(_verdict);
        if (accepted)
        {
            link.Proved(user, reply);
        }
        else
        {
            link.ProofFailed(DisconnectCause.AuthenticationFailed, $"user {user}: {reply.Reason}");
        }
    }

    // RFC 2433 section 9, RFC 2759 section 6: 691 is "authentication failure"; no retry.
    private byte[] FailureMessage() => method switch
    {
        AuthenticationMethod.MsChap => Encoding.ASCII.GetBytes($"E=691 R=0 C={Convert.ToHexString(_challenge)} V=2"),
        AuthenticationMethod.MsChapV2 => Encoding.ASCII.GetBytes($"E=691 R=0 C={Convert.ToHexString(_challenge)} V=3 M=Access denied"),
        _ => [],
    };
}
