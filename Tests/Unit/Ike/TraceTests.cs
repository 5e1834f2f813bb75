using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class TraceTests
{
    [Fact]
    public void Trace_shows_messages_states_timers_and_why_a_negotiation_failed()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0] = Lab.Phase1(Cipher.TripleDesCbc, 24, RouterOS.Proto.Ike.V1.Hash.Md5, 2);
        lab.LeftIntent.Trace = new Trace { File = "kmd", Flags = { "ike", "timer" } };
        lab.RightIntent.Trace = new Trace { File = "kmd", Flags = { "policy-manager" } };
        lab.Start();
        lab.Network.RunSeconds(5);
        IReadOnlyList<string> left = lab.Left.Traced.Lines("kmd")!;
        Assert.Contains(left, l => l.Contains(
            "sent to 198.51.100.2:500, local 198.51.100.1:500: IdentityProtection ", StringComparison.Ordinal)
            && l.Contains(", SecurityAssociation ", StringComparison.Ordinal));
        Assert.Contains(left, l => l.EndsWith("main mode with 198.51.100.2: Idle, event Begin: Message1Sent", StringComparison.Ordinal));
        Assert.Contains(left, l => l.EndsWith("main mode with 198.51.100.2: next attempt in 1 s", StringComparison.Ordinal));
        string line = Assert.Single(lab.Right.Traced.Lines("kmd")!);
        Assert.Contains("phase 1 with 198.51.100.1 (gateway ", line, StringComparison.Ordinal);
        Assert.Contains("failed: Proposal: phase 1 proposals do not match: they offer 3des-cbc/md5/group2, we accept ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_shows_what_is_kept_what_the_network_does_and_where_next_hops_lead()
    {
        Lab lab = new();
        lab.LeftIntent.Trace = new Trace { File = "kmd", Flags = { "database", "routing-socket", "next-hop-tunnels" } };
        lab.LeftVpn.NextHops.Add("10.9.0.2");
        lab.Up();
        lab.Left.NetworkChanged();
        lab.Network.RunSeconds(1);
        IReadOnlyList<string> lines = lab.Left.Traced.Lines("kmd")!;
        Assert.Contains(lines, l => l.Contains("phase1.", StringComparison.Ordinal) && l.EndsWith(" written", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("interfaces or routes have changed: 1 gateways look at their ways anew", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("next hops 10.9.0.2 of ", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_traced_unless_it_is_asked_for_and_keys_never_are()
    {
        Lab silent = new Lab().Up();
        Assert.Empty(silent.Left.Traced.Names);
        Lab lab = new();
        lab.LeftIntent.Trace = new Trace { File = "kmd", Flags = { "all" } };
        lab.Up();
        string all = string.Join('\n', lab.Left.Traced.Lines("kmd")!);
        Assert.Contains("encrypted", all, StringComparison.Ordinal);
        Assert.Contains("configuration applied: 1 gateways, 1 VPNs", all, StringComparison.Ordinal);
        Assert.DoesNotContain(lab.LeftGateway.PreSharedKey.ToStringUtf8(), all, StringComparison.Ordinal);
    }
}
