using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using RouterOS.Aaa.Control;
using RouterOS.Crypto.Control;
using RouterOS.Proto.Aaa.V1;
using Outcome = RouterOS.Proto.Aaa.V1.AuthenticateReply.Types.Outcome;

namespace RouterOS.Unit.Aaa;

public sealed class PoolTests
{
    [Fact]
    public void Every_address_is_given_once_at_a_time_and_an_empty_pool_refuses() =>
        Prop.ForAll(Gen.Choose(0, 9).ListOf().ToArbitrary(), choices =>
        {
            AaaService service = Make(8);
            List<AuthenticateReply> held = [];
            foreach (int choice in choices)
            {
                if (choice < 6)
                {
                    AuthenticateReply reply = Login(service);
                    if (held.Count == 8)
                    {
                        Assert.Equal(Outcome.Refused, reply.Outcome);
                        continue;
                    }

                    Assert.Equal(Outcome.Accepted, reply.Outcome);
                    Assert.DoesNotContain(held, h => h.Address == reply.Address || h.Session == reply.Session);
                    Assert.InRange(reply.Address, 0x0a000001u, 0x0a000008u);
                    held.Add(reply);
                }
                else if (held.Count > 0)
                {
                    AuthenticateReply gone = held[choice % held.Count];
                    held.Remove(gone);
                    Stop(service, gone.Session);
                    // Twice is once.
                    Stop(service, gone.Session);
                }
            }

            return service.Sessions == held.Count;
        }).Check(Seeded.Config);

    [Fact]
    public async Task A_changed_pool_keeps_what_is_in_use()
    {
        AaaService service = Make(8);
        AuthenticateReply first = Login(service);
        service.Apply(Intent(8, extra: true));
        AuthenticateReply second = Login(service);
        Assert.NotEqual(first.Address, second.Address);
        PoolState pool = (await service.ListPools(new ListPoolsRequest(), null!)).Pools.Single();
        Assert.Equal((2u, 16u), (pool.InUse, pool.Addresses));
    }

    [Fact]
    public void A_users_own_address_and_limit_hold()
    {
        AaaService service = Make(8);
        Assert.Equal(0x0a090909u, Login(service, "fixed").Address);
        Assert.Equal(Outcome.Refused, Login(service, "fixed").Outcome);
        Assert.Equal(Outcome.Accepted, Login(service, "once").Outcome);
        Assert.Equal(Outcome.Refused, Login(service, "once").Outcome);
        Assert.Equal(Outcome.Rejected, Login(service, "nobody").Outcome);
        Assert.Equal(Outcome.Rejected, Login(service, "fixed", "wrong").Outcome);
    }

    [Fact]
    public void A_method_that_cannot_be_asked_gives_way_to_the_next()
    {
        AaaService service = Make(8);
        AaaIntent intent = Intent(8);
        intent.PppMethods.Add([Method.Radius, Method.Local]);
        service.Apply(intent);
        Assert.Equal(Outcome.Accepted, Login(service).Outcome);
        intent.PppMethods.RemoveAt(1);
        service.Apply(intent);
        Assert.Equal(Outcome.Unavailable, Login(service).Outcome);
        intent.PppMethods.Clear();
        intent.PppMethods.Add(Method.None);
        service.Apply(intent);
        Assert.Equal(Outcome.Accepted, Login(service, "whoever", "whatever").Outcome);
    }

    private static AaaService Make(uint addresses)
    {
        AaaService service = new(new LocalUsers(new BclMac(), new LibcryptoCipher()), new AddressPools(), TimeProvider.System, (_, _) => { });
        service.Apply(Intent(addresses));
        return service;
    }

    private static AaaIntent Intent(uint addresses, bool extra = false)
    {
        AaaIntent intent = new()
        {
            Users =
            {
                new User { Name = "alice", Password = ByteString.CopyFromUtf8("pw") },
                new User { Name = "fixed", Password = ByteString.CopyFromUtf8("pw"), Address = "10.9.9.9" },
                new User { Name = "once", Password = ByteString.CopyFromUtf8("pw"), MaxSessions = 1 },
            },
            Pools = { new AddressPool { Name = "p", Ranges = { new AddressRange { First = "10.0.0.1", Last = $"10.0.0.{addresses}" } } } },
        };
        if (extra)
        {
            intent.Pools[0].Ranges.Add(new AddressRange { First = "10.0.1.1", Last = "10.0.1.8" });
        }

        return intent;
    }

    private static AuthenticateReply Login(AaaService service, string user = "alice", string password = "pw") =>
        service.Authenticate(new AuthenticateRequest { User = user, Password = ByteString.CopyFromUtf8(password) }, null!).Result;

    private static void Stop(AaaService service, ulong session) =>
        Assert.True(service.Account(new AccountRequest { Kind = AccountRequest.Types.Kind.Stop, Session = session }, null!).IsCompletedSuccessfully);
}
