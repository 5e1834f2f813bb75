using RouterOS.Dvmrp.Control;
using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Unit.Dvmrp;

/// <summary>One router with two links and neighbours that are played by the test.</summary>
internal sealed class DvmrpRig : IDvmrpEnvironment
{
    public const uint Up = 0x0a010002;
    public const uint Down = 0x0a020002;
    public const uint Source = 0x0a630001;
    public const uint Group = 0xef010203;

    public DvmrpRig()
    {
        Router = new DvmrpRouter(this);
        Router.State.Intent.Enabled = true;
        foreach (uint index in new uint[] { 1, 2 })
        {
            DvmrpInterface link = new($"if{index}") { Index = index, Address = 0x0a000001 | (index << 16), PrefixLength = 24, IsUp = true };
            Router.State.Interfaces.Add(index, link);
            Router.Reporter.SetOwn(link.Network, 24, index, 1, isImported: false);
        }
    }

    public DvmrpRouter Router { get; }

    public long Now { get; private set; }

    public List<(uint Interface, uint Destination, byte[] Bytes)> Sent { get; } = [];

    public Dictionary<(uint Source, uint Group), (uint Incoming, uint[] Outgoing)> Rows { get; } = [];

    public List<DvmrpNotice> Notices { get; } = [];

    public void Meet(uint index, uint neighbor, uint generation = 1) => Router.Receive(
        index, neighbor, DvmrpWriter.Probe(DvmrpCapabilities.Prune, generation, [Router.State.Interfaces[index].Address]));

    public void Tell(MembersChange change)
    {
        Router.State.Members.Take(change);
        Router.MembersChanged(change);
    }

    public void Report(uint index, uint neighbor, params ReportedRoute[] routes)
    {
        foreach (byte[] report in DvmrpReport.Write(routes))
        {
            Router.Receive(index, neighbor, report);
        }
    }

    /// <summary>A neighbour upstream with a route to the source, and one downstream that depends on this router for it.</summary>
    public DvmrpRig WithTree()
    {
        Meet(1, Up);
        Meet(2, Down);
        Report(1, Up, new ReportedRoute(Source & 0xffffff00, 24, 1));
        Report(2, Down, new ReportedRoute(Source & 0xffffff00, 24, 35));
        return this;
    }

    /// <summary>Lets time pass, a second at a time; neighbours that are named go on probing.</summary>
    public void Run(int seconds, params (uint Interface, uint Neighbor)[] alive)
    {
        for (int i = 0; i < seconds; i++)
        {
            Now += 1000;
            foreach ((uint index, uint neighbor) in alive)
            {
                Meet(index, neighbor);
            }

            Router.Run();
        }
    }

    public IEnumerable<DvmrpCode> Codes(uint index) => Sent.Where(s => s.Interface == index).Select(s => (DvmrpCode)s.Bytes[1]);

    public uint InstanceOf(uint index) => 0;

    public void Send(DvmrpInterface link, uint destination, byte[] message) => Sent.Add((link.Index, destination, message));

    public void Program(DvmrpEntry entry) => Rows[(entry.Source, entry.Group)] = (entry.Incoming, [.. entry.Outgoing.Keys]);

    public void Withdraw(DvmrpEntry entry) => Rows.Remove((entry.Source, entry.Group));

    public void Tell(DvmrpNotice notice, string name, uint address, int number) => Notices.Add(notice);
}
