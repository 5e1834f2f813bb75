using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Control;
using RouterOS.Radius.Control.Machines;
using RouterOS.Radius.Wire;
using static RouterOS.Unit.Radius.RadiusWorld;

namespace RouterOS.Unit.Radius;

public sealed class RadiusClientTests
{
    private const uint First = 0xc0000201;
    private const uint Second = 0xc0000202;

    [Fact]
    public void An_answer_is_believed_and_delivered_once()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        Answers answers = world.Ask();
        Datagram request = Assert.Single(world.Sent);
        Assert.Equal((Own, First, (ushort)1812), (request.From, request.To, request.ToPort));
        world.Pass(0.05);
        world.Answer(request, RadiusCode.AccessAccept, sign: true, with: w => w.Add(RadiusType.FramedIpAddress, 0x0a09004d));
        world.Answer(request, RadiusCode.AccessAccept);
        AccessReply reply = Assert.Single(answers.All)!;
        Assert.Equal((AccessReply.Types.Outcome.Accepted, 0x0a09004du), (reply.Outcome, reply.Address));
        world.Pass(60);
        Assert.Single(world.Sent);
        ServerCounters counters = world.Groups.Servers.Single().Counters;
        Assert.Equal((1u, 1u, 1u, 50u), (counters.Requests, counters.Accepts, counters.Unexpected, counters.RoundTripMilliseconds));
        Assert.Equal(0, world.Client.OpenSlots);
    }

    [Fact]
    public void A_silent_server_is_asked_again_with_the_same_bytes_and_then_the_next_one_is()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1"), Server("192.0.2.2", "other")));
        Answers answers = world.Ask();
        world.Pass(9);
        Assert.Equal([First, First, First, Second], world.Sent.Select(s => s.To));
        Assert.Equal([0, 3, 6, 9], world.Sent.Select(s => (int)(s.At - world.Sent[0].At).TotalSeconds));
        Assert.All(world.Sent.Take(3), s => Assert.Equal(world.Sent[0].Packet, s.Packet));
        Assert.NotEqual(world.Sent[0].Packet, world.Sent[3].Packet);
        world.Answer(world.Sent[3], RadiusCode.AccessReject, "other");
        Assert.Equal(AccessReply.Types.Outcome.Rejected, Assert.Single(answers.All)!.Outcome);
        Assert.Equal(["silent 192.0.2.1:1812"], world.Log);
        ServerCounters counters = world.Groups.Servers.First().Counters;
        Assert.Equal((1u, 2u, 3u), (counters.Requests, counters.Retransmissions, counters.Timeouts));
    }

    [Fact]
    public void Nobody_answers_and_that_is_said_once()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1"), Server("192.0.2.2")));
        Answers answers = world.Ask();
        world.Pass(100);
        Assert.Equal(6, world.Sent.Count);
        Assert.Null(Assert.Single(answers.All));
        Assert.Equal(0, world.Groups.Servers.Sum(s => s.Pending) + world.Client.OpenSlots);
    }

    [Fact]
    public void A_dead_server_is_left_alone_until_its_time_is_over()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1", with: s => s.DeadSeconds = 60), Server("192.0.2.2")));
        _ = world.Ask();
        world.Pass(9);
        world.Answer(world.Sent[^1], RadiusCode.AccessReject);
        _ = world.Ask();
        Assert.Equal(Second, world.Sent[^1].To);
        world.Answer(world.Sent[^1], RadiusCode.AccessReject);
        world.Pass(60);
        _ = world.Ask();
        Assert.Equal(First, world.Sent[^1].To);
        world.Answer(world.Sent[^1], RadiusCode.AccessReject);
        Assert.Equal(["silent 192.0.2.1:1812", "back 192.0.2.1:1812"], world.Log);
    }

    [Fact]
    public void When_every_server_is_dead_they_are_asked_nevertheless()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1", with: s => s.DeadSeconds = 600)));
        _ = world.Ask();
        world.Pass(20);
        int before = world.Sent.Count;
        _ = world.Ask();
        Assert.Equal(before + 1, world.Sent.Count);
    }

    [Fact]
    public void A_wrong_secret_is_named_once_and_the_request_goes_on_waiting()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        Answers answers = world.Ask();
        world.Answer(world.Sent[0], RadiusCode.AccessAccept, "wrong");
        world.Answer(world.Sent[0], RadiusCode.AccessAccept, "wrong", sign: true);
        Assert.Empty(answers.All);
        Assert.Equal(["forged 192.0.2.1:1812"], world.Log);
        Assert.Equal(2u, world.Groups.Servers.Single().Counters.BadAuthenticators);
        world.Answer(world.Sent[0], RadiusCode.AccessReject);
        Assert.Single(answers.All);
    }

    [Fact]
    public void An_answer_from_elsewhere_or_of_another_kind_is_counted_and_ignored()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1"), Server("192.0.2.2")));
        Answers answers = world.Ask();
        world.Answer(world.Sent[0], RadiusCode.AccessAccept, from: Second);
        world.Answer(world.Sent[0], RadiusCode.AccessAccept, from: 0x0a000001);
        world.Answer(world.Sent[0], RadiusCode.AccountingResponse);
        world.Client.Receive(0, First, 1812, world.Sent[0].FromPort, [1, 2, 3], world.Groups.Servers);
        Assert.Empty(answers.All);
        RadiusServer[] servers = [.. world.Groups.Servers];
        Assert.Equal((2u, 1u, 1u), (servers[0].Counters.Malformed, servers[1].Counters.Unexpected, world.Client.Strangers));
    }

    [Fact]
    public void A_late_answer_is_unexpected_and_changes_nothing()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1"), Server("192.0.2.2")));
        Answers answers = world.Ask();
        world.Pass(10);
        world.Answer(world.Sent[0], RadiusCode.AccessAccept);
        Assert.Empty(answers.All);
        Assert.Equal(1u, world.Groups.Servers.First().Counters.Unexpected);
    }

    [Fact]
    public void An_answer_without_Message_Authenticator_is_not_believed_where_it_is_required()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1", with: s => s.RequireMessageAuthenticator = true)));
        Answers answers = world.Ask();
        world.Answer(world.Sent[0], RadiusCode.AccessAccept);
        Assert.Empty(answers.All);
        Assert.Equal(["unproved 192.0.2.1:1812"], world.Log);
        world.Answer(world.Sent[0], RadiusCode.AccessAccept, sign: true);
        Assert.Single(answers.All);
    }

    [Fact]
    public void Thousands_of_requests_are_out_at_a_time_and_each_gets_its_own_answer()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1", with: s => s.MaxRequests = 3000)));
        List<Answers> all = [.. Enumerable.Range(0, 3000).Select(i => world.Ask(Pap($"user{i}")))];
        Assert.Equal(3000, world.Sent.Count);
        Assert.Equal(3000, world.Sent.Select(s => (s.FromPort, s.Packet[1])).Distinct().Count());
        for (int i = 2999; i >= 0; i--)
        {
            world.Answer(world.Sent[i], RadiusCode.AccessAccept, with: w => w.Add(RadiusType.SessionTimeout, (uint)i + 1));
        }

        Assert.Equal(Enumerable.Range(1, 3000).Select(i => (uint)i), all.Select(a => a.All.Single()!.SessionTimeoutSeconds));
        Assert.Equal(0, world.Client.OpenSlots);
    }

    [Fact]
    public void More_requests_than_a_server_may_have_go_to_the_next_one_and_then_wait()
    {
        RadiusWorld world = new(Intent(
            Server("192.0.2.1", with: s => s.MaxRequests = 2), Server("192.0.2.2", with: s => s.MaxRequests = 1)));
        List<Answers> all = [.. Enumerable.Range(0, 5).Select(_ => world.Ask())];
        Assert.Equal([First, First, Second], world.Sent.Select(s => s.To));
        world.Answer(world.Sent[0], RadiusCode.AccessReject);
        Assert.Equal(4, world.Sent.Count);
        world.Answer(world.Sent[1], RadiusCode.AccessReject);
        world.Answer(world.Sent[2], RadiusCode.AccessReject);
        world.Answer(world.Sent[3], RadiusCode.AccessReject);
        world.Answer(world.Sent[4], RadiusCode.AccessReject);
        Assert.All(all, a => Assert.Single(a.All));
        Assert.Equal(0, world.Groups.Servers.Sum(s => s.Pending));
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1", with: s => s.MaxRequests = 1)));
        _ = world.Ask();
        for (int i = 0; i < ServerSet.MaximumQueued; i++)
        {
            _ = world.Ask();
        }

        Answers tooMany = world.Ask();
        Assert.Null(Assert.Single(tooMany.All));
        Assert.Single(world.Sent);
    }

    [Fact]
    public void Servers_are_asked_in_turn_where_the_configuration_says_so()
    {
        RadiusIntent intent = Intent(Server("192.0.2.1"), Server("192.0.2.2"));
        intent.Groups[0].Order = Order.RoundRobin;
        RadiusWorld world = new(intent);
        for (int i = 0; i < 4; i++)
        {
            _ = world.Ask();
        }

        Assert.Equal([First, Second, First, Second], world.Sent.Select(s => s.To));
    }

    [Fact]
    public void Accounting_sent_again_says_how_late_it_is_and_any_of_its_answers_will_do()
    {
        RadiusWorld world = new(new RadiusIntent { Groups = { new ServerGroup { AccountingServers = { Server("192.0.2.1") } } } });
        Answers answers = world.Account(new AccountingRequest
        {
            User = "nemo", Session = "s1", TerminateCause = 1,
            Usage = new AccountRequest { Kind = AccountRequest.Types.Kind.Stop, Seconds = 77, ReceivedOctets = 0x3_0000_0005, SentOctets = 9 },
        });
        world.Pass(3.5);
        Assert.Equal(2, world.Sent.Count);
        Assert.Equal((0u, 3u), (Number(world.Sent[0], RadiusType.AcctDelayTime), Number(world.Sent[1], RadiusType.AcctDelayTime)));
        Assert.NotEqual((world.Sent[0].FromPort, world.Sent[0].Packet[1]), (world.Sent[1].FromPort, world.Sent[1].Packet[1]));
        Assert.Equal(
            (2u, 5u, 3u, 9u, 77u, 1u),
            (Number(world.Sent[0], RadiusType.AcctStatusType), Number(world.Sent[0], RadiusType.AcctInputOctets),
             Number(world.Sent[0], RadiusType.AcctInputGigawords), Number(world.Sent[0], RadiusType.AcctOutputOctets),
             Number(world.Sent[0], RadiusType.AcctSessionTime), Number(world.Sent[0], RadiusType.AcctTerminateCause)));
        Assert.True(RadiusPacket.TryParse(world.Sent[1].Packet, out RadiusPacket packet, out _));
        Assert.True(Proofs.IsRightRequest(packet, "xyzzy5461"u8));
        world.Answer(world.Sent[0], RadiusCode.AccountingResponse);
        Assert.Equal([true], answers.Acknowledged);
        Assert.Equal(0, world.Client.OpenSlots);
    }

    [Fact]
    public void A_request_on_its_way_survives_a_commit_that_changes_its_server()
    {
        RadiusWorld world = new(Intent(Server("192.0.2.1")));
        Answers answers = world.Ask();
        world.Groups.Apply(Intent(Server("192.0.2.1", "new"), Server("192.0.2.2")));
        world.Answer(world.Sent[0], RadiusCode.AccessAccept);
        Assert.Single(answers.All);
        Assert.Equal(1u, world.Groups.Servers.First().Counters.Accepts);
    }

    [Fact]
    public void Every_pair_of_state_and_event_is_decided_and_only_the_end_ends()
    {
        foreach (RequestState state in Enum.GetValues<RequestState>())
        {
            foreach (RequestEvent input in Enum.GetValues<RequestEvent>())
            {
                RequestStep step = RequestMachine.Next(state, input);
                bool ends = (step.Actions & (RequestActions.Deliver | RequestActions.GiveUp)) != 0;
                Assert.Equal(ends, state != RequestState.Done && step.State == RequestState.Done);
                Assert.True(state != RequestState.Done || step == new RequestStep(RequestState.Done, RequestActions.None));
                Assert.Equal((step.Actions & RequestActions.Send) != 0, step.State == RequestState.Waiting
                    && input is RequestEvent.Room or RequestEvent.SilentServerLeft && step.Actions != RequestActions.None);
            }
        }
    }

    private static uint Number(Datagram sent, RadiusType type)
    {
        Assert.True(RadiusPacket.TryParse(sent.Packet, out RadiusPacket packet, out _));
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            if (attribute.Type == type)
            {
                return attribute.Integer;
            }
        }

        throw new InvalidOperationException($"no {type}");
    }
}
