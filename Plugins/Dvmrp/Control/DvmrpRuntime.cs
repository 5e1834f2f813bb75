using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Dvmrp.Control;

/// <summary>The router around DVMRP: packets out, rows into the modules, the clock, the log.</summary>
internal sealed class DvmrpRuntime(IControlContext context) : IDvmrpEnvironment
{
    /// <summary>Table of entries.</summary>
    public const string Table = "multicast-route";

    private const byte IgmpProtocol = 2;
    private const byte InternetworkControl = 0xc0;

    private readonly Dictionary<string, RouteRow> _written = new(StringComparer.Ordinal);
    private readonly LogBudget _budget = new(20, TimeSpan.FromSeconds(10));

    /// <inheritdoc/>
    public long Now => (long)context.Time.GetElapsedTime(0).TotalMilliseconds;

    /// <inheritdoc/>
    public uint InstanceOf(uint index) => context.Interfaces.Find(index)?.Instance ?? 0;

    /// <inheritdoc/>
    public void Send(DvmrpInterface link, uint destination, byte[] message) => context.Packets.Inject(new InjectPacket
    {
        Instance = InstanceOf(link.Index),
        Interface = link.Index,
        Source = link.Address,
        Destination = destination,
        Protocol = IgmpProtocol,
        Payload = UnsafeByteOperations.UnsafeWrap(message),
        Ttl = 1,
        Tos = InternetworkControl,
    });

    /// <inheritdoc/>
    public void Program(DvmrpEntry entry)
    {
        RouteRow row = new() { Instance = entry.Instance, Source = entry.Source, Group = entry.Group, Incoming = entry.Incoming };
        row.Outgoing.Add(entry.Outgoing.Keys);
        string key = KeyOf(entry);
        if (!row.Equals(_written.GetValueOrDefault(key)))
        {
            _written[key] = row;
            _ = context.Tables.Set(Table, key, row);
        }
    }

    /// <inheritdoc/>
    public void Withdraw(DvmrpEntry entry)
    {
        string key = KeyOf(entry);
        if (_written.Remove(key))
        {
            _ = context.Tables.Remove(Table, key);
        }
    }

    /// <inheritdoc/>
    public void Tell(DvmrpNotice notice, string name, uint address, int number)
    {
        bool may = _budget.Take(TimeSpan.FromMilliseconds(Now), out int leftOut);
        if (leftOut > 0)
        {
            DvmrpLog.Suppressed(context.Log, leftOut);
        }

        if (may)
        {
            Write(context.Log, notice, name, Ipv4Number.Text(address), number);
        }
    }

    private static string KeyOf(DvmrpEntry entry) => $"{entry.Instance}/{Ipv4Number.Text(entry.Source)}/{Ipv4Number.Text(entry.Group)}";

    private static void Write(ILogger log, DvmrpNotice notice, string name, string address, int number)
    {
        switch (notice)
        {
            case DvmrpNotice.NeighborUp:
                DvmrpLog.NeighborUp(log, address, name);
                break;
            case DvmrpNotice.NeighborDown:
                DvmrpLog.NeighborDown(log, address, name);
                break;
            case DvmrpNotice.NeighborRestarted:
                DvmrpLog.NeighborRestarted(log, address, name);
                break;
            case DvmrpNotice.Malformed:
                DvmrpLog.Malformed(log, address, name, ((DvmrpError)number).ToString());
                break;
            case DvmrpNotice.Spoofed:
                DvmrpLog.Spoofed(log, address, name);
                break;
            case DvmrpNotice.BadRoutes:
                DvmrpLog.BadRoutes(log, number, address, name);
                break;
            case DvmrpNotice.NeighborLimit:
                DvmrpLog.NeighborLimit(log, address, name, number);
                break;
            case DvmrpNotice.RouteLimit:
                DvmrpLog.RouteLimit(log, address, name, number);
                break;
            case DvmrpNotice.RouteHog:
                DvmrpLog.RouteHog(log, number, address, name);
                break;
            case DvmrpNotice.EntryLimit:
                DvmrpLog.EntryLimit(log, address, number);
                break;
            default:
                break;
        }
    }
}
