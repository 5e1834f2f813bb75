using RouterOS.Multicast.Control;
using RouterOS.Multicast.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Unit.Multicast;

/// <summary>One interface with IGMP on a clock that is moved by hand.</summary>
internal sealed class IgmpRig : IIgmpEnvironment
{
    public const uint Own = 0x0a010001;
    public const uint Host = 0x0a01000a;
    public const uint Group = 0xef010203;

    public IgmpRig(Igmp? igmp = null)
    {
        Interface = new IgmpInterface(this, "fastEthernet1/0");
        Configure(igmp ?? new Igmp());
    }

    public IgmpInterface Interface { get; }

    public long Now { get; private set; }

    public List<(uint Destination, byte[] Bytes)> Sent { get; } = [];

    public List<MembersChange> Changes { get; } = [];

    public List<IgmpNotice> Notices { get; } = [];

    public IgmpGroup? Members => Interface.Groups.GetValueOrDefault(Group);

    public void Configure(Igmp igmp, bool isUp = true, params uint[] own) => Interface.Configure(
        new MulticastInterface { Name = "fastEthernet1/0", Forwards = true, Igmp = igmp }, own.ToHashSet(), 7, Own, 24, isUp);

    public void Hear(byte[] message, uint source = Host, uint? destination = null, byte ttl = 1) =>
        Interface.Receive(source, destination ?? Group, ttl, message);

    public void Join(int version = 2, uint source = Host) =>
        Hear(IgmpWriter.Simple(version == 1 ? IgmpType.ReportVersion1 : IgmpType.ReportVersion2, Group), source);

    public void Leave() => Hear(IgmpWriter.Simple(IgmpType.Leave, Group), destination: 0xe0000002);

    public void Report(GroupRecordType type, params uint[] sources) => Hear(IgmpWriter.Report((type, Group, sources)), destination: 0xe0000016);

    /// <summary>Lets time pass, doing what is due at the time it is due.</summary>
    public void Run(double seconds)
    {
        long end = Now + (long)(seconds * 1000);
        while (Interface.Due <= end)
        {
            Now = Math.Max(Now, Interface.Due);
            Interface.Run();
        }

        Now = end;
    }

    public void Send(IgmpInterface from, uint destination, byte[] message) => Sent.Add((destination, message));

    public long Random(long limit) => 0;

    public void Changed(MembersChange change) => Changes.Add(change);

    public void Tell(IgmpNotice notice, string name, uint address, uint other) => Notices.Add(notice);
}
