using Google.Protobuf;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Control;
using RouterOS.Radius.Wire;
using static RouterOS.Unit.Radius.RadiusWorld;

namespace RouterOS.Unit.Radius;

public sealed class AccessQuestionTests
{
    [Fact]
    public void A_user_of_a_tunnel_is_described_as_an_E_Series_does()
    {
        AccessRequest request = Pap();
        request.Session = "0000002a";
        request.User.CallingStation = "win10";
        request.User.Origin = new SessionOrigin
        {
            TunnelLocalAddress = "198.51.100.1", TunnelRemoteAddress = "203.0.113.9", TunnelLocalHost = "lns", TunnelRemoteHost = "client",
            Connection = "17", Port = 42,
        };
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        _ = world.Ask(request);
        Assert.Equal(
            [
                "MessageAuthenticator", "UserName 6E656D6F", "UserPassword", "NasIpAddress C6336401", "ServiceType 00000002", "FramedProtocol 00000001",
                "NasPortType 00000005", "AcctSessionId 3030303030303261", "CallingStationId 77696E3130", "NasPort 0000002A", "NasPortId",
                "TunnelType 00000003", "TunnelMediumType 00000001", "TunnelClientEndpoint 003230332E302E3131332E39",
                "TunnelServerEndpoint 003139382E35312E3130302E31", "TunnelClientAuthId 00636C69656E74", "TunnelServerAuthId 006C6E73",
                "AcctTunnelConnection 3137",
            ],
            Attributes(world.Sent[0].Packet));
    }

    [Fact]
    public void The_Message_Authenticator_of_a_request_proves_the_secret()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        _ = world.Ask();
        byte[] packet = [.. world.Sent[0].Packet];
        Assert.True(RadiusPacket.TryParse(packet, out RadiusPacket view, out _));
        byte[] said = packet[view.MessageAuthenticatorAt..(view.MessageAuthenticatorAt + 16)];
        packet.AsSpan(view.MessageAuthenticatorAt, 16).Clear();
        Assert.Equal(System.Security.Cryptography.HMACMD5.HashData("xyzzy5461"u8, packet), said);
    }

    [Fact]
    public void Responses_of_CHAP_and_MS_CHAP_are_put_where_their_RFCs_want_them()
    {
        byte[] chap = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        byte[] response = [.. Enumerable.Range(100, 48).Select(i => (byte)i), 1];
        Assert.Equal(
            ["ChapPassword 07" + Convert.ToHexString(chap), "ChapChallenge A1A2"],
            Proof(new AuthenticateRequest
            {
                User = "u", Chap = new ChapProof { Identifier = 7, Challenge = ByteString.CopyFrom(0xa1, 0xa2), Response = ByteString.CopyFrom(chap) },
            }));
        Assert.Equal(
            ["MsChapChallenge 0000000000000000", "MsChapResponse 0801" + Convert.ToHexString(response[..48])],
            Proof(new AuthenticateRequest
            {
                User = "u",
                MsChap = new MsChapProof { Identifier = 8, Challenge = ByteString.CopyFrom(new byte[8]), Response = ByteString.CopyFrom(response) },
            }));
        Assert.Equal(
            ["MsChapChallenge " + new string('0', 32), "MsChap2Response 0900" + Convert.ToHexString(response[..48])],
            Proof(new AuthenticateRequest
            {
                User = "u",
                MsChapV2 = new MsChapV2Proof { Identifier = 9, Challenge = ByteString.CopyFrom(new byte[16]), Response = ByteString.CopyFrom(response) },
            }));
    }

    [Fact]
    public void What_an_answer_gives_the_user_is_read()
    {
        AccessReply reply = Answer(Pap(), RadiusCode.AccessAccept, w =>
        {
            w.Add(RadiusType.ServiceType, 2);
            w.Add(RadiusType.FramedIpAddress, 0xfffffffe);
            w.Add(RadiusType.FramedRoute, "10.9.0.0/24 0.0.0.0 1");
            w.Add(RadiusType.FramedRoute, "192.168.5.0");
            w.Add(RadiusType.FramedRoute, "nonsense");
            w.Add(RadiusType.SessionTimeout, 3600);
            w.Add(RadiusType.IdleTimeout, 600);
            w.Add(RadiusType.AcctInterimInterval, 10);
            w.Add(RadiusType.Class, [1, 2]);
            w.Add(RadiusType.Class, [3]);
            w.Add(RadiusType.ReplyMessage, "hel");
            w.Add(RadiusType.ReplyMessage, "lo");
            w.Add(VendorType.VirtualRouter, "vpn"u8);
            w.Add(VendorType.LocalAddressPool, "pool1"u8);
            w.Add(VendorType.PrimaryDns, [10, 0, 0, 1]);
            w.Add(VendorType.MsSecondaryDns, [10, 0, 0, 2]);
            w.Add(VendorType.PrimaryNbns, [10, 0, 0, 3]);
        });
        Assert.Equal(AccessReply.Types.Outcome.Accepted, reply.Outcome);
        Assert.Equal((0u, 3600u, 600u, 60u, "vpn", "pool1", "hello"),
            (reply.Address, reply.SessionTimeoutSeconds, reply.IdleTimeoutSeconds, reply.InterimSeconds, reply.VirtualRouter, reply.Pool,
             reply.Message.ToStringUtf8()));
        Assert.Equal([0x0a000001u, 0x0a000002u], reply.DnsServers);
        Assert.Equal([0x0a000003u], reply.NbnsServers);
        Assert.Equal([(0x0a090000u, 24u), (0xc0a80500u, 24u)], reply.Routes.Select(r => (r.Prefix, r.PrefixLength)));
        Assert.Equal(["0102", "03"], reply.Classes.Select(c => Convert.ToHexString(c.Span)));
    }

    [Fact]
    public void Being_let_in_for_another_service_is_a_reject() =>
        Assert.Equal(AccessReply.Types.Outcome.Rejected, Answer(Pap(), RadiusCode.AccessAccept, w => w.Add(RadiusType.ServiceType, 6)).Outcome);

    [Fact]
    public void Of_MS_CHAPv2_the_server_must_prove_itself_to_the_user()
    {
        AccessRequest request = new()
        {
            User = new AuthenticateRequest
            {
                User = "u",
                MsChapV2 = new MsChapV2Proof { Identifier = 9, Challenge = ByteString.CopyFrom(new byte[16]), Response = ByteString.CopyFrom(new byte[49]) },
            },
        };
        Assert.Equal(AccessReply.Types.Outcome.Rejected, Answer(request, RadiusCode.AccessAccept, _ => { }).Outcome);
        Assert.Equal(AccessReply.Types.Outcome.Rejected,
            Answer(request, RadiusCode.AccessAccept, w => w.Add(VendorType.MsChap2Success, [8, .. "S=00"u8])).Outcome);
        AccessReply right = Answer(request, RadiusCode.AccessAccept, w => w.Add(VendorType.MsChap2Success, [9, .. "S=00"u8]));
        Assert.Equal((AccessReply.Types.Outcome.Accepted, "S=00"), (right.Outcome, right.Message.ToStringUtf8()));
        AccessReply wrong = Answer(request, RadiusCode.AccessReject, w => w.Add(VendorType.MsChapError, [9, .. "E=691 R=1"u8]));
        Assert.Equal("E=691 R=1", wrong.Message.ToStringUtf8());
    }

    [Fact]
    public void A_challenge_brings_its_state_and_question()
    {
        AccessReply reply = Answer(Pap(), RadiusCode.AccessChallenge, w =>
        {
            w.Add(RadiusType.State, [4, 5]);
            w.Add(RadiusType.ReplyMessage, "Enter code");
        });
        Assert.Equal((AccessReply.Types.Outcome.Challenged, "0405", "Enter code"),
            (reply.Outcome, Convert.ToHexString(reply.State.Span), reply.Message.ToStringUtf8()));
    }

    [Fact]
    public void What_RADIUS_cannot_carry_is_not_asked()
    {
        Assert.NotNull(AccessQuestion.Obstacle(Pap("")));
        Assert.NotNull(AccessQuestion.Obstacle(Pap(password: new string('x', 129))));
        Assert.NotNull(AccessQuestion.Obstacle(new AccessRequest { User = new AuthenticateRequest { User = "u", None = new NoProof() } }));
        Assert.NotNull(AccessQuestion.Obstacle(new AccessRequest { User = new AuthenticateRequest { User = "u", MsChap = new MsChapProof() } }));
        Assert.Null(AccessQuestion.Obstacle(Pap(password: "")));
    }

    private static AccessReply Answer(AccessRequest request, RadiusCode code, Action<RadiusWriter> with)
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        Answers answers = world.Ask(request);
        world.Answer(world.Sent[0], code, with: with);
        return Assert.Single(answers.All)!;
    }

    private static List<string> Proof(AuthenticateRequest user)
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        _ = world.Ask(new AccessRequest { User = user });
        return Attributes(world.Sent[0].Packet).FindAll(a => a.Contains("Chap", StringComparison.Ordinal));
    }

    private static List<string> Attributes(byte[] packet)
    {
        Assert.True(RadiusPacket.TryParse(packet, out RadiusPacket view, out _));
        List<string> all = [];
        foreach (RadiusAttribute attribute in view.Attributes)
        {
            string name = attribute.Type != 0 ? attribute.Type.ToString() : ((VendorType)attribute.Number).ToString();
            bool opaque = attribute.Type is RadiusType.MessageAuthenticator or RadiusType.UserPassword or RadiusType.NasPortId;
            all.Add(opaque ? name : $"{name} {Convert.ToHexString(attribute.Value)}");
        }

        return all;
    }
}
