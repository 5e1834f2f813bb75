using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Intents;

namespace RouterOS.Unit.Erx;

/// <summary>Multicast routing, DVMRP and the access lists that it names.</summary>
public sealed class MulticastTests
{
    private const string Running = """
        ip multicast-routing
        router dvmrp
        interface fastEthernet 1/0
         ip address 10.1.0.1 255.255.255.0
         ip dvmrp

        """;

    [Fact]
    public void Each_virtual_router_has_a_process_of_its_own()
    {
        IntentSet read = ErxText.Bind(
            "virtual-router default\n" + Running + "virtual-router lyon\nrouter dvmrp\n redistribute static metric 3\ninterface fastEthernet 1/1\n"
            + " ip address 10.1.0.1 255.255.255.0\n ip dvmrp\n").Intents;

        Assert.Equal(
            [("", true, 0u, "fastEthernet1/0"), ("lyon", false, 3u, "fastEthernet1/1")],
            read.Get<DvmrpIntent>().Processes.Select(p => (p.Instance, p.MulticastRouting, p.StaticMetric, p.Interfaces.Single().Name)));
        Assert.True(read.Get<MulticastIntent>().Routing);
    }

    [Fact]
    public void Filters_take_the_rules_of_their_lists_in_order()
    {
        const string Script = """
            access-list some deny 10.9.0.0 0.0.255.255
            access-list some permit 10.0.0.0 0.255.255.255
            access-list one permit host 10.1.0.7 log
            access-list other permit 192.0.2.1
            access-list all permit any

            """;
        DvmrpInterface read = ErxText.Bind(
            "virtual-router default\n" + Script + Running + " ip dvmrp accept-filter some 0 neighbor-list one\n ip dvmrp accept-filter other\n ip dvmrp announce-filter all\n").Intents
            .Get<DvmrpIntent>().Processes.Single().Interfaces.Single();

        Assert.Equal([(false, 0x0a090000u, 0xffffu), (true, 0x0a000000u, 0xffffffu)], read.Accept[0].Routes.Rules.Select(r => (r.Permit, r.Address, r.Wildcard)));
        Assert.Equal([(true, 0x0a010007u, 0u)], read.Accept[0].Neighbors.Rules.Select(r => (r.Permit, r.Address, r.Wildcard)));
        Assert.Equal([(true, 0xc0000201u, 0u)], read.Accept[1].Routes.Rules.Select(r => (r.Permit, r.Address, r.Wildcard)));
        Assert.Null(read.Accept[1].Neighbors);
        Assert.Equal([(true, 0u, uint.MaxValue)], read.Announce.Rules.Select(r => (r.Permit, r.Address, r.Wildcard)));
    }

    [Theory]
    [InlineData("ip dvmrp accept-filter nobody", "line 7 (virtual-router default interface fastEthernet 1/0 ip dvmrp accept-filter nobody): there is no access list 'nobody' in virtual router default")]
    [InlineData("ip dvmrp accept-filter some neighbor-list nobody", "line 7 (virtual-router default interface fastEthernet 1/0 ip dvmrp accept-filter some): there is no access list 'nobody' in virtual router default")]
    [InlineData("ip dvmrp announce-filter nobody", "line 7 (virtual-router default interface fastEthernet 1/0 ip dvmrp announce-filter): there is no access list 'nobody' in virtual router default")]
    [InlineData("ip dvmrp announce-filter long", "line 7 (virtual-router default interface fastEthernet 1/0 ip dvmrp announce-filter): access list 'long' has a rule with a destination ('ip any host 10.0.0.1'): routes and neighbors are one address each, which takes a standard list")]
    public void A_list_that_is_not_there_or_of_another_kind_is_refused_by_line_and_reason(string statement, string expected) => Assert.Contains(
        expected,
        ErxText.Bind("virtual-router default\n" + Running + $" {statement}\naccess-list some permit any\naccess-list long permit ip any host 10.0.0.1\n")
            .Findings.Where(f => f.Severity == Finding.Types.Severity.Error).Select(f => $"line {f.Source.Line} ({f.Source.Path}): {f.Message}"));

    [Theory]
    [InlineData("access-list a permit 10.0.0.0 0.255.255")]
    [InlineData("access-list a permit host")]
    [InlineData("access-list a permit ip 10.0.0.1 host 10.0.0.2")]
    [InlineData("access-list a allow any")]
    [InlineData("access-list thisNameIsLongerThanThirtyTwoLetters permit any")]
    public void What_is_no_rule_is_refused(string statement) => Assert.NotEmpty(ErxText.Complaints("virtual-router default\n" + statement + "\n"));

    [Fact]
    public void A_distance_above_zero_is_refused_with_the_reason() => Assert.Contains(
        "refused", string.Join('\n', ErxText.Check("virtual-router default\naccess-list some permit any\n" + Running + " ip dvmrp accept-filter some 7\n").Rows
            .Select(r => $"{r.Verdict.Kind.ToString().ToLowerInvariant()} {r.Verdict.Reason}")), StringComparison.Ordinal);

    [Fact]
    public async Task Rules_are_added_at_the_prompt_and_a_list_goes_whole()
    {
        using ErxSession session = new();
        _ = await session.Do(
            "enable", "configure terminal", "access-list some permit 10.0.0.0 0.255.255.255", "access-list some deny any", "access-list other permit any");
        Assert.Contains(
            "access-list some permit 10.0.0.0 0.255.255.255\naccess-list some deny any\n", await session.Do("end", "show configuration"), StringComparison.Ordinal);
        _ = await session.Do("configure terminal", "no access-list some", "end");
        string after = (await session.Run("show configuration")).Output;
        Assert.DoesNotContain("access-list some", after, StringComparison.Ordinal);
        Assert.Contains("access-list other permit any", after, StringComparison.Ordinal);
    }
}
