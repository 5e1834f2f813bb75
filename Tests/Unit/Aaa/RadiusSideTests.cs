using Google.Protobuf;
using RouterOS.Aaa.Control;
using RouterOS.Crypto.Control;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Unit.Srx;
using RouterOS.Sdk.Network;

namespace RouterOS.Unit.Aaa;

/// <summary>AAA with RADIUS behind it: whom it asks, what it takes from the answer, what it tells of sessions.</summary>
public sealed class RadiusSideTests
{
    [Fact]
    public async Task A_user_that_a_server_lets_in_gets_what_the_server_says()
    {
        AccessReply said = new()
        {
            Outcome = AccessReply.Types.Outcome.Accepted, Address = 0x0a09004d, SessionTimeoutSeconds = 3600, InterimSeconds = 600,
            DnsServers = { 0xc0000235 }, Routes = { new FramedRoute { Prefix = 0x0a090000, PrefixLength = 24 } },
            Classes = { ByteString.CopyFromUtf8("gold") }, Message = ByteString.CopyFromUtf8("S=00"),
        };
        CannedBus bus = new(said, new AccountingReply { Acknowledged = true });
        AaaService service = Service(bus, Method.Radius);
        AuthenticateReply reply = await service.Authenticate(Request("nemo"), null!);
        Assert.Equal((AuthenticateReply.Types.Outcome.Accepted, 0x0a09004du, 3600u, 600u, "S=00"),
            (reply.Outcome, reply.Address, reply.SessionTimeoutSeconds, reply.InterimSeconds, reply.Message.ToStringUtf8()));
        Assert.Equal([0xc0000235u], reply.DnsServers);
        Assert.Equal("10.9.0.0/24", reply.Routes.Select(r => $"{Ipv4Number.Text(r.Prefix)}/{r.PrefixLength}").Single());
        foreach (AccountRequest.Types.Kind kind in (AccountRequest.Types.Kind[])[AccountRequest.Types.Kind.Start, AccountRequest.Types.Kind.Stop])
        {
            _ = await service.Account(new AccountRequest { Kind = kind, Session = reply.Session, Cause = 3, SentOctets = 9 }, null!);
        }

        AccountingRequest[] told = [.. bus.Requests.OfType<AccountingRequest>()];
        Assert.Equal([AccountRequest.Types.Kind.Start, AccountRequest.Types.Kind.Stop], told.Select(t => t.Usage.Kind));
        Assert.All(told, t => Assert.Equal(
            (bus.Requests.OfType<AccessRequest>().Single().Session, "nemo", "gold", false),
            (t.Session, t.User, t.Classes.Single().ToStringUtf8(), t.IsLocalUser)));
        Assert.Equal(1u, told[1].TerminateCause);
        Assert.Equal(0, service.Sessions);
    }

    [Fact]
    public async Task A_reject_is_final_and_silence_gives_way_to_the_next_method()
    {
        AccessReply no = new() { Outcome = AccessReply.Types.Outcome.Rejected, Reason = "server 192.0.2.1:1812 rejects it", Message = ByteString.CopyFromUtf8("E=691 R=0") };
        AuthenticateReply rejected = await Service(new CannedBus(no), Method.Radius, Method.None).Authenticate(Request("nemo"), null!);
        Assert.Equal((AuthenticateReply.Types.Outcome.Rejected, "E=691 R=0"), (rejected.Outcome, rejected.Message.ToStringUtf8()));
        AccessReply silent = new() { Outcome = AccessReply.Types.Outcome.Unavailable, Reason = "no RADIUS server answers" };
        Assert.Equal(AuthenticateReply.Types.Outcome.Accepted,
            (await Service(new CannedBus(silent), Method.Radius, Method.None).Authenticate(Request("nemo"), null!)).Outcome);
        AuthenticateReply alone = await Service(new CannedBus(silent), Method.Radius).Authenticate(Request("nemo"), null!);
        Assert.Equal((AuthenticateReply.Types.Outcome.Unavailable, "no RADIUS server answers"), (alone.Outcome, alone.Reason));
        // Without the plugin of RADIUS, too.
        Assert.Equal(AuthenticateReply.Types.Outcome.Unavailable, (await Service(new CannedBus(), Method.Radius).Authenticate(Request("nemo"), null!)).Outcome);
    }

    [Fact]
    public async Task A_session_that_never_began_is_not_accounted()
    {
        CannedBus bus = new(new AccessReply { Outcome = AccessReply.Types.Outcome.Accepted, Address = 0x0a09004d }, new AccountingReply());
        AaaService service = Service(bus, Method.Radius);
        AuthenticateReply reply = await service.Authenticate(Request("nemo"), null!);
        _ = await service.Account(new AccountRequest { Kind = AccountRequest.Types.Kind.Stop, Session = reply.Session }, null!);
        Assert.Empty(bus.Requests.OfType<AccountingRequest>());
        Assert.Equal(0, service.Sessions);
    }

    [Fact]
    public void A_request_means_the_sessions_of_which_all_that_it_says_is_so()
    {
        AaaUser session = new(1, "nemo", 0x0a09004d, "", "", "win10", default) { Label = "6543210000000001" };
        Assert.True(RadiusSide.IsMeant(new SessionChange { User = "nemo", Address = 0x0a09004d }, session));
        Assert.True(RadiusSide.IsMeant(new SessionChange { Session = "6543210000000001" }, session));
        Assert.False(RadiusSide.IsMeant(new SessionChange { User = "nemo", Address = 0x0a09004e }, session));
        Assert.False(RadiusSide.IsMeant(new SessionChange { Session = "1" }, session));
    }

    private static AaaService Service(CannedBus bus, params Method[] methods)
    {
        AaaService service = new(
            new LocalUsers(new BclMac(), new LibcryptoCipher()), new AddressPools(), TimeProvider.System, (_, _) => { }, new RadiusSide(bus));
        service.Apply(new AaaIntent
        {
            PppMethods = { methods }, RadiusAccounting = true,
            Pools = { new RouterOS.Proto.Aaa.V1.AddressPool { Name = "p", Ranges = { new AddressRange { First = "10.1.0.1", Last = "10.1.0.9" } } } },
        });
        return service;
    }

    private static AuthenticateRequest Request(string user) => new() { User = user, Password = ByteString.CopyFromUtf8("arctangent") };
}
