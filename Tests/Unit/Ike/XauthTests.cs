using System.Text;
using Google.Protobuf;
using RouterOS.Ike.Control;
using RouterOS.Ike.Control.Access;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Unit.Ike.Simulation;
using RouterOS.Unit.Srx;

namespace RouterOS.Unit.Ike;

/// <summary>Left is the client, right the gateway that asks for its user.</summary>
public sealed class XauthTests
{
    private const uint Elsewhere = 0xcb007109; // 203.0.113.9
    private const uint FirstLease = 0x0a630001; // 10.99.0.1

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_user_logs_in_gets_an_address_and_its_traffic_passes(bool aggressive, bool push)
    {
        Lab lab = Users(aggressive);
        lab.RightGateway.Xauth.Push = push;
        lab.Up();
        Phase1Sa hub = Assert.Single(lab.Right.UpPhase1());
        Assert.Equal(("alice", "10.99.0.1"), (hub.User, hub.AssignedAddress));
        Phase1Sa client = Assert.Single(lab.Left.UpPhase1());
        Assert.Equal(("alice", "10.99.0.1"), (client.User, client.AssignedAddress));
        Assert.Equal(["192.0.2.53", "192.0.2.54"], client.AssignedDnsServers);
        Phase2Sa pair = Assert.Single(lab.Right.Phase2());
        Assert.Equal(("10.2.0.0/24", "10.99.0.1/32"), (pair.LocalSelector, pair.RemoteSelector));
        // Return packets find the protection by the address alone.
        Assert.Equal((FirstLease, FirstLease), (lab.Right.Module.Protection(1)!.Takes.DestinationFirst, lab.Right.Module.Protection(1)!.Takes.DestinationLast));
        Assert.Equal(0, lab.Traffic(1));
        // The question may overtake the message that makes the SA; nothing else is dropped.
        Assert.InRange(lab.Left.AllDrops(), 0ul, lab.Left.Drops(IkeDrop.UnknownSa));
        Assert.Equal(0ul, lab.Right.AllDrops());
        Assert.Empty(lab.Right.Failures());
        Assert.Contains(lab.Right.Lines, l => l.Text.Contains("user alice has logged in", StringComparison.Ordinal));
        Assert.DoesNotContain(lab.Right.Lines.Concat(lab.Left.Lines), l => l.Text.Contains("wonderland", StringComparison.Ordinal));
    }

    [Fact]
    public void No_quick_mode_is_taken_before_the_user_has_logged_in()
    {
        Lab lab = Users(aggressive: false);
        lab.Network.Tap = d => d.Exchange == (byte)ExchangeType.Transaction ? null : d;
        lab.LeftVpn.LocalSelector = "10.99.0.1/32";
        lab.Start();
        lab.Network.RunSeconds(1);
        Assert.DoesNotContain(lab.Network.Sent, d => d.Exchange == (byte)ExchangeType.QuickMode);
        // A client that does not wait: it takes its SA for one that is open.
        lab.Left.Kill();
        string name = lab.Left.Values.Names().Single(n => n.StartsWith("phase1", StringComparison.Ordinal));
        string state = Encoding.UTF8.GetString(lab.Left.Values.Read(name)!);
        lab.Left.Values.Write(name, Encoding.UTF8.GetBytes(state.Replace("\"AwaitsUser\":true", "\"AwaitsUser\":false", StringComparison.Ordinal)));
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(10);
        Assert.Contains(lab.Network.Sent, d => d.Exchange == (byte)ExchangeType.QuickMode && d.Source == Lab.LeftAddress);
        Assert.DoesNotContain(lab.Network.Sent, d => d.Exchange == (byte)ExchangeType.QuickMode && d.Source == Lab.RightAddress);
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.UpPhase1());
    }

    [Fact]
    public void A_user_that_a_RADIUS_server_knows_gets_the_address_and_name_servers_that_it_says()
    {
        CannedBus bus = new(new AccessReply { Outcome = AccessReply.Types.Outcome.Accepted, Address = 0x0a630042, DnsServers = { 0xc0000235 } });
        Lab lab = ByRadius(bus);
        lab.Up();
        AccessRequest asked = Assert.Single(bus.Requests.OfType<AccessRequest>());
        Assert.Equal(("users", "alice", "wonderland", Service.Login), (asked.Group, asked.User.User, asked.User.Password.ToStringUtf8(), asked.Service));
        Assert.Equal(("alice", "10.99.0.66"), (Assert.Single(lab.Right.UpPhase1()).User, Assert.Single(lab.Left.UpPhase1()).AssignedAddress));
        Assert.Equal(["192.0.2.53"], lab.Left.UpPhase1().Single().AssignedDnsServers);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Theory]
    [InlineData(AccessReply.Types.Outcome.Rejected, "user alice is not let in: server 192.0.2.9:1812 rejects it")]
    [InlineData(AccessReply.Types.Outcome.Challenged, "user alice is not let in: server 192.0.2.9:1812 rejects it")]
    public void A_user_that_a_RADIUS_server_rejects_is_not_asked_of_the_profile(AccessReply.Types.Outcome outcome, string cause)
    {
        Lab lab = ByRadius(new CannedBus(new AccessReply { Outcome = outcome, Reason = "server 192.0.2.9:1812 rejects it" }), UserSource.Profile);
        lab.Start();
        lab.Network.RunSeconds(8);
        Assert.Equal(cause, Assert.Single(lab.Right.Failures()).Cause);
        Assert.Empty(lab.Right.UpPhase1());
    }

    [Fact]
    public void Where_no_RADIUS_server_answers_the_profile_is_asked_next_if_the_order_says_so()
    {
        Lab alone = ByRadius(new CannedBus());
        alone.Start();
        alone.Network.RunSeconds(8);
        Assert.StartsWith("user alice is not let in: ", Assert.Single(alone.Right.Failures()).Cause, StringComparison.Ordinal);
        ByRadius(new CannedBus(), UserSource.Profile).Up();
    }

    [Fact]
    public void A_wrong_password_is_refused_named_and_never_written_down()
    {
        Lab lab = Users(aggressive: true);
        lab.LeftGateway.Xauth.Client.Password = ByteString.CopyFromUtf8("looking-glass");
        lab.Start();
        lab.Network.RunSeconds(8);
        Failure hub = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.User, hub.Kind);
        Assert.Equal("the password of user alice is not the one of access profile users", hub.Cause);
        Assert.Equal("access profile users client alice", hub.Source.Path);
        Failure client = Assert.Single(lab.Left.Failures());
        Assert.Equal((Failure.Types.Kind.User, Failure.Types.Aspect.RefusedByPeer, "the peer refuses user alice (XAUTH)"), (client.Kind, client.Aspect, client.Cause));
        Assert.Empty(lab.Right.UpPhase1());
        Assert.Empty(lab.Left.UpPhase1());
        Assert.Empty(lab.Right.Phase2());
        Assert.DoesNotContain(lab.Right.Lines.Concat(lab.Left.Lines), l => l.Text.Contains("looking-glass", StringComparison.Ordinal));
        Assert.Empty(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases);
    }

    [Fact]
    public void An_unknown_user_is_named()
    {
        Lab lab = Users(aggressive: false);
        lab.LeftGateway.Xauth.Client.Name = "mallory";
        lab.Start();
        lab.Network.RunSeconds(8);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(("user mallory is not in access profile users", Failure.Types.Aspect.Missing), (failure.Cause, failure.Aspect));
    }

    [Fact]
    public void After_some_wrong_logins_in_a_row_none_is_looked_at_for_a_while()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        LoginAttempts logins = new(() => now);
        for (int i = 0; i < LoginAttempts.Allowed; i++)
        {
            Assert.False(logins.IsBarred("alice", 1));
            logins.Failed("alice", 1);
        }

        Assert.True(logins.IsBarred("alice", 1));
        // Neither another user there nor the same one elsewhere pays for it.
        Assert.False(logins.IsBarred("bob", 1));
        Assert.False(logins.IsBarred("alice", 2));
        now += LoginAttempts.Pause;
        Assert.False(logins.IsBarred("alice", 1));
        logins.Failed("alice", 1);
        Assert.False(logins.IsBarred("alice", 1));
        for (uint i = 0; i < 100_000; i++)
        {
            logins.Failed("flood", i);
        }
    }

    [Fact]
    public void A_gateway_bars_a_user_who_guesses()
    {
        Lab lab = Users(aggressive: false);
        lab.LeftGateway.Xauth.Client.Password = ByteString.CopyFromUtf8("guess");
        lab.Start();
        for (int i = 0; i < 8; i++)
        {
            lab.Network.RunSeconds(6);
            lab.Left.Kill();
            lab.Left.Start(lab.LeftIntent);
        }

        lab.Network.RunSeconds(6);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Aspect.TooOften, failure.Aspect);
        lab.LeftGateway.Xauth.Client.Password = ByteString.CopyFromUtf8("wonderland");
        lab.Left.Kill();
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(6);
        Assert.Empty(lab.Right.UpPhase1());
        lab.Left.Kill();
        lab.Network.RunSeconds(LoginAttempts.Pause.TotalSeconds + 1);
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
    }

    [Fact]
    public void A_peer_that_does_not_do_xauth_is_told_by_its_method()
    {
        Lab lab = Users(aggressive: false);
        lab.LeftGateway.Xauth = null;
        lab.Start();
        lab.Network.RunSeconds(5);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(
            (Failure.Types.Kind.Proposal, Failure.Types.Aspect.AuthenticationMethod, "pre-shared-keys", "xauth-pre-shared-keys"),
            (failure.Kind, failure.Aspect, failure.TheirValue, failure.OurValue));
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_told_so()
    {
        Lab lab = Users(aggressive: false);
        lab.Network.Tap = d => d.Exchange == (byte)ExchangeType.Transaction && d.Source == Lab.LeftAddress ? null : d;
        lab.Start();
        lab.Network.RunSeconds(50);
        lab.Left.Kill();
        lab.Network.RunSeconds(40);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal((Failure.Types.Kind.User, Failure.Types.Aspect.NoAnswer), (failure.Kind, failure.Aspect));
    }

    [Fact]
    public void A_peer_that_ends_phase_1_in_place_of_answering_is_told_so()
    {
        Lab lab = Users(aggressive: false);
        lab.Network.Tap = d => d.Exchange == (byte)ExchangeType.Transaction && d.Source == Lab.LeftAddress ? null : d;
        lab.Start();
        lab.Network.RunSeconds(62);
        Assert.Equal("the peer gives no user's name and password (XAUTH)", Assert.Single(lab.Right.Failures()).Cause);
    }

    [Fact]
    public void A_peer_that_does_not_ask_is_told_so()
    {
        Lab lab = Users(aggressive: false);
        lab.Network.Tap = d => d.Exchange == (byte)ExchangeType.Transaction ? null : d;
        lab.Start();
        lab.Network.RunSeconds(65);
        Failure failure = Assert.Single(lab.Left.Failures());
        Assert.Equal("the peer does not ask for our user's name and password (XAUTH)", failure.Cause);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Lost_messages_delay_a_login_and_no_more(ulong seed)
    {
        Lab lab = Users(aggressive: false, new Lab(seed));
        SimulatedRandom random = new(seed);
        lab.Network.Tap = d => d.Exchange == (byte)ExchangeType.Transaction && random.Next() % 4 == 0 ? null : d;
        lab.Start();
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 120), lab.Explain());
        Assert.Equal("10.99.0.1", lab.Left.UpPhase1()[^1].AssignedAddress);
    }

    [Fact]
    public void Repeated_messages_are_answered_alike_and_change_nothing()
    {
        Lab lab = Users(aggressive: false).Up();
        int changes = lab.Right.Module.Changes + lab.Left.Module.Changes;
        foreach (Datagram old in lab.Network.Sent.Where(d => d.Exchange == (byte)ExchangeType.Transaction).ToArray())
        {
            lab.Network.Deliver(old);
            lab.Network.RunSeconds(0.1);
        }

        lab.Network.RunSeconds(5);
        Assert.Equal(changes, lab.Right.Module.Changes + lab.Left.Module.Changes);
        Assert.Single(lab.Right.UpPhase1());
        Assert.Equal(0, lab.Traffic(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Phase_1_is_renewed_with_a_new_login_and_the_same_address(bool aggressive)
    {
        Lab lab = Users(aggressive);
        lab.WithPhase1(Lab.Phase1(Cipher.AesCbc, 16, Hash.Sha1, 2, lifetime: 180));
        lab.Up();
        int logins = Logins(lab.Right);
        Assert.Equal(0, lab.Traffic(400));
        Assert.True(Logins(lab.Right) >= logins + 2, lab.Explain());
        Phase1Sa hub = lab.Right.UpPhase1()[^1];
        Assert.Equal(("alice", "10.99.0.1"), (hub.User, hub.AssignedAddress));
        Assert.Single(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases);
        Assert.Empty(lab.Right.Failures());
    }

    [Fact]
    public void A_client_that_starts_anew_without_a_word_leaves_no_old_sa_for_long()
    {
        Lab lab = Users(aggressive: true);
        lab.LeftGateway.DeadPeerDetection = new() { Probe = RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend, IntervalSeconds = 2, Threshold = 5 };
        lab.Up();
        uint before = lab.Right.UpPhase1()[0].Index;
        lab.Left.Kill();
        // It still has its tunnel, so it does not send INITIAL-CONTACT.
        lab.Left.Values.Delete(lab.Left.Values.Names().Single(n => n.StartsWith("phase1", StringComparison.Ordinal)));
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.Right.UpPhase1().Any(s => s.Index != before), 20), lab.Explain());
        Assert.Equal(2, lab.Right.UpPhase1().Count);
        lab.Network.RunSeconds(35);
        Assert.DoesNotContain(lab.Right.UpPhase1(), s => s.Index == before);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void With_the_last_phase_1_its_user_has_left_and_what_it_had_is_free()
    {
        Lab lab = Users(aggressive: true).Up();
        lab.Left.Ask(s => s.ClearPhase1(new ClearRequest(), null!));
        lab.Left.Kill();
        lab.Network.RunSeconds(20);
        // It may still come back.
        Assert.Single(lab.Right.Phase2());
        Assert.Single(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases);
        lab.Network.RunSeconds(15);
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases);
    }

    [Fact]
    public void The_address_is_free_when_the_user_has_left_and_its_own_when_it_comes_back()
    {
        Lab lab = Users(aggressive: false).Up();
        lab.Left.Stop();
        lab.Network.RunSeconds(3);
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases);
        IkeIntent bob = lab.LeftIntent.Clone();
        bob.Gateways[0].Xauth.Client = new() { Name = "bob", Password = ByteString.CopyFromUtf8("builder") };
        lab.Left.Kill();
        lab.Left.Start(bob);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 20), lab.Explain());
        Assert.Equal(("bob", "10.99.0.2"), (lab.Right.UpPhase1()[0].User, lab.Right.UpPhase1()[0].AssignedAddress));
        Assert.Equal(0, lab.Traffic(1));
        lab.Left.Stop();
        lab.Network.RunSeconds(3);
        lab.Left.Kill();
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 20), lab.Explain());
        Assert.Equal(("alice", "10.99.0.1"), (lab.Right.UpPhase1()[0].User, lab.Right.UpPhase1()[0].AssignedAddress));
    }

    [Fact]
    public void An_empty_pool_is_named()
    {
        Lab lab = Two(out SimulatedRouter second, high: "10.99.0.1");
        Assert.True(lab.Network.RunUntil(() => lab.Right.Failures().Any(f => f.Kind == Failure.Types.Kind.AddressPool), 20), lab.Explain());
        Failure failure = lab.Right.Failures().First(f => f.Kind == Failure.Types.Kind.AddressPool);
        Assert.Equal("address pool pool has no address left for user bob: its only one is in use", failure.Cause);
        Assert.DoesNotContain(second.Phase2(), s => s.Current);
    }

    [Fact]
    public void Two_users_of_a_group_have_an_address_each_and_a_crash_of_the_gateway_changes_nothing()
    {
        Lab lab = Two(out SimulatedRouter second);
        Assert.True(lab.Network.RunUntil(() => second.Phase2().Any(s => s.Current), 20), lab.Explain());
        lab.Network.RunSeconds(1);
        Assert.Equal(["alice 10.99.0.1", "bob 10.99.0.2"], lab.Right.UpPhase1().Select(s => $"{s.User} {s.AssignedAddress}").Order());
        uint[] protections = [.. lab.Right.Phase2().OrderBy(s => s.RemoteSelector).Select(s => s.Protection)];
        int changes = lab.Right.Module.Changes;
        lab.Right.Kill();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(2);
        Assert.Equal(changes, lab.Right.Module.Changes);
        Assert.Equal(["alice 10.99.0.1", "bob 10.99.0.2"], lab.Right.UpPhase1().Select(s => $"{s.User} {s.AssignedAddress}").Order());
        Assert.Equal(2, lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases.Count);
        lab.Right.Module.Send(protections[0]);
        lab.Right.Module.Send(protections[1]);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 1), (lab.Left.Module.Received, second.Module.Received));

        // One of both leaves: only its address is free.
        lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(0.2);
        lab.Left.Stop();
        lab.Network.RunSeconds(5);
        Assert.Equal("10.99.0.2", Assert.Single(lab.Right.Ask(s => s.ListAddressPools(new(), null!)).Pools.Single().Leases).Address);
    }

    [Fact]
    public void An_address_of_somebody_else_is_refused()
    {
        Lab lab = Users(aggressive: false);
        lab.LeftVpn.LocalSelector = "10.99.0.7/32";
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.Contains(lab.Right.Failures(), f => f.Kind == Failure.Types.Kind.ProxyIdentity && f.OurValue == "local 10.2.0.0/24 remote 10.99.0.1/32");
        Assert.Empty(lab.Right.Phase2());
    }

    [Fact]
    public void Machines_stay_where_an_event_means_nothing()
    {
        foreach (AccessServerState state in Enum.GetValues<AccessServerState>())
        {
            Assert.All(Enum.GetValues<AccessServerEvent>(), e => Assert.True(
                state is not (AccessServerState.Closed or AccessServerState.Open) || AccessServerMachine.Next(state, e) == new AccessServerStep(state, 0)));
        }

        foreach (AccessClientState state in Enum.GetValues<AccessClientState>())
        {
            Assert.All(Enum.GetValues<AccessClientEvent>(), e => Assert.True(
                state is not (AccessClientState.Closed or AccessClientState.Open) || AccessClientMachine.Next(state, e) == new AccessClientStep(state, 0)));
        }

        // Nothing but a right answer opens.
        Assert.All(
            Enum.GetValues<AccessServerEvent>().Where(e => e != AccessServerEvent.Approved),
            e => Assert.DoesNotContain(AccessServerMachine.Next(AccessServerState.Asking, e).State, new[] { AccessServerState.Open, AccessServerState.Accepting }));
    }

    [Theory]
    [InlineData("has no user", 0)]
    [InlineData("is defined twice", 1)]
    [InlineData("needs a name without spaces and a password", 2)]
    [InlineData("needs a network", 3)]
    [InlineData("is not in the network", 4)]
    [InlineData("has addresses of another range", 5)]
    [InlineData("needs a low and a high", 6)]
    [InlineData("is not an IPv4 address", 7)]
    [InlineData("not both", 8)]
    public void Commits_that_cannot_work_are_refused(string words, int mistake)
    {
        Lab lab = Users(aggressive: false);
        ExtendedAuthentication xauth = lab.RightGateway.Xauth;
        switch (mistake)
        {
            case 0: xauth.Users.Clear(); break;
            case 1: xauth.Users.Add(xauth.Users[0].Clone()); break;
            case 2: xauth.Users[0].Password = ByteString.Empty; break;
            case 3: xauth.Pool.Network = "10.99.0.1/24"; break;
            case 4: xauth.Pool.Ranges[0].High = "10.99.1.1"; break;
            case 5: xauth.Pool.Ranges.Add(new AddressSpan { Name = "more", Low = "10.99.0.2", High = "10.99.0.3" }); break;
            case 6: xauth.Pool.Ranges[0].Low = "10.99.0.200"; break;
            case 7: xauth.Pool.DnsServers.Add("dns.example"); break;
            default: xauth.Client = new() { Name = "x", Password = ByteString.CopyFromUtf8("y") }; break;
        }

        Assert.Contains(IkeCommit.Validate(new([lab.RightIntent])), f => f.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Attribute_payloads_are_read_as_they_are_written()
    {
        byte[] body = TransactionPayload.Create(TransactionType.Set, 77, [.. DataAttributes.Make(16521, "alice"u8), 0xc0, 0x8f, 0, 1]);
        Assert.True(TransactionPayload.TryParse(body, out TransactionPayload payload, out _));
        Assert.Equal((TransactionType.Set, (ushort)77), (payload.Type, payload.Identifier));
        DataAttributes.Enumerator attributes = payload.Attributes.GetEnumerator();
        Assert.True(attributes.MoveNext());
        Assert.Equal("alice"u8.ToArray(), attributes.Bytes.ToArray());
        Assert.True(attributes.MoveNext());
        Assert.Equal(((ushort)16527, 1ul), attributes.Current);
        Assert.False(attributes.MoveNext());
        for (int length = 0; length < body.Length; length++)
        {
            Assert.Equal(length is 4 or 13, TransactionPayload.TryParse(body.AsSpan(0, length), out _, out _));
        }

        body[0] = 5;
        Assert.False(TransactionPayload.TryParse(body, out _, out IsakmpError error));
        Assert.Equal(IsakmpError.BadValue, error);
    }

    private static int Logins(SimulatedRouter router) => router.Lines.Count(l => l.Text.Contains("has logged in", StringComparison.Ordinal));

    private static ExtendedAuthentication Profile(string high = "10.99.0.100") => new()
    {
        Source = Lab.At("security ike gateway gw1 xauth access-profile", 30),
        Profile = "users",
        Users =
        {
            new User { Name = "alice", Password = ByteString.CopyFromUtf8("wonderland"), Source = Lab.At("access profile users client alice", 31) },
            new User { Name = "bob", Password = ByteString.CopyFromUtf8("builder"), Source = Lab.At("access profile users client bob", 32) },
        },
        Pool = new AddressPool
        {
            Name = "pool",
            Source = Lab.At("access address-assignment pool pool", 33),
            Network = "10.99.0.0/24",
            Ranges = { new AddressSpan { Name = "r", Low = "10.99.0.1", High = high } },
            DnsServers = { "192.0.2.53", "192.0.2.54" },
            WinsServers = { "192.0.2.55" },
        },
    };

    private static ExtendedAuthentication Client(string name, string password) => new()
    {
        Source = Lab.At("security ike gateway gw1 xauth client", 30),
        Client = new() { Name = name, Password = ByteString.CopyFromUtf8(password), Source = Lab.At("security ike gateway gw1 xauth client", 30) },
    };

    private static Lab ByRadius(CannedBus bus, params UserSource[] then)
    {
        Lab lab = Users(aggressive: true);
        lab.RightGateway.Xauth.Order.Add([UserSource.Radius, .. then]);
        lab.RightGateway.Xauth.RadiusGroup = "users";
        lab.Right.Services = bus;
        return lab;
    }

    private static Lab Users(bool aggressive, Lab? with = null)
    {
        Lab lab = with ?? new Lab();
        lab.With(i => i.Gateways[0].Mode = aggressive ? Mode.Aggressive : Mode.Main);
        lab.LeftGateway.Xauth = Client("alice", "wonderland");
        lab.RightGateway.Xauth = Profile();
        // The address is the client's side of the traffic; the gateway allows whatever it has given.
        lab.LeftVpn.LocalSelector = string.Empty;
        lab.RightVpn.RemoteSelector = string.Empty;
        return lab;
    }

    // Two clients of one gateway for many, by the names that they say.
    private static Lab Two(out SimulatedRouter second, string high = "10.99.0.100")
    {
        Lab lab = Users(aggressive: true);
        lab.LeftGateway.LocalIdentity = new() { Kind = Identity.Types.Kind.Fqdn, Value = "one.corp.example" };
        lab.RightGateway.RemoteAddresses.Clear();
        lab.RightGateway.RemoteIdentity = new() { Kind = Identity.Types.Kind.Fqdn, Value = "corp.example" };
        lab.RightGateway.DynamicPeer = new() { Users = DynamicPeer.Types.Users.GroupIdentity };
        lab.RightGateway.Xauth = Profile(high);
        IkeIntent other = lab.LeftIntent.Clone();
        other.Gateways[0].LocalIdentity.Value = "two.corp.example";
        other.Gateways[0].Xauth = Client("bob", "builder");
        other.Vpns[0].EstablishImmediately = true;
        second = lab.Network.Add(Elsewhere, "second");
        lab.Start();
        lab.Network.RunSeconds(0.1);
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Any(s => s.Current), 20), lab.Explain());
        second.Start(other);
        lab.Network.RunSeconds(0.1);
        return lab;
    }
}
