using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

public sealed class FibTests
{
    // Few distinct bytes and all lengths, so that prefixes nest, neighbour and return.
    private static readonly Gen<uint> s_address =
        from bytes in Gen.Elements<byte>(0, 1, 2, 127, 128, 255).ArrayOf(4)
        select ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];

    private static readonly Gen<(bool Add, uint Prefix, byte Length, uint Gateway)[]> s_changes =
        (from add in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
         from address in s_address
         from length in Gen.Choose(0, 32)
         from gateway in Gen.Choose(1, 1000)
         select (add, address & Ipv4Address.Mask(length), (byte)length, (uint)gateway)).ArrayOf();

    [Fact]
    public void Longest_match_agrees_with_trying_every_prefix() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60),
            Prop.ForAll(s_changes.ToArbitrary(), s_address.ArrayOf(20).ToArbitrary(), (changes, addresses) =>
            {
                var fib = new Fib();
                var model = new Dictionary<(uint, byte), uint>();
                foreach ((bool add, uint prefix, byte length, uint gateway) in changes)
                {
                    if (add)
                    {
                        fib.Set(new Fib.Route { Prefix = prefix, Length = length, Gateway = gateway, Kind = RouteKind.Forward });
                        model[(prefix, length)] = gateway;
                    }
                    else
                    {
                        Assert.Equal(model.Remove((prefix, length)), fib.Remove(prefix, length));
                    }

                    Assert.Equal(model.Count, fib.Count);
                    Agree(fib, model, prefix);
                    Agree(fib, model, prefix | ~Ipv4Address.Mask(length));
                    Agree(fib, model, prefix - 1);
                }

                foreach (uint address in addresses)
                {
                    Agree(fib, model, address);
                }

                foreach ((uint prefix, byte length) in model.Keys)
                {
                    Assert.True(fib.Remove(prefix, length));
                }

                // Memory goes back too: nothing is left but the root.
                Assert.Equal((0, 0), (fib.Count, fib.Plies));
                Assert.Equal(RouteKind.None, fib.Lookup(0x01020304).Kind);
            }));

    [Fact]
    public void Replacing_a_route_changes_what_it_says_at_once()
    {
        var fib = new Fib();
        fib.Set(new Fib.Route { Prefix = 0x0A000000, Length = 8, Gateway = 1, Kind = RouteKind.Forward });
        fib.Set(new Fib.Route { Prefix = 0x0A000000, Length = 8, Gateway = 2, Kind = RouteKind.Forward });
        Assert.Equal(2u, fib.Lookup(0x0A010203).Gateway);
        Assert.Equal(1, fib.Count);
    }

    [Fact]
    public void A_hundred_thousand_routes_fit_and_go_again()
    {
        var fib = new Fib();
        for (uint i = 0; i < 100_000; i++)
        {
            fib.Set(new Fib.Route { Prefix = 0x0B000000 + (i << 8), Length = 24, Gateway = i + 1, Kind = RouteKind.Forward });
        }

        Assert.Equal(77_778u, fib.Lookup(0x0B000000 + (77_777 << 8) + 9).Gateway);
        for (uint i = 0; i < 100_000; i++)
        {
            fib.Remove(0x0B000000 + (i << 8), 24);
        }

        Assert.Equal((0, 0), (fib.Count, fib.Plies));
    }

    private static void Agree(Fib fib, Dictionary<(uint Prefix, byte Length), uint> model, uint address)
    {
        uint expected = model
            .Where(route => ((route.Key.Prefix ^ address) & Ipv4Address.Mask(route.Key.Length)) == 0)
            .OrderByDescending(route => route.Key.Length).Select(route => route.Value).FirstOrDefault();
        Assert.Equal(expected, fib.Lookup(address).Gateway);
    }
}
