using System.Buffers.Binary;
using System.Net;
using RouterOS.Dvmrp.Wire;
using RouterOS.Multicast.Wire;
using RouterOS.Scenario.Simulated;
using RouterOS.Sdk.Network;

namespace RouterOS.Scenario.Dvmrp;

/// <summary>E Series routers with DVMRP, a source that sends numbered packets, and a host that joins, answers and leaves.</summary>
internal sealed class DvmrpNetwork : IDisposable
{
    public const string Group = "239.1.2.3";

    private const uint GroupNumber = 0xef010203;
    private const double BetweenReports = 30;

    private SimulatedHost? _source;
    private SimulatedHost? _receiver;
    private double _nextReport;
    private uint _number;

    public SimulatedNetwork Network { get; } = new();

    /// <summary>The receiving host has joined, and says so twice a minute.</summary>
    public bool IsMember { get; private set; }

    public void Dispose() => Network.Dispose();

    public SimulatedRouter Router(string name, params (string Port, string Address, string More)[] interfaces) => Network.Router(
        name,
        "erx1440",
        $"hostname {name}\nvirtual-router default\nip multicast-routing\nrouter dvmrp\n" + string.Concat(interfaces.Select(
            i => $"interface {i.Port}\n ip address {i.Address} 255.255.255.0\n ip igmp\n ip dvmrp\n{i.More}")));

    public void Hosts(SimulatedRouter near, string nearPort, SimulatedRouter far, string farPort)
    {
        _source = Network.Host("10.1.0.10", "10.1.0.1", near, nearPort);
        _receiver = Network.Host("10.3.0.10", "10.3.0.1", far, farPort);
    }

    public void Join()
    {
        IsMember = true;
        Tell(IgmpType.ReportVersion2);
    }

    public void Leave()
    {
        IsMember = false;
        Tell(IgmpType.Leave);
    }

    /// <summary>Sends for so long, ten packets a second unless told otherwise.</summary>
    public void Send(double seconds, double between = 0.1)
    {
        for (int i = 0; i < Math.Round(seconds / between); i++)
        {
            byte[] payload = new byte[12];
            BinaryPrimitives.WriteUInt16BigEndian(payload, 5000);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), 5000);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), 12);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(8), _number++);
            _source!.Send(Group, 17, payload, ttl: 16);
            Network.Run(between);
            _nextReport -= between;
            if (IsMember && _nextReport <= 0)
            {
                Tell(IgmpType.ReportVersion2);
            }
        }
    }

    /// <summary>Packets of the group heard since the last question.</summary>
    public int Heard()
    {
        int count = _receiver!.Heard.Count(p => p[9] == 17);
        _receiver.Heard.Clear();
        return count;
    }

    /// <summary>The receiving host says that it is a DVMRP router that hears <paramref name="router"/> and comes by it to a network.</summary>
    public void PlayNeighbor(string router, string network, int length)
    {
        const int PoisonReverse = 35;
        uint heard = Ipv4Number.Of(IPAddress.Parse(router));
        _receiver!.Send("224.0.0.4", 2, DvmrpWriter.Probe(DvmrpCapabilities.Prune | DvmrpCapabilities.Generation, 1, [heard]), ttl: 1);
        foreach (byte[] report in DvmrpReport.Write([new ReportedRoute(Ipv4Number.Of(IPAddress.Parse(network)), length, PoisonReverse)]))
        {
            _receiver.Send("224.0.0.4", 2, report, ttl: 1);
        }
    }

    /// <summary>The same does not want the packets of a source for so many seconds.</summary>
    public void PlayPrune(string router, string source, uint seconds) =>
        _receiver!.Send(router, 2, DvmrpWriter.Prune(Ipv4Number.Of(IPAddress.Parse(source)), GroupNumber, seconds), ttl: 1);

    private void Tell(IgmpType type)
    {
        _nextReport = BetweenReports;
        _receiver!.Send(type == IgmpType.Leave ? "224.0.0.2" : Group, 2, IgmpWriter.Simple(type, GroupNumber), ttl: 1);
    }
}
