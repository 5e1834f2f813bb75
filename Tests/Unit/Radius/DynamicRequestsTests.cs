using Google.Protobuf;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Control;
using RouterOS.Radius.Wire;

namespace RouterOS.Unit.Radius;

public sealed class DynamicRequestsTests
{
    private const uint Client = 0xc0000201;
    private const uint Own = 0xc6336401;

    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DynamicRequests _requests = new(RadiusWorld.Proofs);

    public DynamicRequestsTests() => _requests.Apply(
    [
        new DynamicClient { Address = "192.0.2.1", Secret = ByteString.CopyFromUtf8("s3cret"), MayDisconnect = true, MayChange = true },
        new DynamicClient { Address = "192.0.2.2", Secret = ByteString.CopyFromUtf8("s3cret") },
    ]);

    [Fact]
    public void A_session_is_ended_and_the_server_is_told()
    {
        DynamicStep step = Take(Request(RadiusCode.DisconnectRequest, w =>
        {
            w.Add(RadiusType.AcctSessionId, "0000002a");
            w.Add(RadiusType.ProxyState, [7, 7]);
            w.Add(RadiusType.EventTimestamp, (uint)s_now.ToUnixTimeSeconds() - 200);
        }));
        Assert.Null(step.Answer);
        Assert.Equal((true, "0000002a"), (step.Change!.Disconnect, step.Change.Session));
        byte[] answer = _requests.Answer(step.Change.Number, ErrorCause.None)!;
        Assert.True(RadiusPacket.TryParse(answer, out RadiusPacket packet, out _));
        Assert.Equal((RadiusCode.DisconnectAck, (byte)5), (packet.Code, packet.Identifier));
        Assert.Null(_requests.Answer(step.Change.Number, ErrorCause.None));
    }

    [Fact]
    public void The_same_request_again_is_answered_as_before_and_not_done_twice()
    {
        byte[] request = Request(RadiusCode.DisconnectRequest, w => w.Add(RadiusType.UserName, "nemo"));
        DynamicStep first = Take(request);
        Assert.Equal(default, Take(request));
        byte[] answer = _requests.Answer(first.Change!.Number, ErrorCause.None)!;
        DynamicStep again = Take(request);
        Assert.Null(again.Change);
        Assert.Equal(answer, again.Answer);
        Assert.Equal(2u, _requests.Counters.Duplicates);
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public void A_request_that_is_not_of_now_is_dropped(int seconds)
    {
        DynamicStep step = Take(Request(RadiusCode.DisconnectRequest, w =>
        {
            w.Add(RadiusType.UserName, "nemo");
            w.Add(RadiusType.EventTimestamp, (uint)(s_now.ToUnixTimeSeconds() + seconds));
        }));
        Assert.True(step.Answer is null && step.Change is null);
        Assert.Equal(1u, _requests.Counters.Stale);
    }

    [Fact]
    public void A_wrong_secret_a_stranger_and_garbage_get_no_answer()
    {
        Assert.Equal("the request's authenticator is wrong: the secret differs",
            Take(Request(RadiusCode.DisconnectRequest, w => w.Add(RadiusType.UserName, "nemo"), "wrong")).Refusal);
        Assert.Equal(default, Take(Request(RadiusCode.DisconnectRequest, _ => { }), from: 0x0a000001));
        Assert.Equal(default, Take([1, 2, 3]));
        Assert.Equal(default, Take(Request(RadiusCode.AccessRequest, _ => { })));
        Assert.Equal((1u, 1u, 2u), (_requests.Counters.BadAuthenticators, _requests.Counters.Strangers, _requests.Counters.Malformed));
    }

    [Fact]
    public void What_cannot_be_done_is_refused_with_its_cause()
    {
        Assert.Equal(402u, Cause(Request(RadiusCode.DisconnectRequest, _ => { })));
        Assert.Equal(403u, Cause(Request(RadiusCode.DisconnectRequest, w =>
        {
            w.Add(RadiusType.UserName, "nemo");
            w.Add(RadiusType.NasIpAddress, 0x0a0a0a0a);
        })));
        Assert.Equal(401u, Cause(Request(RadiusCode.CoaRequest, w =>
        {
            w.Add(RadiusType.UserName, "nemo");
            w.Add(VendorType.VirtualRouter, "x"u8);
        })));
        Assert.Equal(405u, Cause(Request(RadiusCode.CoaRequest, w =>
        {
            w.Add(RadiusType.UserName, "nemo");
            w.Add(RadiusType.ServiceType, 17);
        })));
        Assert.Equal(501u, Cause(Request(RadiusCode.CoaRequest, w => w.Add(RadiusType.UserName, "nemo")), 0xc0000202));
        Assert.Equal(4u, _requests.Counters.ChangeNaks + _requests.Counters.DisconnectNaks - 1);
    }

    [Fact]
    public void Without_anybody_who_has_sessions_there_is_none()
    {
        List<byte[]> sent = [];
        SessionChanges changes = new(_requests, (packet, _) => sent.Add(packet));
        changes.Carry(Take(Request(RadiusCode.DisconnectRequest, w => w.Add(RadiusType.UserName, "nemo"))), default);
        Assert.Equal(503u, CauseOf(Assert.Single(sent)));
    }

    [Fact]
    public void Of_several_who_have_sessions_one_who_has_done_it_is_enough()
    {
        List<byte[]> sent = [];
        SessionChanges changes = new(_requests, (packet, _) => sent.Add(packet));
        _ = changes.Watch();
        _ = changes.Watch();
        DynamicStep step = Take(Request(RadiusCode.DisconnectRequest, w => w.Add(RadiusType.UserName, "nemo")));
        changes.Carry(step, default);
        changes.Answer(step.Change!.Number, ErrorCause.SessionContextNotFound);
        Assert.Empty(sent);
        changes.Answer(step.Change.Number, ErrorCause.None);
        Assert.Equal((byte)RadiusCode.DisconnectAck, Assert.Single(sent)[0]);
    }

    private DynamicStep Take(byte[] packet, uint from = Client) => _requests.Take(from, 4000, Own, packet, s_now);

    private uint Cause(byte[] packet, uint from = Client) => CauseOf(Take(packet, from).Answer!);

    private static uint CauseOf(byte[] answer)
    {
        Assert.True(RadiusPacket.TryParse(answer, out RadiusPacket packet, out _));
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            if (attribute.Type == RadiusType.ErrorCause)
            {
                return attribute.Integer;
            }
        }

        return 0;
    }

    private static byte[] Request(RadiusCode code, Action<RadiusWriter> with, string secret = "s3cret")
    {
        RadiusWriter writer = new(code, 5, new byte[16]);
        with(writer);
        byte[] packet = writer.Finish();
        RadiusWorld.Proofs.SignAccounting(packet, System.Text.Encoding.UTF8.GetBytes(secret));
        return packet;
    }
}
