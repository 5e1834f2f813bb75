using RouterOS.Erx.Layouts;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Unit.Srx;
using TunnelState = RouterOS.Proto.Gre.V1.TunnelState;

namespace RouterOS.Unit.Erx;

/// <summary>Displays against those that the documents print, character by character.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Show_ipsec_ike_sa()
    {
        Phase1Sa One(string remote, uint localPort, uint remotePort, uint left, ulong own, ulong other, bool done) => new()
        {
            LocalAddress = "192.0.2.8", LocalPort = localPort, RemoteAddress = remote, RemotePort = remotePort, LifetimeRemainingSeconds = left,
            ResponderCookie = own, InitiatorCookie = other, Up = true, Phase2Created = done ? 1u : 0,
        };
        Assert.Equal(Document("ike-sa"), IkeSaLayout.Text(
        [
            One("198.51.100.10", 500, 500, 26133, 0x0123456789abcdef, 0xfedcba9876543210, done: true),
            One("198.51.100.11", 4500, 4500, 28774, 0x1111111111111111, 0x2222222222222222, done: true),
            One("198.51.100.11", 4500, 14500, 28729, 0x3333333333333333, 0x4444444444444444, done: false),
        ]));
    }

    [Fact]
    public void Show_ipsec_transport_interface()
    {
        Phase2Sa sa = new()
        {
            LocalSelector = "192.0.2.21/32", RemoteSelector = "192.0.2.22/32", SelectorProtocol = 47, InboundSpi = 0x1a2b3c04, OutboundSpi = 0x1a2b3c05,
            Proposal = new Phase2Proposal
            {
                Cipher = Cipher.TripleDesCbc, Mac = Mac.HmacSha196, LifetimeSeconds = 900, LifetimeKilobytes = 102400,
            },
        };
        EspStatistics counted = new()
        {
            DecryptedPackets = 5, DecryptedBytes = 270, ReceivedOuterBytes = 440, EncryptedPackets = 5, EncryptedBytes = 440, SentInnerBytes = 270,
        };
        TransportInterface five = new(5, true, "vrA", "gre", 0, 1440, "192.0.2.21", "192.0.2.22", sa, counted);
        TransportInterface six = five with { Number = 6, IsUp = false, Sa = null };

        Assert.Equal(Document("transport-interface-detail"), TransportLayout.Text([five], detail: true, withCount: false));
        Assert.Equal(Document("transport-interface"), TransportLayout.Text([five, six], detail: false, withCount: true));
        Assert.Equal(Document("transport-interface-summary"), TransportLayout.Summary([five, five]));
    }

    [Fact]
    public async Task Show_ipsec_transport_profile_and_option()
    {
        using ErxSession session = new();
        await session.Do(
            "enable", "configure terminal", "virtual-router vrA", "ipsec transport profile tprof1 ip address 192.0.2.22", "application dvmrp gre",
            "lifetime seconds 900 900 kilobytes 102400 4294967294", "local ip address 192.0.2.21", "pre-share exampleKey", "end", "virtual-router default");

        Assert.Equal(Document("transport-profile").TrimEnd('\n'), await session.Do("show ipsec transport profile tprof1"));
        Assert.Equal("IPSEC transport profile tprof1\n1 Ipsec transport profile found", await session.Do("show ipsec transport profile"));
        Assert.Equal(Document("ipsec-option").TrimEnd('\n'), await session.Do("show ipsec option"));
    }

    [Fact]
    public void Show_l2tp_destination_profile()
    {
        Statement tree = ErxText.Tree("""
            l2tp destination profile siteA ip address 198.51.100.99
             remote host lacA
              enable ipsec-transport
              single-shot-tunnel
              local host lnsA
              profile remoteUsers
              tunnel password exampleSecret
              disconnect-cause
            """);
        DestinationProfile profile = ErxText.Language().Bind(tree, ErxText.Profile()).Intents.Get<L2tpIntent>().DestinationProfiles.Single();
        DestinationProfileState state = new() { Profile = profile, Sessions = 1, Hosts = { new HostProfileState { RemoteHost = "lacA", Sessions = 1 } } };

        Assert.Equal(Document("l2tp-destination-profile"), L2tpLayout.Profile([state], StatementView.Of(tree)));
    }

    [Fact]
    public void Counters_of_tunnels_keep_their_columns_however_long_they_are()
    {
        TunnelState One(ulong packets) => new()
        {
            Tunnel = new Tunnel { Name = "hub-5", Encapsulation = Encapsulation.Gre },
            Counters = new TunnelCounters { ReceivedPackets = packets, ReceivedOctets = 7, SentDiscards = 8 },
        };

        Assert.EndsWith("""
            Statistics   packets      octets      discards     errors
            Data rx      5            7           0            0
            Data tx      0            0           8            0

            1 GRE tunnel found
            1 tunnel was created static

            """.ReplaceLineEndings("\n"), TunnelLayout.Text("GRE", [One(5)], detail: true), StringComparison.Ordinal);
        Assert.Contains("""
            Statistics   packets              octets      discards     errors
            Data rx      18446744073709551615 7           0            0
            Data tx      0                    0           8            0

            """.ReplaceLineEndings("\n"), TunnelLayout.Text("GRE", [One(ulong.MaxValue)], detail: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Show_ip_tunnel_reassembly_statistics_adds_up_what_tunnels_protocols_got()
    {
        string text = TunnelLayout.Reassembly(
        [
            new ReassemblyState { Protocol = 1, Fragments = 99 },
            new ReassemblyState { Protocol = 47, Fragments = 6, Packets = 2, Dropped = 1 },
            new ReassemblyState { Protocol = 50, Fragments = 4, Packets = 1 },
            new ReassemblyState { Protocol = 51, Fragments = 3, Dropped = 3 },
        ]);

        Assert.StartsWith("""
            Tunnel reassembly statistics
              GRE
                Fragments received: 6
                Packets reassembled: 2
                Fragments discarded: 1
              DVMRP
                Fragments received: 0
                Packets reassembled: 0
                Fragments discarded: 0
              IPsec
                Fragments received: 7
                Packets reassembled: 1
                Fragments discarded: 3

            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        Assert.EndsWith("""
              Total
                Fragments received: 13
                Packets reassembled: 3
                Fragments discarded: 4

            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_radius_has_a_column_for_each_server()
    {
        string text = RadiusLayout.Authentication(
        [
            new ServerStatistics { Address = "192.0.2.9", Port = 1812, Requests = 12, Accepts = 11, Timeouts = 3 },
            new ServerStatistics { Address = "198.51.100.200", Port = 1645, Rejects = 4 },
        ]);

        Assert.StartsWith("""
            RADIUS Authentication Statistics
            --------------------------------
            Statistic                         192.0.2.9   198.51.100.200
            --------------------------  ---------------  ---------------
            UDP Port                               1812             1645
            Round Trip Time                           0                0
            Access Requests                          12                0

            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_radius_servers_and_show_aaa_say_what_is_configured()
    {
        using ErxSession session = new();
        await session.Do(
            "enable", "configure terminal", "radius authentication server 192.0.2.9", "key exampleSecret", "timeout 5", "exit",
            "radius dynamic-request server 192.0.2.9", "key otherSecret", "subscriber disconnect", "exit",
            "aaa authentication ppp default radius local", "aaa domain-map example.com", "auth-router-name default", "end");

        Assert.Contains("192.0.2.9         1812      3        5       255     0  exampleSecret", await session.Do("show radius servers"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.9         1700  enabled     disabled       otherSecret", await session.Do("show radius dynamic-request servers"), StringComparison.Ordinal);
        Assert.Equal("radius local", await session.Do("show aaa authentication ppp default"));
        Assert.Equal("none", await session.Do("show aaa accounting ppp default"));
        Assert.StartsWith("Domain: example.com; auth-router-name: default; ip-router-name: default;", await session.Do("show aaa domain-map"), StringComparison.Ordinal);
    }

    private static string Document(string name) => SrxText.File("Tests", "Conformance", "seed-000", "layouts", name + ".txt").ReplaceLineEndings("\n");
}
