using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RouterOS.Multicast.Wire;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Multicast.Control;

/// <summary>The router around IGMP: packets out, the clock, the log, those who watch members.</summary>
internal sealed class MulticastRuntime(IControlContext context, MemberWatchers watchers) : IIgmpEnvironment
{
    /// <summary>Punt channel of IGMP.</summary>
    public const string Channel = "ip:2";

    private const byte IgmpProtocol = 2;
    private const byte InternetworkControl = 0xc0;

    private readonly LogBudget _budget = new(20, TimeSpan.FromSeconds(10));

    /// <inheritdoc/>
    public long Now => (long)context.Time.GetElapsedTime(0).TotalMilliseconds;

    /// <inheritdoc/>
    public void Send(IgmpInterface from, uint destination, byte[] message) => context.Packets.Inject(new InjectPacket
    {
        Instance = context.Interfaces.Find(from.Index)?.Instance ?? 0,
        Interface = from.Index,
        Source = from.Address,
        Destination = destination,
        Protocol = IgmpProtocol,
        Payload = UnsafeByteOperations.UnsafeWrap(message),
        Ttl = 1,
        Tos = InternetworkControl,
        RouterAlert = true,
    });

    /// <inheritdoc/>
    public long Random(long limit)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        context.Random.Fill(bytes);
        return (long)(BitConverter.ToUInt64(bytes) % (ulong)Math.Max(limit, 1));
    }

    /// <inheritdoc/>
    public void Changed(MembersChange change) => watchers.Tell(change);

    /// <inheritdoc/>
    public void Tell(IgmpNotice notice, string name, uint address, uint other)
    {
        bool may = _budget.Take(TimeSpan.FromMilliseconds(Now), out int leftOut);
        if (leftOut > 0)
        {
            MulticastLog.Suppressed(context.Log, leftOut);
        }

        if (!may)
        {
            return;
        }

        ILogger log = context.Log;
        switch (notice)
        {
            case IgmpNotice.Querier:
                MulticastLog.Querier(log, name);
                break;
            case IgmpNotice.OtherQuerier:
                MulticastLog.OtherQuerier(log, Ipv4Number.Text(address), name);
                break;
            case IgmpNotice.WrongVersion:
                MulticastLog.WrongVersion(log, Ipv4Number.Text(address), name, other);
                break;
            case IgmpNotice.OverLimit:
                MulticastLog.OverLimit(log, Ipv4Number.Text(address), name, other);
                break;
            case IgmpNotice.Spoofed:
                MulticastLog.Spoofed(log, Ipv4Number.Text(address), name);
                break;
            case IgmpNotice.Malformed:
                MulticastLog.Malformed(log, Ipv4Number.Text(address), name, ((IgmpError)other).ToString());
                break;
            default:
                break;
        }
    }
}
