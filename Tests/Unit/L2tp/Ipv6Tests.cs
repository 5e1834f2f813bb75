using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Unit.L2tp.Simulation;

namespace RouterOS.Unit.L2tp;

/// <summary>IPv6 of users: identifiers, prefixes, advertisements.</summary>
public sealed class Ipv6Tests
{
    private const ulong Identifier = 0x000a_000b_000c_000d;

    private readonly Lab _lab = new();
    private RouterAdvertisement? _advertisement = new();

    [Fact]
    public void A_user_is_given_its_identifier_and_hears_of_its_prefix_when_the_data_path_is_ready()
    {
        (Node client, PppLink link) = Connect();
        Assert.Equal(Identifier, client.Links.Values.Single().Ipv6cp!.Own);
        Assert.Equal(Identifier, link.Ipv6cp!.Peer);
        Network6 network = _lab.Router.Prepared.Values.Single().Ipv6;
        Assert.Equal((Identifier, link.Ipv6cp.Own), (network.PeerIdentifier, network.LocalIdentifier));
        Assert.Equal(["2001:db8:7::/64", "2001:db8:8000::/36"], network.Routes.Select(r => $"{new IPAddress(r.Prefix.Span)}/{r.PrefixLength}"));
        Assert.Equal((1400u, 1340u), (network.Mtu, network.TcpMss));

        byte[] told = client.Packets[0];
        Assert.Equal(link.Ipv6cp.Own, BinaryPrimitives.ReadUInt64BigEndian(told.AsSpan(16)));
        Assert.Equal((byte)134, told[40]);
        Assert.Equal(0, InternetChecksumOf(told));
        Assert.Equal(1800, BinaryPrimitives.ReadUInt16BigEndian(told.AsSpan(46)));
        Assert.Equal(1400u, BinaryPrimitives.ReadUInt32BigEndian(told.AsSpan(60)));
        // One prefix, on the link and for autoconfiguration: what is behind the user is not told.
        Assert.Equal(40 + 16 + 8 + 32, told.Length);
        Assert.Equal([3, 4, 64, 0xc0], told[64..68]);
        Assert.Equal(IPAddress.Parse("2001:db8:7::").GetAddressBytes(), told[80..96]);
    }

    [Fact]
    public void Advertisements_come_again_and_when_the_user_asks_but_not_for_each_question()
    {
        (Node client, PppLink link) = Connect();
        _lab.Time.RunSeconds(60);
        int before = client.Packets.Count;
        Assert.InRange(before, 3, 8);
        _lab.Time.RunSeconds(600);
        Assert.InRange(client.Packets.Count - before, 2, 12);
        before = client.Packets.Count;
        for (int i = 0; i < 50; i++)
        {
            link.Receive(Solicitation());
        }

        _lab.Time.RunSeconds(0.2);
        Assert.Equal(before + 1, client.Packets.Count);

        // Nothing is told on a link that is over.
        link.Terminate(DisconnectCause.Administrative, "enough");
        _lab.Time.RunSeconds(5);
        before = client.Packets.Count;
        _lab.Time.RunSeconds(1000);
        Assert.Equal(before, client.Packets.Count);
    }

    [Fact]
    public void A_solicitation_that_is_none_is_not_answered()
    {
        (Node client, PppLink link) = Connect();
        _lab.Time.RunSeconds(2);
        int before = client.Packets.Count;
        foreach (Action<byte[]> spoil in (Action<byte[]>[])[f => f[2 + 7] = 64, f => f[2 + 40] = 135, f => f[2 + 43]++, f => f[2 + 5] = 200, f => f[2] = 0x40])
        {
            byte[] frame = Solicitation();
            spoil(frame);
            link.Receive(frame);
        }

        for (int length = 0; length < 50; length++)
        {
            link.Receive(Solicitation().AsSpan(0, length));
        }

        _lab.Time.RunSeconds(0.5);
        Assert.Equal(before, client.Packets.Count);
        Assert.True(link.IsUp);
    }

    [Fact]
    public void A_prefix_that_users_share_is_each_ones_by_the_address_of_its_identifier()
    {
        _advertisement = new RouterAdvertisement
        {
            Managed = true, LifetimeSeconds = 0,
            Prefix = new AdvertisedPrefix { Prefix = Bytes("2001:db8:9::"), PrefixLength = 64, ValidSeconds = 100, PreferredSeconds = 50, Autonomous = true },
        };
        (Node client, PppLink link) = Connect(new Ipv6Grant());
        Route6 route = Assert.Single(_lab.Router.Prepared.Values.Single().Ipv6.Routes);
        byte[] expected = [.. Bytes("2001:db8:9::").ToArray()[..8], .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(link.Ipv6cp!.Peer))];
        Assert.Equal(128u, route.PrefixLength);
        Assert.Equal(expected, route.Prefix.ToArray());
        byte[] told = client.Packets[0];
        Assert.Equal((0x80, 0), (told[45], BinaryPrimitives.ReadUInt16BigEndian(told.AsSpan(46))));
        Assert.Equal([3, 4, 64, 0x40, 0, 0, 0, 100, 0, 0, 0, 50], told[64..76]);
    }

    [Fact]
    public void Accounting_knows_what_the_user_has_and_IPv4_goes_on_when_IPv6_ends()
    {
        (Node client, PppLink link) = Connect();
        link.Ipv6cp!.Close();
        _lab.Time.RunSeconds(5);
        Assert.True(link.IsUp);
        Assert.Null(_lab.Router.Prepared.Values.Single().Ipv6);
        Assert.Equal(Lab.FirstPoolAddress, _lab.Router.Prepared.Values.Single().PeerAddress);
        Assert.NotEmpty(client.Networks);
    }

    [Fact]
    public void The_end_of_a_session_is_accounted_for_with_its_prefix()
    {
        (Node client, PppLink link) = Connect();
        _lab.Time.RunSeconds(1);
        link.Terminate(DisconnectCause.Administrative, "enough");
        _lab.Time.RunSeconds(5);
        Ipv6Grant told = _lab.Router.Accounted.Last(a => a.Kind == AccountRequest.Types.Kind.Stop).Ipv6;
        Assert.Equal((Identifier, Bytes("2001:db8:7::")), (told.InterfaceIdentifier, Assert.Single(told.Prefixes).Prefix));
        Assert.NotNull(client);
    }

    [Fact]
    public void A_profile_without_IPv6_rejects_it_and_a_data_path_that_is_slow_is_waited_for()
    {
        _lab.Router.Settings = _ => Settings() with { HasIpv6 = false };
        Node client = Dial();
        Assert.Null(_lab.Router.Links.Values.Single().Ipv6cp);
        Assert.False(client.Links.Values.Single().Ipv6cp!.IsOpened);
        Assert.NotEqual(0u, (uint)_lab.Router.Counters.ProtocolRejects);

        Lab slow = new();
        slow.Router.Settings = _ => Settings();
        slow.Router.Programming = TimeSpan.FromMilliseconds(700);
        slow.Start();
        Node other = Client(slow);
        Assert.True(slow.Connect(other, 10));
        Assert.True(slow.Time.RunUntil(() => other.Links.Values.Single().Ipv6cp!.IsOpened, 10));
        Assert.InRange(slow.Time.Now - slow.Router.Programmed[0].When, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static ByteString Bytes(string address) => ByteString.CopyFrom(IPAddress.Parse(address).GetAddressBytes());

    private static byte[] Solicitation()
    {
        byte[] packet = RouterOS.Unit.Forwarding.Build6.Ip("fe80::a:b:c:d", "ff02::2", 58, [133, 0, 0, 0, 0, 0, 0, 0], hops: 255);
        ushort sum = InternetChecksumOf(packet);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), sum);
        return [0, 0x57, .. packet];
    }

    private static ushort InternetChecksumOf(byte[] packet) => RouterOS.Sdk.Packets.InternetChecksum.Of(
        packet.AsSpan(40), RouterOS.Sdk.Packets.InternetChecksum.Sum(packet.AsSpan(8, 32)) + (uint)(packet.Length - 40) + 58);

    private static Node Client(Lab lab)
    {
        Node client = lab.Client();
        Func<LinkStart, LinkSettings> own = client.Settings;
        client.Settings = start => own(start) with { HasIpv6 = true };
        return client;
    }

    private LinkSettings Settings() => new()
    {
        Authentication = _lab.Methods, LocalAddress = 0x0a3cffff, Mru = 1460, LinkMtu = 1460, HasIpv6 = true, Ipv6Mtu = 1400, Advertisement = _advertisement,
    };

    private Node Dial()
    {
        _lab.Start();
        Node client = Client(_lab);
        Assert.True(_lab.Connect(client, 10), string.Join("; ", _lab.Router.Ends.Select(e => e.Message)));
        _lab.Time.RunSeconds(1);
        return client;
    }

    private (Node Client, PppLink Link) Connect(Ipv6Grant? grant = null)
    {
        _lab.Router.Settings = _ => Settings();
        _lab.Router.Grant = grant ?? new Ipv6Grant
        {
            InterfaceIdentifier = Identifier,
            Prefixes = { new FramedPrefix6 { Prefix = Bytes("2001:db8:7::"), PrefixLength = 64 } },
            Routes = { new FramedPrefix6 { Prefix = Bytes("2001:db8:8000::"), PrefixLength = 36 } },
        };
        Node client = Dial();
        PppLink link = _lab.Router.Links.Values.Single();
        Assert.True(link.Ipv6cp is { IsOpened: true });
        return (client, link);
    }
}
