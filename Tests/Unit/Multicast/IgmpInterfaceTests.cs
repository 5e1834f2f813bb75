using RouterOS.Multicast.Control;
using RouterOS.Multicast.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Unit.Multicast;

public sealed class IgmpInterfaceTests
{
    [Fact]
    public void The_querier_asks_twice_at_first_and_then_every_interval()
    {
        IgmpRig rig = new();
        rig.Run(0.1);
        Assert.Single(rig.Sent);
        rig.Run(31.3);
        Assert.Equal(2, rig.Sent.Count);
        rig.Run(125);
        Assert.Equal(3, rig.Sent.Count);
        Assert.All(rig.Sent, s => Assert.Equal(IgmpInterface.AllSystems, s.Destination));
    }

    [Fact]
    public void A_member_is_forgotten_when_it_does_not_report_again()
    {
        IgmpRig rig = new();
        rig.Join();
        Assert.False(Assert.Single(rig.Changes).Gone);
        rig.Run(200);
        rig.Join();
        rig.Run(259);
        Assert.NotNull(rig.Members);
        rig.Run(2);
        Assert.Null(rig.Members);
        Assert.True(rig.Changes[^1].Gone);
    }

    [Fact]
    public void The_last_member_that_leaves_is_asked_for_twice_and_gone_after_two_seconds()
    {
        IgmpRig rig = new();
        rig.Join();
        rig.Run(1);
        rig.Sent.Clear();
        rig.Leave();
        Assert.Equal(IgmpRig.Group, Assert.Single(rig.Sent).Destination);
        rig.Run(1.5);
        Assert.Equal(2, rig.Sent.Count);
        Assert.NotNull(rig.Members);
        rig.Run(1);
        Assert.Null(rig.Members);
    }

    [Fact]
    public void Another_member_that_answers_keeps_the_group()
    {
        IgmpRig rig = new();
        rig.Join();
        rig.Leave();
        rig.Run(0.5);
        rig.Join(source: IgmpRig.Host + 1);
        rig.Run(100);
        Assert.NotNull(rig.Members);
        Assert.Single(rig.Changes);
    }

    [Fact]
    public void A_leave_is_not_believed_while_a_host_of_version_1_may_be_there()
    {
        IgmpRig rig = new();
        rig.Join(version: 1);
        rig.Leave();
        rig.Run(10);
        Assert.NotNull(rig.Members);
        Assert.Equal(1, rig.Members.Version(rig.Now));
        rig.Run(251);
        Assert.Null(rig.Members);
    }

    [Fact]
    public void Immediate_leave_asks_nobody()
    {
        IgmpRig rig = new(new Igmp { ImmediateLeave = true });
        rig.Join();
        rig.Sent.Clear();
        rig.Leave();
        Assert.Null(rig.Members);
        Assert.Empty(rig.Sent);
    }

    [Fact]
    public void The_lower_address_asks_and_is_taken_over_from_when_it_is_silent()
    {
        IgmpRig rig = new();
        rig.Run(1);
        rig.Hear(IgmpWriter.Query(2, 0, 100), IgmpRig.Own + 1, IgmpInterface.AllSystems);
        Assert.True(rig.Interface.IsQuerier);
        rig.Hear(IgmpWriter.Query(2, 0, 100), IgmpRig.Own - 1, IgmpInterface.AllSystems);
        Assert.False(rig.Interface.IsQuerier);
        rig.Sent.Clear();
        rig.Run(254);
        Assert.Empty(rig.Sent);
        rig.Run(2);
        Assert.True(rig.Interface.IsQuerier);
        Assert.Single(rig.Sent);
    }

    [Fact]
    public void Who_does_not_ask_lowers_its_timers_when_the_querier_asks_for_a_group()
    {
        IgmpRig rig = new();
        rig.Join();
        rig.Hear(IgmpWriter.Query(2, 0, 100), IgmpRig.Own - 1, IgmpInterface.AllSystems);
        rig.Leave();
        rig.Run(10);
        Assert.NotNull(rig.Members);
        rig.Hear(IgmpWriter.Query(2, IgmpRig.Group, 10), IgmpRig.Own - 1);
        rig.Run(2.1);
        Assert.Null(rig.Members);
    }

    [Fact]
    public void Sources_are_told_apart_in_version_3()
    {
        IgmpRig rig = new(new Igmp { Version = 3 });
        rig.Report(GroupRecordType.Allow, 1, 2);
        Assert.Equal([1u, 2u], rig.Changes[^1].Sources);
        Assert.False(rig.Changes[^1].Exclude);
        rig.Report(GroupRecordType.Block, 1);
        rig.Run(2.1);
        Assert.Equal([2u], rig.Changes[^1].Sources);
        rig.Report(GroupRecordType.ToExclude, 2, 3);
        Assert.True(rig.Changes[^1].Exclude);
        // 2 was wanted and is asked about; nobody had asked for 3.
        Assert.Equal([3u], rig.Changes[^1].Sources);
        rig.Run(2.1);
        Assert.Equal([2u, 3u], rig.Changes[^1].Sources);
        rig.Report(GroupRecordType.ToInclude);
        rig.Run(2.1);
        Assert.True(rig.Changes[^1].Gone);
    }

    [Fact]
    public void A_report_of_version_3_is_not_understood_by_a_lower_one()
    {
        IgmpRig rig = new();
        rig.Report(GroupRecordType.IsExclude);
        Assert.Empty(rig.Changes);
        Assert.Equal(1u, rig.Interface.Counters.UnknownTypes);
    }

    [Fact]
    public void What_is_not_of_the_link_is_not_believed()
    {
        IgmpRig rig = new();
        rig.Join(source: 0x0a020001);
        rig.Hear(IgmpWriter.Simple(IgmpType.ReportVersion2, IgmpRig.Group), ttl: 2);
        rig.Hear(IgmpWriter.Simple(IgmpType.ReportVersion2, IgmpRig.Group), destination: IgmpRig.Group + 1);
        Assert.Empty(rig.Changes);
        Assert.Equal(3u, rig.Interface.Counters.Ignored);
        Assert.Equal([IgmpNotice.Spoofed, IgmpNotice.Spoofed], rig.Notices.Where(n => n == IgmpNotice.Spoofed));
    }

    [Fact]
    public void Groups_and_sources_are_bounded()
    {
        IgmpRig rig = new(new Igmp { Version = 3, GroupLimit = 2 });
        for (uint i = 0; i < 5; i++)
        {
            rig.Hear(IgmpWriter.Report((GroupRecordType.IsExclude, IgmpRig.Group + i, [])), destination: 0xe0000016);
        }

        Assert.Equal(2, rig.Interface.Groups.Count);
        Assert.Equal(3u, rig.Interface.Counters.OverLimit);
        rig.Report(GroupRecordType.Allow, [.. Enumerable.Range(1, 500).Select(i => (uint)i)]);
        Assert.True(rig.Members!.Sources.Count <= IgmpGroup.MaximumSources);
        Assert.True(rig.Members.Exclude);
    }

    [Fact]
    public void Static_groups_and_the_routers_own_are_there_without_hosts()
    {
        IgmpRig rig = new();
        rig.Configure(new Igmp { StaticGroups = { new StaticGroup { Group = IgmpRig.Group } } }, own: 0xe0000004);
        Assert.False(Assert.Single(rig.Changes).Gone);
        rig.Run(1);
        Assert.Contains(rig.Sent, s => s.Destination == 0xe0000004 && s.Bytes[0] == (byte)IgmpType.ReportVersion2);
        rig.Configure(new Igmp());
        Assert.True(rig.Changes[^1].Gone);
    }
}
