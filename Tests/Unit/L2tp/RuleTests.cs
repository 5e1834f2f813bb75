using Google.Protobuf;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Control.Machines;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Unit.L2tp.Simulation;
using AccountRequest = RouterOS.Proto.Aaa.V1.AccountRequest;
using Ending = RouterOS.L2tp.Control.Ending;
using TunnelState = RouterOS.L2tp.Control.Machines.TunnelState;

namespace RouterOS.Unit.L2tp;

public sealed class RuleTests
{
    [Fact]
    public void Every_pair_of_the_machines_leads_somewhere_and_the_end_is_final()
    {
        foreach (TunnelState state in Enum.GetValues<TunnelState>())
        {
            foreach (TunnelEvent input in Enum.GetValues<TunnelEvent>())
            {
                TunnelStep step = TunnelMachine.Next(state, input);
                Assert.True(state != TunnelState.Ended || step == new TunnelStep(TunnelState.Ended, TunnelActions.None));
                Assert.Equal(step.State == TunnelState.Ended && state != TunnelState.Ended, step.Actions.HasFlag(TunnelActions.Forget));
                Assert.Equal(step.Actions.HasFlag(TunnelActions.Up), step.State == TunnelState.Established && state != TunnelState.Established);
            }
        }

        foreach (CallState state in Enum.GetValues<CallState>())
        {
            foreach (CallEvent input in Enum.GetValues<CallEvent>())
            {
                CallStep step = CallMachine.Next(state, input);
                Assert.Equal(step.State == CallState.Ended && state != CallState.Ended, step.Actions.HasFlag(CallActions.Forget));
                Assert.Equal(step.Actions.HasFlag(CallActions.Down), state == CallState.Established && step.State == CallState.Ended);
                Assert.Equal(step.Actions.HasFlag(CallActions.Up), step.State == CallState.Established && state != CallState.Established);
            }
        }
    }

    [Fact]
    public void An_unknown_mandatory_attribute_ends_what_it_is_about_and_an_optional_one_nothing()
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        L2tpTunnel tunnel = client.Tunnels.All.Single();
        L2tpSession session = tunnel.Sessions.Single();

        tunnel.Channel.Send(0, With(new MessageWriter(MessageType.Hello), 999, mandatory: false));
        lab.Time.RunSeconds(1);
        Assert.Equal(TunnelState.Established, tunnel.State);

        tunnel.Channel.Send(session.RemoteId, With(new MessageWriter(MessageType.SetLinkInfo), 999, mandatory: true));
        lab.Time.RunSeconds(2);
        Assert.Equal(CallState.Ended, session.State);
        Assert.Equal((ushort)CallResult.GeneralError, session.Ending!.Result);
        Assert.Equal(GeneralError.UnknownMandatory, session.Ending.Error);
        Assert.Equal(TunnelState.Established, tunnel.State);

        tunnel.Channel.Send(0, With(new MessageWriter(MessageType.Hello), 999, mandatory: true));
        lab.Time.RunSeconds(10);
        Assert.Equal(TunnelState.Ended, tunnel.State);
        Assert.Equal(((ushort)StopResult.GeneralError, GeneralError.UnknownMandatory), (tunnel.Ending!.Result, tunnel.Ending.Error));
    }

    [Fact]
    public void Limits_are_asked_in_their_order_and_refuse_with_code_4()
    {
        Lab lab = new();
        lab.Host.MaxSessions = 2;
        lab.Intent.DestinationProfiles[0].MaxSessions = 3;
        lab.Start();
        Assert.True(lab.Connect(lab.Client(0xc6336401)));
        Assert.True(lab.Connect(lab.Client(0xc6336402)));
        Node third = lab.Client(0xc6336403);
        Assert.False(lab.Connect(third, 5));
        L2tpSession refused = third.Tunnels.History.Sessions.Single();
        Assert.Equal((ushort)CallResult.NoFacilitiesNow, refused.Ending!.Result);
        Assert.Contains("the host profile has its 2 sessions", refused.Ending.Message, StringComparison.Ordinal);
        Assert.Equal(2, lab.Router.Networks.Count);
    }

    [Fact]
    public void A_single_shot_tunnel_has_one_session_and_its_IPsec_connection_one_tunnel()
    {
        Lab lab = new();
        lab.Host.SingleShot = true;
        lab.Start();
        Node client = lab.Client(protection: 5);
        Assert.True(lab.Connect(client));
        L2tpTunnel tunnel = client.Tunnels.All.Single();
        L2tpSession first = tunnel.Sessions.Single();
        L2tpSession second = tunnel.OpenSession(new CallDetails())!;
        lab.Time.RunSeconds(2);
        Assert.Equal(CallState.Ended, second.State);
        Assert.Equal(CallState.Established, first.State);

        first.Close(new Ending((ushort)CallResult.LossOfCarrier, GeneralError.None, "done"));
        lab.Time.RunSeconds(5);
        Assert.Equal(TunnelState.Ended, tunnel.State);
        Assert.False(lab.Connect(client, 5));
        Assert.Equal((ushort)StopResult.NotAuthorized, client.Tunnels.History.Tunnels.Last().Ending!.Result);

        // A new IPsec connection begins anew.
        Assert.True(lab.Connect(lab.Client(protection: 6)));
    }

    [Fact]
    public void Sessions_end_with_the_IPsec_connection_that_carried_them_and_no_others()
    {
        Lab lab = new Lab().Start();
        Node gone = lab.Client(protection: 7);
        Node other = lab.Client(protection: 8);
        Assert.True(lab.Connect(gone) && lab.Connect(other));
        Assert.True(lab.Time.RunUntil(() => lab.Router.Networks.Count == 2, 5));
        lab.Router.Tunnels.ProtectionGone(7);
        lab.Time.RunSeconds(1);
        L2tpTunnel left = Assert.Single(lab.Router.Tunnels.All);
        Assert.Equal(8u, left.Ends.Protection);
        _ = Assert.Single(lab.Router.Networks);
        Assert.Contains(lab.Router.Tunnels.History.Tunnels, t => t.Ending!.Message == "its IPsec connection has ended");
    }

    [Fact]
    public void What_the_data_path_has_counted_is_in_the_last_word_of_accounting()
    {
        Lab lab = new Lab().Start();
        lab.Router.Traffic = new LinkTraffic { ReceivedPackets = 3, ReceivedOctets = 300, SentPackets = 2, SentOctets = 200 };
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        lab.Router.Links.Values.Single().Terminate(DisconnectCause.Normal, "enough");
        lab.Time.RunSeconds(5);
        Assert.Equal([AccountRequest.Types.Kind.Start, AccountRequest.Types.Kind.Stop], lab.Router.Accounted.Select(a => a.Kind));
        AccountRequest stop = lab.Router.Accounted[^1];
        Assert.Equal((3ul, 300ul, 2ul, 200ul), (stop.ReceivedPackets, stop.ReceivedOctets, stop.SentPackets, stop.SentOctets));
    }

    [Fact]
    public void The_own_magic_number_coming_back_ends_the_link_as_a_loop()
    {
        Lab lab = new Lab().Start();
        Assert.True(lab.Connect(lab.Client()));
        PppLink link = lab.Router.Links.Values.Single();
        uint magic = link.Lcp.Magic;
        // An echo reply of LCP.
        link.Receive([0xc0, 0x21, 10, 1, 0, 8, (byte)(magic >> 24), (byte)(magic >> 16), (byte)(magic >> 8), (byte)magic]);
        lab.Time.RunSeconds(20);
        Assert.Equal((uint)DisconnectCause.Loopback, lab.Router.Ends.Single().Cause);
        Assert.Empty(lab.Router.Networks);
    }

    [Fact]
    public void A_call_that_requires_sequence_numbers_has_them_and_what_is_late_is_dropped()
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client, 5, call: new CallDetails { RequiresSequencing = true }));
        byte[][] data = [.. lab.Wire.Sent.Where(s => s.Ends.LocalAddress == Lab.RouterAddress && (s.Payload[0] & 0x80) == 0).Select(s => s.Payload)];
        Assert.Equal(Enumerable.Range(0, data.Length), data.Select(d => (d[6] << 8) | d[7]));
        Assert.All(data, d => Assert.Equal(0x08, d[0] & 0x08));

        (TunnelEnds ends, byte[] late) = lab.Wire.Sent.First(s => s.Ends.RemoteAddress == Lab.RouterAddress && (s.Payload[0] & 0x80) == 0);
        lab.Router.Tunnels.Receive(new TunnelEnds(ends.RemoteAddress, 1701, ends.LocalAddress, ends.LocalPort, 0, 0), late);
        Assert.Equal(1ul, lab.Router.Tunnels.Drops[L2tpDrop.OutOfSequence]);
        Assert.True(lab.Connect(lab.Client(0xc6336409), 5));
    }

    [Fact]
    public void Late_messages_are_taken_where_the_configuration_wants_it()
    {
        Lab lab = new();
        lab.Intent.IgnoreReceiveDataSequencing = true;
        lab.Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client, 5, call: new CallDetails { RequiresSequencing = true }));
        (TunnelEnds ends, byte[] late) = lab.Wire.Sent.First(s => s.Ends.RemoteAddress == Lab.RouterAddress && (s.Payload[0] & 0x80) == 0);
        lab.Router.Tunnels.Receive(new TunnelEnds(ends.RemoteAddress, 1701, ends.LocalAddress, ends.LocalPort, 0, 0), late);
        Assert.Equal(0ul, lab.Router.Tunnels.Drops[L2tpDrop.OutOfSequence]);
    }

    [Fact]
    public void A_flood_of_requests_is_bounded_and_keeps_nobody_away_for_long()
    {
        Lab lab = new Lab().Start();
        lab.Wire.KeepsSent = false;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = new MessageWriter(MessageType.StartControlConnectionRequest)
                .Number(AttributeType.ProtocolVersion, 0x100).Number32(AttributeType.FramingCapabilities, 3)
                .Text(AttributeType.HostName, "flood").Number(AttributeType.AssignedTunnelId, (ushort)(1 + (i % 60_000))).ToArray();
            byte[] datagram = [.. new byte[L2tpHeader.ControlLength], .. body];
            L2tpHeader.WriteControl(datagram, 0, 0, 0, 0, body.Length);
            lab.Router.Tunnels.Receive(
                new TunnelEnds(Lab.RouterAddress, 1701, 0x0b000000 + (uint)(i / 10), 1701, 0, 0), datagram);
        }

        Assert.InRange(lab.Router.Tunnels.HalfOpen, 1, 1024);
        Assert.True(lab.Router.Tunnels.Drops[L2tpDrop.TooManyHalfOpen] > 10_000);
        Assert.True(lab.Connect(lab.Client(), 60));
        lab.Time.RunSeconds(120);
        Assert.Equal(0, lab.Router.Tunnels.HalfOpen);
        Assert.Single(lab.Router.Networks);
    }

    [Fact]
    public void A_deleted_or_changed_profile_drops_its_tunnels_and_no_others()
    {
        Lab lab = new();
        lab.Intent.DestinationProfiles.Add(new DestinationProfile
        {
            Name = "one", RemoteAddress = "198.51.100.7", Hosts = { lab.Host.Clone() },
        });
        lab.Start();
        Assert.True(lab.Connect(lab.Client(0xc6336405)));
        Assert.True(lab.Connect(lab.Client(0xc6336407)));
        lab.Intent.IdleTimeoutSeconds = 90;
        lab.Router.Tunnels.Apply(L2tpPolicy.Read(lab.Intent));
        lab.Time.RunSeconds(5);
        Assert.Equal(2, lab.Router.Networks.Count);
        lab.Intent.DestinationProfiles.RemoveAt(1);
        lab.Router.Tunnels.Apply(L2tpPolicy.Read(lab.Intent));
        lab.Time.RunSeconds(10);
        Assert.Equal("any", lab.Router.Tunnels.All.Single().Profile!.Name);
        lab.Host.TunnelPassword = ByteString.CopyFromUtf8("other");
        lab.Router.Tunnels.Apply(L2tpPolicy.Read(lab.Intent));
        lab.Time.RunSeconds(10);
        Assert.Empty(lab.Router.Tunnels.All);
        Assert.Equal(0, lab.Router.Aaa.Sessions);
    }

    [Fact]
    public void Proxy_LCP_and_authentication_of_a_concentrator_are_taken_over()
    {
        Lab lab = new() { Methods = [AuthenticationMethod.Chap] };
        lab.Start();
        byte[] challenge = [1, 2, 3, 4, 5, 6, 7, 8];
        byte[] response = Node.OwnMac.Hash(
            Abstractions.Crypto.MacAlgorithm.HmacMd5, [9, .. "wonderland"u8, .. challenge]);
        CallDetails call = new()
        {
            LastSentRequest = [3, 5, 0xc2, 0x23, 5, 5, 6, 1, 2, 3, 4],
            LastReceivedRequest = [1, 4, 0x05, 0x78, 5, 6, 9, 9, 9, 9],
            InitialReceivedRequest = [1, 4, 0x05, 0x78],
            ProxyAuthentication = ProxyAuthenticationType.Chap, ProxyName = "alice", ProxyChallenge = challenge, ProxyIdentifier = 9,
            ProxyResponse = response,
        };
        Node concentrator = lab.Client();
        concentrator.Tunnels.Apply(new L2tpPolicy());
        L2tpTunnel tunnel = concentrator.Dial(Lab.RouterAddress, Lab.Dialling());
        Assert.True(lab.Time.RunUntil(() => tunnel.State == TunnelState.Established, 10));
        concentrator.SpeaksPpp = false;
        _ = tunnel.OpenSession(call);
        Assert.True(lab.Time.RunUntil(() => lab.Router.Links.Count == 1, 5));
        var link = lab.Router.Links.Values.Single();
        Assert.True(lab.Time.RunUntil(() => link.User == "alice" || link.Lcp.State != AutomatonState.Opened, 5));
        Assert.Equal("alice", link.User);
        Assert.Equal(1400, link.Lcp.PeerMru);
        Assert.Equal(0x01020304u, link.Lcp.Magic);
    }

    [Fact]
    public void Compression_and_encryption_are_rejected_and_a_storm_of_them_costs_little()
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        L2tpSession session = client.Tunnels.All.Single().Sessions.Single();
        int before = lab.Wire.Sent.Count(s => s.Ends.LocalAddress == Lab.RouterAddress);
        for (int i = 0; i < 1000; i++)
        {
            session.SendFrame([0x80, 0xfd, 1, (byte)i, 0, 10, 18, 6, 0, 0, 0, 1]);
        }

        lab.Time.RunSeconds(0.5);
        Assert.InRange(lab.Wire.Sent.Count(s => s.Ends.LocalAddress == Lab.RouterAddress) - before, 1, 20);
        Assert.True(lab.Router.Counters.Suppressed > 900);
        Assert.Single(lab.Router.Networks);
    }

    [Fact]
    public void An_exhausted_pool_refuses_the_user_and_loses_nobody_else()
    {
        Lab lab = new();
        lab.Users.Pools[0].Ranges[0].Last = lab.Users.Pools[0].Ranges[0].First;
        lab.Start();
        Assert.True(lab.Connect(lab.Client(0xc6336401)));
        Assert.False(lab.Connect(lab.Client(0xc6336402), 10));
        Assert.Contains("address pool pool has no address left", lab.Router.Reasons);
        Assert.Single(lab.Router.Networks);
    }

    [Fact]
    public void A_call_above_the_routers_or_the_destinations_number_gets_code_4_and_the_reason()
    {
        Lab lab = new();
        lab.Intent.MaximumSessions = 1;
        lab.Start();
        Assert.True(lab.Connect(lab.Client(0xc6336401)));
        Node second = lab.Client(0xc6336402);
        Assert.False(lab.Connect(second, 5));
        Ending refused = second.Tunnels.History.Sessions.Single().Ending!;
        Assert.Equal(((ushort)CallResult.NoFacilitiesNow, "the router has its 1 sessions"), (refused.Result, refused.Message));
        Assert.Equal(TunnelState.Established, second.Tunnels.All.Single().State);

        lab.Intent.MaximumSessions = 0;
        lab.Intent.DestinationProfiles[0].MaxSessions = 1;
        lab.Router.Tunnels.Apply(L2tpPolicy.Read(lab.Intent));
        lab.Time.RunSeconds(10);
        Assert.True(lab.Connect(lab.Client(0xc6336403)));
        Node fourth = lab.Client(0xc6336404);
        Assert.False(lab.Connect(fourth, 5));
        Assert.Contains("destination profile any has its 1 sessions", fourth.Tunnels.History.Sessions.Single().Ending!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_whom_no_server_can_judge_is_refused_with_that_reason_and_others_stay()
    {
        Lab lab = new Lab().Start();
        Assert.True(lab.Connect(lab.Client(0xc6336401)));
        lab.Users.PppMethods.Add(RouterOS.Proto.Aaa.V1.Method.Radius);
        lab.Router.Aaa.Apply(lab.Users);
        Assert.False(lab.Connect(lab.Client(0xc6336402), 10));
        Assert.Contains("no server can be asked", lab.Router.Reasons);
        LinkEnd end = lab.Router.Ends.Single();
        Assert.Equal((uint)DisconnectCause.AuthenticationFailed, end.Cause);
        Assert.Equal((ushort)CallResult.Administrative, lab.Router.Tunnels.History.Sessions.Single().Ending!.Result);
        Assert.Single(lab.Router.Networks);
    }

    [Fact]
    public void A_peer_with_the_same_magic_number_is_asked_for_another()
    {
        Lab lab = new Lab().Start();
        Assert.True(lab.Connect(lab.Client()));
        PppLink link = lab.Router.Links.Values.Single();
        uint magic = link.Lcp.Magic;
        lab.Wire.Sent.Clear();
        link.Receive([0xc0, 0x21, 1, 77, 0, 10, 5, 6, (byte)(magic >> 24), (byte)(magic >> 16), (byte)(magic >> 8), (byte)magic]);
        byte[] nak = lab.Wire.Sent.Select(s => s.Payload).Single(p => p.Length > 12 && p[8..10] is [0xc0, 0x21] && p[10] == 3);
        Assert.Equal((77, 5), (nak[11], nak[14]));
        Assert.NotEqual(magic, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(nak.AsSpan(16)));
    }

    [Fact]
    public void IPv6CP_is_rejected_as_a_protocol_and_IPv4_goes_on()
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        lab.Wire.Sent.Clear();
        lab.Router.Links.Values.Single().Receive([0x80, 0x57, 1, 1, 0, 14, 1, 10, 2, 0, 0, 0, 0, 0, 0, 9]);
        byte[] reject = lab.Wire.Sent.Single().Payload;
        Assert.Equal([0xc0, 0x21, 8], reject[8..11]);
        Assert.Equal([0x80, 0x57], reject[14..16]);
        lab.Time.RunSeconds(1);
        Assert.Single(lab.Router.Networks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_messages_of_a_live_peer_are_taken_refused_or_end_the_tunnel_cleanly(ulong seed)
    {
        Lab lab = new(seed);
        lab.Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        (TunnelEnds Ends, byte[] Payload)[] recorded = [.. lab.Wire.Sent.Where(s => s.Ends.RemoteAddress == Lab.RouterAddress)];
        lab.Wire.KeepsSent = false;
        for (int i = 0; i < 20_000; i++)
        {
            (TunnelEnds ends, byte[] payload) = recorded[lab.Time.Next() % (ulong)recorded.Length];
            byte[] mutated = [.. payload];
            for (ulong n = lab.Time.Next() % 4; n < 4; n++)
            {
                mutated[lab.Time.Next() % (ulong)mutated.Length] = (byte)lab.Time.Next();
            }

            int length = lab.Time.Next() % 3 == 0 ? (int)(lab.Time.Next() % (ulong)mutated.Length) : mutated.Length;
            lab.Router.Tunnels.Receive(new TunnelEnds(ends.RemoteAddress, 1701, ends.LocalAddress, ends.LocalPort, 0, 0), mutated.AsSpan(0, length));
            if (i % 500 == 0)
            {
                lab.Time.RunSeconds(0.1);
            }
        }

        lab.Time.RunSeconds(300);
        Assert.InRange(lab.Router.Tunnels.Sessions, 0, 5);
        Assert.Equal(lab.Router.Networks.Count, lab.Router.Aaa.Sessions);
        Assert.True(lab.Connect(lab.Client(0xc6336409), 30));
    }

    private static byte[] With(MessageWriter writer, ushort type, bool mandatory) =>
        writer.Bytes((AttributeType)type, [1, 2], mandatory).ToArray();
}
