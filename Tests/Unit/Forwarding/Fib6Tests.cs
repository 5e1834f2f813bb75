using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

public sealed class Fib6Tests
{
    // Few distinct bytes and all lengths, so that prefixes nest, neighbour and return.
    private static readonly Gen<UInt128> s_address =
        from bytes in Gen.Frequency((3, Gen.Constant((byte)0)), (1, Gen.Elements<byte>(1, 127, 128, 255))).ArrayOf(16)
        select Ipv6Address.Read(bytes);

    private static readonly Gen<(bool Add, UInt128 Prefix, byte Length, uint Gateway)[]> s_changes =
        (from add in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
         from address in s_address
         from length in Gen.OneOf(Gen.Choose(0, 128), Gen.Elements(0, 8, 9, 16, 17, 48, 64, 127, 128))
         from gateway in Gen.Choose(1, 1000)
         select (add, address & Ipv6Address.Mask(length), (byte)length, (uint)gateway)).ArrayOf();

    [Fact]
    public void Longest_match_agrees_with_trying_every_prefix() =>
        Check.One(
            Seeded.Config.WithMaxTest(300).WithEndSize(60),
            Prop.ForAll(s_changes.ToArbitrary(), s_address.ArrayOf(20).ToArbitrary(), (changes, addresses) =>
            {
                using var set = new FibSet(workers: 1);
                Fib6 fib = set.Make6(0);
                var model = new Dictionary<(UInt128, byte), uint>();
                foreach ((bool add, UInt128 prefix, byte length, uint gateway) in changes)
                {
                    if (add)
                    {
                        uint before = fib.Find(prefix, length);
                        Assert.True(fib.Set(prefix, length, set.NextHops.Acquire(RouteKind.Forward, 1, gateway)));
                        set.NextHops.Release(before);
                        model[(prefix, length)] = gateway;
                    }
                    else
                    {
                        Assert.Equal(model.Remove((prefix, length)), Take(set, fib, prefix, length));
                    }

                    Assert.Equal(model.Count, fib.Count);
                    Agree(fib, model, prefix);
                    Agree(fib, model, prefix | ~Ipv6Address.Mask(length));
                    Agree(fib, model, prefix - 1);
                }

                foreach (UInt128 address in addresses)
                {
                    Agree(fib, model, address);
                }

                foreach ((UInt128 prefix, byte length) in model.Keys)
                {
                    Assert.True(Take(set, fib, prefix, length));
                }

                // Memory goes back too: nothing is left but the root.
                Assert.Equal((0, 0, 0), (fib.Count, set.Plies.Count, set.NextHops.Count));
            }));

    [Fact]
    public void Gateways_have_numbers_while_routes_name_them()
    {
        using var set = new FibSet(workers: 1);
        UInt128 one = Chassis.Ip6("2001:db8::1");
        uint number = set.Gateways6.Acquire(one);
        Assert.Equal(number, set.Gateways6.Acquire(one));
        Assert.NotEqual(number, set.Gateways6.Acquire(Chassis.Ip6("2001:db8::2")));
        Assert.Equal(one, set.Gateways6[number]);
        set.Gateways6.Release(number);
        Assert.Equal(number, set.Gateways6.Acquire(one));
        set.Gateways6.Release(number);
        set.Gateways6.Release(number);
        Assert.Equal(1, set.Gateways6.Count);
    }

    private static bool Take(FibSet set, Fib6 fib, UInt128 prefix, byte length)
    {
        uint number = fib.Remove(prefix, length);
        set.NextHops.Release(number);
        return number != 0;
    }

    private static void Agree(Fib6 fib, Dictionary<(UInt128, byte), uint> model, UInt128 address)
    {
        (uint gateway, int length) = (0, 0);
        for (int bits = 128; bits >= 0; bits--)
        {
            if (model.TryGetValue((address & Ipv6Address.Mask(bits), (byte)bits), out gateway))
            {
                length = bits;
                break;
            }
        }

        ref readonly NextHop found = ref fib.Lookup(address, out byte matched);
        Assert.Equal((gateway, length), (found.Gateway, found.Kind == RouteKind.None ? 0 : (int)matched));
        Assert.Equal(found.Gateway, fib.Lookup(address).Gateway);
    }
}
