using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;

namespace RouterOS.Unit.Flow;

/// <summary>Policies that name a tunnel: what must come by it comes by it, what must leave by it leaves by it.</summary>
public sealed class FlowProtectionTests : IDisposable
{
    private const string Host = "10.1.0.10";
    private const string Server = "203.0.113.80";
    private const uint Tunnel = 7;
    private const uint OtherTunnel = 8;

    private readonly TestNode _protector = new("protector", GraphEdge.Drop);
    private readonly FlowRig _rig;

    public FlowProtectionTests()
    {
        _rig = new FlowRig(package: new TestPackage(registry =>
        {
            registry.AddNode(_protector);
            registry.AddProtector("protector");
        }));
        _rig.Chassis.Plane.Tables.NameProtection("site", Tunnel);
        _rig.Policies(Trust, Untrust, Named(1, inbound: false));
        _rig.Policies(Untrust, Trust, Named(2, inbound: true));
    }

    [Fact]
    public void A_session_from_here_leaves_by_the_tunnel_and_only_answers_from_the_tunnel_come_in()
    {
        Assert.True(LeavesProtected(Inside, Udp(Host, 40000, Server, 53)));
        byte[] answer = Udp(Server, 53, Host, 40000);
        Assert.False(Comes(answer, 0));
        Assert.False(Comes(answer, OtherTunnel));
        Assert.True(Comes(answer, Tunnel));
        Assert.Equal(2u, _rig.Drops("wrong-protection"));
        Assert.Equal(Tunnel, Assert.Single(_rig.Sessions()).Protection);
        Assert.Equal(1ul, Assert.Single(_rig.Sessions()).ReversePackets);
    }

    [Fact]
    public void A_session_from_the_tunnel_is_answered_by_the_tunnel_and_never_opened_in_the_clear()
    {
        byte[] question = Udp(Server, 40000, Host, 53);
        Assert.False(Comes(question, 0));
        Assert.Empty(_rig.Sessions());
        Assert.Equal(1u, _rig.Counters(Outside).PolicyDenied);
        Assert.True(Comes(question, Tunnel));
        Assert.True(LeavesProtected(Inside, Udp(Host, 53, Server, 40000)));
    }

    [Fact]
    public void What_comes_by_a_tunnel_needs_the_policy_of_that_tunnel()
    {
        _rig.Policies(Untrust, Trust, Rule(3, Action.Permit));
        byte[] question = Udp(Server, 40000, Host, 53);
        Assert.False(Comes(question, Tunnel));
        Assert.True(Comes(question, 0));
    }

    [Fact]
    public void A_tunnel_interface_is_as_good_as_a_wire()
    {
        _rig.Chassis.Plane.Tables.BindProtection(Outside, OtherTunnel);
        _rig.Policies(Untrust, Trust, Rule(3, Action.Permit));
        Assert.True(Comes(Udp(Server, 40000, Host, 53), OtherTunnel));
    }

    [Fact]
    public void While_nothing_has_the_name_nothing_passes_and_a_new_protection_takes_living_sessions_over()
    {
        Assert.True(LeavesProtected(Inside, Udp(Host, 40000, Server, 53)));
        _rig.Chassis.Plane.Tables.NameProtection("site", 0);
        Assert.True(LeavesProtected(Inside, Udp(Host, 40000, Server, 53), PolicyTableUnknown));
        Assert.False(Comes(Udp(Server, 53, Host, 40000), Tunnel));
        _rig.Chassis.Plane.Tables.NameProtection("site", OtherTunnel);
        Assert.True(LeavesProtected(Inside, Udp(Host, 40000, Server, 53), OtherTunnel));
        Assert.True(Comes(Udp(Server, 53, Host, 40000), OtherTunnel));
    }

    [Fact]
    public void Errors_about_a_session_take_its_way()
    {
        byte[] question = Udp(Host, 40000, Server, 53);
        Assert.True(LeavesProtected(Inside, question));
        byte[] error = Error(Server, Host, question);
        Assert.False(Comes(error, 0));
        Assert.True(Comes(error, Tunnel));
        byte[] fromServer = Udp(Server, 40001, Host, 53);
        Assert.True(Comes(fromServer, Tunnel));
        Assert.True(LeavesProtected(Inside, Error(Host, Server, fromServer)));
    }

    [Fact]
    public void The_router_answers_by_the_tunnel_what_came_by_it()
    {
        _rig.Bind(Outside, Untrust, new HostInboundRow { AllServices = true });
        _rig.Chassis.Feed("ip4-input", Icmp(Server, "203.0.113.1", 8, 5), Outside, prepare: handle => PacketBuffer.At(handle).Protection = Tunnel);
        _rig.Chassis.Plane.RunOnce();
        Assert.Equal(Tunnel, Assert.Single(_protector.Seen).Metadata.RequiredProtection);
    }

    [Fact]
    public void A_policy_that_names_a_tunnel_must_permit()
    {
        PolicySetRow row = new() { FromZone = Trust, ToZone = Untrust };
        row.Rules.Add(new PolicyRuleRow { Id = 1, Name = "p", Action = Action.Deny, Protection = "site" });
        Assert.Contains("does not permit", _rig.Chassis.Plane.SetRow("policy", $"{Trust}/{Untrust}", Google.Protobuf.MessageExtensions.ToByteArray(row)));
    }

    public void Dispose() => _rig.Dispose();

    private const uint PolicyTableUnknown = uint.MaxValue;

    private static PolicyRuleRow Named(uint id, bool inbound)
    {
        PolicyRuleRow rule = Rule(id, Action.Permit);
        rule.Protection = "site";
        rule.Inbound = inbound;
        return rule;
    }

    private bool LeavesProtected(uint ingress, byte[] packet, uint protection = Tunnel)
    {
        _protector.Seen.Clear();
        Assert.Empty(_rig.Send(ingress, packet));
        if (_protector.Seen.Count == 0)
        {
            return false;
        }

        (byte[] bytes, PacketBuffer metadata) = Assert.Single(_protector.Seen);
        Assert.Equal(protection, metadata.RequiredProtection);
        Assert.Equal(packet[8] - 1, bytes[8]);
        return true;
    }

    private bool Comes(byte[] packet, uint protection)
    {
        List<(uint Interface, byte[] Packet)> left = _rig.Send(Outside, packet, prepare: handle => PacketBuffer.At(handle).Protection = protection);
        Assert.All(left, l => Assert.Equal(Inside, l.Interface));
        return left.Count > 0;
    }
}
