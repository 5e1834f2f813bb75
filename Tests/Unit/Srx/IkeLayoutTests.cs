using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Srx.Layouts;

namespace RouterOS.Unit.Srx;

/// <summary>Whole texts of the VPN commands, as documented.</summary>
public sealed class IkeLayoutTests
{
    [Fact]
    public void Tunnels_that_are_down_show_why() => Assert.Equal(
        """
          Total inactive tunnels: 2
          Total inactive tunnels with establish immediately: 1
          ID     Port  Nego#  Fail#  Flag     Gateway          Tunnel Down Reason
          131073 4500  3      3      0        192.0.2.2        the preshared keys differ
          131074 500   0      0      0        gd               Tunnel is ready. Waiting for trigger event or peer to trigger negotiation

        """,
        InactiveTunnelLayout.Text(
        [
            new InactiveTunnel(131073, "192.0.2.2", 4500, true, new Failure { Message = "the preshared keys differ", Count = 3 }),
            new InactiveTunnel(131074, "gd", 500, false, null),
        ]));

    [Fact]
    public void Events_of_tunnels_are_shown_where_there_were_any() => Assert.Equal(
        """
        IKE SA negotiation successfully completed                                 : 2
        No response from peer. Negotiation failed                                 : 7

        """,
        TunnelEventLayout.Text(new ListTunnelEventsReply
        {
            Phase1Up = 2, Failures = { new FailureCount { Kind = Failure.Types.Kind.NoResponse, Count = 7 } },
        }));

    [Fact]
    public void Phase_1_stands_in_the_documented_columns() => Assert.Equal(
        """
        Index   Remote Address  State  Initiator cookie  Responder cookie  Mode
        7       192.0.2.1       UP     a1b2c3d4e5f60718  8070605040302010  Main
        0       203.0.113.200   DOWN   0000000000000001  0000000000000000  Main

        """,
        IkeSaLayout.Brief([Up(), new Phase1Sa { RemoteAddress = "203.0.113.200", InitiatorCookie = 1 }]));

    [Fact]
    public void Phase_1_in_detail_is_the_documented_text() => Assert.Equal(
        """
        IKE peer 192.0.2.1, Index 7,
          Role: Initiator, State: UP
          Initiator cookie: a1b2c3d4e5f60718, Responder cookie: 8070605040302010
          Exchange type: Main, Authentication method: Pre-shared-keys
          Local: 192.0.2.2:500, Remote: 192.0.2.1:500
          Lifetime: Expires in 411 seconds
          Peer ike-id: 192.0.2.1
          Xauth assigned IP: 0.0.0.0
          Algorithms:
           Authentication        : hmac-md5-96
           Encryption            : 3des-cbc
           Pseudo random function: hmac-md5
           Diffie-Hellman group  : DH-group-2
          Traffic statistics:
           Input  bytes  :                 1212
           Output bytes  :                 1344
           Input  packets:                    7
           Output packets:                    8
          Flags: IKE SA is created
          IPSec security associations: 1 created, 0 deleted
          Phase 2 negotiations in progress: 0

        """,
        IkeSaLayout.Detail([Up()], []));

    [Fact]
    public void A_peer_that_is_down_shows_the_cause_and_where_it_is_configured() => Assert.Equal(
        """
        IKE peer 192.0.2.9, Gateway Name: gw9
          State: DOWN
          Last failure: 2026-03-01 12:00:00 UTC, phase 1, 3 times
          Cause: preshared key mismatch: the peer's answer does not decrypt
          Configuration: security ike policy pol1 pre-shared-key (line 12)

        """,
        IkeSaLayout.Detail([], [Failed("gw9", "192.0.2.9")]));

    [Fact]
    public void A_negotiation_carries_the_last_failure_of_its_gateway()
    {
        Phase1Sa sa = new()
        {
            Gateway = "gw9", RemoteAddress = "192.0.2.9", LocalAddress = "192.0.2.2", LocalPort = 500, RemotePort = 500, InitiatorCookie = 1,
            Initiator = true, State = "main-mode message 5 sent",
        };
        string text = IkeSaLayout.Detail([sa, Up()], [Failed("gw9", "192.0.2.9")]);
        Assert.Equal(
            """
            IKE peer 192.0.2.9, Index 0,
              Role: Initiator, State: DOWN
              Initiator cookie: 0000000000000001, Responder cookie: 0000000000000000
              Exchange type: Main, Authentication method: Pre-shared-keys
              Local: 192.0.2.2:500, Remote: 192.0.2.9:500
              Negotiation: main-mode message 5 sent
              Traffic statistics:
               Input  bytes  :                    0
               Output bytes  :                    0
               Input  packets:                    0
               Output packets:                    0
              Flags: IKE SA is not created
              IPSec security associations: 0 created, 0 deleted
              Phase 2 negotiations in progress: 0
              Last failure: 2026-03-01 12:00:00 UTC, phase 1, 3 times
              Cause: preshared key mismatch: the peer's answer does not decrypt
              Configuration: security ike policy pol1 pre-shared-key (line 12)

            IKE peer 192.0.2.1, Index 7,
            """,
            text[..(text.IndexOf("Index 7,", StringComparison.Ordinal) + 8)]);
    }

    [Fact]
    public void Phase_2_stands_in_the_documented_columns() => Assert.Equal(
        """
          total configured sa: 4
          ID    Gateway          Port  Algorithm       SPI      Life:sec/kb  Mon vsys
          <2    192.0.2.1        500   ESP:3des/md5    0a1b2c3d 3178/ unlim   -   0
          >2    192.0.2.1        500   ESP:3des/md5    4e5f6071 3178/ unlim   -   0
          <16384 203.0.113.200   500   ESP:aes-256/sha256 00000100 86400/4608000 - 0
          >16384 203.0.113.200   500   ESP:aes-256/sha256 ffffffff 86400/12   -   0

        """,
        IpsecSaLayout.Brief(
        [
            new IpsecSaPair(Pair(2, "192.0.2.1"), null, null),
            new IpsecSaPair(
                new Phase2Sa
                {
                    TunnelId = 16384, RemoteAddress = "203.0.113.200", RemotePort = 500, InboundSpi = 256, OutboundSpi = 0xffffffff,
                    HardRemainingSeconds = 86400,
                    Proposal = new() { Cipher = Cipher.AesCbc, CipherKeyBytes = 32, Mac = Mac.HmacSha256128, LifetimeKilobytes = 4608000 },
                },
                4608000,
                12),
        ]));

    [Fact]
    public void Ports_and_ciphers_that_authenticate_are_told()
    {
        Phase2Sa sa = new()
        {
            TunnelId = 16384, RemoteAddress = "192.0.2.1", RemotePort = 20001, LocalUdpPort = 4500, RemoteUdpPort = 20001, BindInterface = "st0.0",
            InboundSpi = 256, OutboundSpi = 257, Proposal = new() { Cipher = Cipher.AesGcm16, CipherKeyBytes = 16 },
        };
        Assert.Contains(
            "  <16384 192.0.2.1       20001 ESP:aes-gcm-128/None 00000100 0/ unlim -   0\n",
            IpsecSaLayout.Brief([new IpsecSaPair(sa, null, null)]), StringComparison.Ordinal);
        string detail = IpsecSaLayout.Detail(
            [new IpsecSaPair(sa, null, null)], [new VpnState { Name = "v", TunnelId = 16384, Up = true }], []);
        Assert.Contains("    Port: 20001, NAT-T: ESP inside UDP from port 4500\n", detail, StringComparison.Ordinal);
        Assert.Contains("Authentication: none, Encryption: aes-gcm (128 bits)", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundles_have_a_line_for_each_protocol_and_both_numbers()
    {
        Phase2Sa sa = new()
        {
            TunnelId = 16384, RemoteAddress = "192.0.2.1", RemotePort = 500, BindInterface = "st0.0", InboundSpi = 0x100, OutboundSpi = 0x101,
            InboundAhSpi = 0x200, OutboundAhSpi = 0x201, HardRemainingSeconds = 60,
            Proposal = new() { Cipher = Cipher.AesCbc, CipherKeyBytes = 16, Mac = Mac.HmacSha196, Protocol = Protocol.Bundle },
        };
        Assert.Equal(
            """
              total configured sa: 4
              ID    Gateway          Port  Algorithm       SPI      Life:sec/kb  Mon vsys
              <16384 192.0.2.1       500   AH:-/sha1       00000200 60/ unlim     -   0
              >16384 192.0.2.1       500   AH:-/sha1       00000201 60/ unlim     -   0
              <16384 192.0.2.1       500   ESP:aes-128/-   00000100 60/ unlim     -   0
              >16384 192.0.2.1       500   ESP:aes-128/-   00000101 60/ unlim     -   0

            """,
            IpsecSaLayout.Brief([new IpsecSaPair(sa, null, null)]));
        string detail = IpsecSaLayout.Detail([new IpsecSaPair(sa, null, null)], [new VpnState { Name = "v", TunnelId = 16384, Up = true }], []);
        Assert.Contains("    Direction: inbound, SPI: 00000200, AUX-SPI: 00000100\n", detail, StringComparison.Ordinal);
        Assert.Contains("    Protocol: AH+ESP, Authentication: hmac-sha1-96, Encryption: aes-cbc (128 bits)\n", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tunnels_the_count_says_so() =>
        Assert.StartsWith("  total configured sa: 0\n", IpsecSaLayout.Brief([]), StringComparison.Ordinal);

    [Fact]
    public void Phase_2_in_detail_is_the_documented_text() => Assert.Equal(
        """
          ID: 16384 Virtual-system: root, VPN Name: TunnelA
          Local Gateway: 192.0.2.2, Remote Gateway: 192.0.2.1
          Local Identity: ipv4_subnet(any:0,[0..7]=0.0.0.0/0)
          Remote Identity: ipv4(any:0,[0..3]=10.2.0.1)
          Version: IKEv1
            DF-bit: clear
            Bind-interface: st0.0
            Direction: inbound, SPI: 0a1b2c3d, AUX-SPI: 0
                                      , VPN Monitoring: -
            Hard lifetime: Expires in 3178 seconds
            Lifesize Remaining:  Unlimited
            Soft lifetime: Expires in 2554 seconds
            Mode: tunnel, Type: dynamic, State: installed
            Protocol: ESP, Authentication: hmac-md5-96, Encryption: 3des-cbc
            Anti-replay service: counter-based enabled, Replay window size: 64

            Direction: outbound, SPI: 4e5f6071, AUX-SPI: 0
                                      , VPN Monitoring: -
            Hard lifetime: Expires in 3178 seconds
            Lifesize Remaining:  Expires in 99 kilobytes
            Soft lifetime: Expires in 2554 seconds
            Mode: tunnel, Type: dynamic, State: installed
            Protocol: ESP, Authentication: hmac-md5-96, Encryption: 3des-cbc
            Anti-replay service: counter-based enabled, Replay window size: 64

          ID: 16385 Virtual-system: root, VPN Name: TunnelB
          Bind-interface: st0.1
          State: DOWN
          Last failure: 2026-03-01 12:00:00 UTC, phase 2
          Cause: no proxy identity match
          Configuration: security ipsec vpn TunnelB ike proxy-identity

        """,
        IpsecSaLayout.Detail(
            [new IpsecSaPair(Pair(16384, "192.0.2.1"), null, 99)],
            [
                new VpnState { Name = "TunnelA", TunnelId = 16384, BindInterface = "st0.0", Up = true },
                new VpnState { Name = "TunnelB", TunnelId = 16385, BindInterface = "st0.1" },
            ],
            [
                new Failure
                {
                    Vpn = "TunnelB", Phase = 2, Count = 1, Message = "no proxy identity match", TimeUnixMilliseconds = 1772366400000,
                    Source = new() { Path = "security ipsec vpn TunnelB ike proxy-identity" },
                },
                new Failure { Vpn = "TunnelA", Phase = 2, Count = 1, Message = "an old story", TimeUnixMilliseconds = 1772366400000 },
            ]));

    [Fact]
    public void Statistics_are_the_documented_text() => Assert.Equal(
        """
        ESP Statistics:
          Encrypted bytes:             7616
          Decrypted bytes:             4704
          Encrypted packets:             56
          Decrypted packets:             56
        AH Statistics:
          Input bytes:                    0
          Output bytes:                   0
          Input packets:                  0
          Output packets:                 0
        Errors:
          AH authentication failures: 0, Replay errors: 0
          ESP authentication failures: 0, ESP decryption failures: 0
          Bad headers: 0, Bad trailers: 0

        """,
        IpsecStatisticsLayout.Text(new EspStatistics { EncryptedBytes = 7616, DecryptedBytes = 4704, EncryptedPackets = 56, DecryptedPackets = 56 }));

    [Fact]
    public void Numbers_too_wide_for_their_column_keep_a_space() => Assert.Contains(
        "  Encrypted packets: 18446744073709551615\n",
        IpsecStatisticsLayout.Text(new EspStatistics { EncryptedPackets = ulong.MaxValue }),
        StringComparison.Ordinal);

    private static Failure Failed(string gateway, string remote) => new()
    {
        Gateway = gateway,
        RemoteAddress = remote,
        Phase = 1,
        Count = 3,
        Message = "preshared key mismatch: the peer's answer does not decrypt",
        TimeUnixMilliseconds = 1772366400000,
        Source = new() { Path = "security ike policy pol1 pre-shared-key", Line = 12 },
    };

    private static Phase1Sa Up() => new()
    {
        Index = 7,
        Gateway = "gw1",
        LocalAddress = "192.0.2.2",
        LocalPort = 500,
        RemoteAddress = "192.0.2.1",
        RemotePort = 500,
        Initiator = true,
        Up = true,
        InitiatorCookie = 0xa1b2c3d4e5f60718,
        ResponderCookie = 0x8070605040302010,
        Proposal = new() { DhGroup = 2, Hash = Hash.Md5, Cipher = Cipher.TripleDesCbc, CipherKeyBytes = 24 },
        LifetimeRemainingSeconds = 411,
        PeerIdentity = "192.0.2.1",
        InputBytes = 1212,
        OutputBytes = 1344,
        InputPackets = 7,
        OutputPackets = 8,
        Phase2Created = 1,
    };

    private static Phase2Sa Pair(uint id, string remote) => new()
    {
        TunnelId = id,
        Vpn = "TunnelA",
        LocalAddress = "192.0.2.2",
        RemoteAddress = remote,
        RemotePort = 500,
        InboundSpi = 0x0a1b2c3d,
        OutboundSpi = 0x4e5f6071,
        Proposal = new() { Cipher = Cipher.TripleDesCbc, CipherKeyBytes = 24, Mac = Mac.HmacMd596 },
        HardRemainingSeconds = 3178,
        SoftRemainingSeconds = 2554,
        LocalSelector = "0.0.0.0/0",
        RemoteSelector = "10.2.0.1/32",
        BindInterface = "st0.0",
        ReplayWindow = 64,
    };
}
