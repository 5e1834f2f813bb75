using System.Net;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;
using RouterOS.Srx.Layouts;

namespace RouterOS.Unit.Srx;

/// <summary>Whole texts of <c>show interfaces</c>, as documented.</summary>
public sealed class InterfaceLayoutTests
{
    [Fact]
    public void Terse_stands_in_the_documented_columns() => Assert.Equal(
        """
        Interface               Admin Link Proto    Local                 Remote
        ge-0/0/0                up    down
        ge-0/0/0.0              up    down inet     198.51.100.1/24
                                                    203.0.113.1/24
        st0                     up    up
        st0.0                   up    up   inet     192.0.2.130/28
        st0.1                   up    down inet
        ge-0/0/1                down  down

        """,
        InterfaceTerseLayout.Text([Ethernet(up: false), Tunnel(), Empty()]));

    [Fact]
    public void A_unit_alone_stands_without_its_interface() => Assert.Equal(
        """
        Interface               Admin Link Proto    Local                 Remote
        st0.0                   up    up   inet     192.0.2.130/28

        """,
        InterfaceTerseLayout.Text([Tunnel()], "st0.0"));

    [Fact]
    public void The_secure_tunnel_in_detail_is_the_documented_text()
    {
        PhysicalState tunnel = Tunnel();
        Assert.Equal(
            """
            Physical interface: st0, Enabled, Physical link is Up
              Interface index: 140, SNMP ifIndex: 512, Generation: 140
              Type: Secure-Tunnel, Link-level type: Secure-Tunnel, MTU: 9192,
              Speed: Unspecified
              Hold-times     : Up 0 ms, Down 0 ms
              Device flags   : Present Running
              Interface flags: Point-To-Point
              Statistics last cleared: Never
              Traffic statistics:
               Input  bytes  :                 5416                    8 bps
               Output bytes  :                15000                    0 bps
               Input  packets:                   99                    1 pps
               Output packets:                  120                    0 pps

              Logical interface st0.0 (Index 70) (SNMP ifIndex 1070) (Generation 70)
                Flags: Point-To-Point SNMP-Traps Encapsulation: Secure-Tunnel
                Traffic statistics:
                 Input  bytes  :                 5416
                 Output bytes  :                15000
                 Input  packets:                   99
                 Output packets:                  120
                Local statistics:
                 Input  bytes  :                   16
                 Output bytes  :                    0
                 Input  packets:                    9
                 Output packets:                    0
                Transit statistics:
                 Input  bytes  :                 5400                    8 bps
                 Output bytes  :                15000                    0 bps
                 Input  packets:                   90                    1 pps
                 Output packets:                  120                    0 pps
                Security: Zone: untrust
                Flow Statistics :
                Flow Input statistics :
                  Self packets :                     0
                  ICMP packets :                     2
                  VPN packets :                      0
                  Multicast packets :                6
                  Bytes permitted by policy :        3360
                  Connections established :          1
                Flow Output statistics:
                  Multicast packets :                7
                  Bytes permitted by policy :        3024
                Flow error statistics (Packets dropped due to):
                  Address spoofing:                  0
                  Authentication failed:             11
                  Incoming NAT errors:               0
                  Invalid zone received packet:      0
                  Multiple user authentications:     0
                  Multiple incoming NAT:             0
                  No parent for a gate:              0
                  No one interested in self packets: 3
                  No minor session:                  0
                  No more sessions:                  4
                  No NAT gate:                       0
                  No route present:                  15
                  No SA for incoming SPI:            13
                  No tunnel found:                   14
                  No session for a gate:             0
                  No zone or NULL zone binding       5
                  Policy denied:                     2
                  Security association not active:   12
                  TCP sequence number out of window: 0
                  Syn-attack protection:             0
                  User authentication errors:        0
                Protocol inet, MTU: 9192, Generation: 70, Route table: 0
                  Flags: None
                  Addresses, Flags: Is-Primary
                    Destination: Unspecified, Local: 192.0.2.130, Broadcast: Unspecified,
                    Generation: 70

            """,
            InterfaceLayout.Text([tunnel with { Units = [tunnel.Units[0]] }], InterfaceDetail.Detail));
    }

    [Fact]
    public void An_ethernet_port_shows_its_link_and_its_networks() => Assert.Equal(
        """
        Physical interface: ge-0/0/0, Enabled, Physical link is Up
          Interface index: 128, SNMP ifIndex: 500
          Description: provider
          Type: Ethernet, Link-level type: Ethernet, MTU: 1514,
          Speed: 1000mbps
          Device flags   : Present Running
          Interface flags: SNMP-Traps
          Current address: 02:00:00:00:00:01, Hardware address: 02:00:00:00:00:01
          Input rate     : 0 bps (0 pps)
          Output rate    : 0 bps (0 pps)

          Logical interface ge-0/0/0.0 (Index 64) (SNMP ifIndex 1064)
            Flags: SNMP-Traps Encapsulation: ENET2
            Input packets : 0
            Output packets: 0
            Security: Zone: Null
            Protocol inet, MTU: 1500
              Flags: None
              Addresses, Flags: Is-Primary
                Destination: 198.51.100.0/24, Local: 198.51.100.1, Broadcast: 198.51.100.255
              Addresses, Flags: None
                Destination: 203.0.113.0/24, Local: 203.0.113.1, Broadcast: 203.0.113.255

        """,
        InterfaceLayout.Text([Ethernet(up: true)], InterfaceDetail.Standard));

    [Fact]
    public void Brief_leaves_out_counters() => Assert.Equal(
        """
        Physical interface: st0, Enabled, Physical link is Up
          Type: Secure-Tunnel, Link-level type: Secure-Tunnel, MTU: 9192,
          Speed: Unspecified
          Device flags   : Present Running
          Interface flags: Point-To-Point

          Logical interface st0.0
            Flags: Point-To-Point SNMP-Traps Encapsulation: Secure-Tunnel
            Security: Zone: untrust
            inet  192.0.2.130/28

          Logical interface st0.1
            Flags: Down Point-To-Point SNMP-Traps Encapsulation: Secure-Tunnel
            Security: Zone: Null
            inet

        """,
        InterfaceLayout.Text([Tunnel()], InterfaceDetail.Brief));

    private static PhysicalState Tunnel() => new(
        "st0", InterfaceKind.Tunnel, 140, true, true, 9192, 0, string.Empty, string.Empty,
        [
            new LogicalState(
                new InterfaceState(70, "st0.0", "esp", string.Empty, true, true, 9192, [new(IPAddress.Parse("192.0.2.130"), 28)]),
                true,
                true,
                string.Empty,
                "untrust",
                new InterfaceCounters
                {
                    InputBytes = 5416, OutputBytes = 15000, InputPackets = 99, OutputPackets = 120, LocalInputBytes = 16, LocalInputPackets = 9,
                },
                new InterfaceRate(8, 0, 1, 0),
                new InterfaceFlowCounters
                {
                    IcmpPackets = 2, BytesPermittedIn = 3360, ConnectionsEstablished = 1, BytesPermittedOut = 3024, PolicyDenied = 2,
                    NoSelfInterest = 3, NoMoreSessions = 4, NoZone = 5, NoRoute = 15, MulticastIn = 6, MulticastOut = 7,
                },
                new FlowErrors(11, 12, 13, 14)),
            Logical(new InterfaceState(71, "st0.1", "esp", string.Empty, true, true, 9192, []), up: false),
        ]);

    private static PhysicalState Ethernet(bool up) => new(
        "ge-0/0/0", InterfaceKind.Ethernet, 128, true, up, 1514, 1_000_000_000, "02:00:00:00:00:01", "provider",
        [
            Logical(
                new InterfaceState(
                    64, "ge-0/0/0.0", "ethernet", "ge-0/0/0", true, up, 1500,
                    [new(IPAddress.Parse("198.51.100.1"), 24), new(IPAddress.Parse("203.0.113.1"), 24)]),
                up),
        ]);

    private static PhysicalState Empty() =>
        new("ge-0/0/1", InterfaceKind.Ethernet, 129, false, false, 1514, 1_000_000_000, string.Empty, string.Empty, []);

    private static LogicalState Logical(InterfaceState state, bool up) => new(
        state, up, true, string.Empty, string.Empty, new InterfaceCounters(), default, new InterfaceFlowCounters(), new FlowErrors(0, 0, 0, 0));
}
