using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RouterOS.Multicast.Wire;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Multicast.Control;

/// <summary>The router around IGMP: packets out, the clock, the log, those who watch members.</summary>
internal sealed class MulticastRuntime(IControlContext context, MemberWatchers watchers) : IIgmpEnvironment
{
    /// <summary>Punt channel of IGMP.</summary>
    public const string Channel = "ip:2";

    private const byte IgmpProtocol = 2;
    private const byte InternetworkControl = 0xc0;
    private const int LinesPerWindow = 20;
    private const long Window = 10_000;

    private long _windowEnd;
    private int _lines;

    /// <inheritdoc/>
    public long Now => (long)context.Time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>An address as text.</summary>
    public static string Text(uint address) => new IPAddress(BinaryPrimitives.ReverseEndianness(address)).ToString();

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
        long now = Now;
        if (now >= _windowEnd)
        {
            if (_lines > LinesPerWindow)
            {
                MulticastLog.Suppressed(context.Log, _lines - LinesPerWindow);
            }

            _windowEnd = now + Window;
            _lines = 0;
        }

        if (++_lines > LinesPerWindow)
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
                MulticastLog.OtherQuerier(log, Text(address), name);
                break;
            case IgmpNotice.WrongVersion:
                MulticastLog.WrongVersion(log, Text(address), name, other);
                break;
            case IgmpNotice.OverLimit:
                MulticastLog.OverLimit(log, Text(address), name, other);
                break;
            case IgmpNotice.Spoofed:
                MulticastLog.Spoofed(log, Text(address), name);
                break;
            case IgmpNotice.Malformed:
                MulticastLog.Malformed(log, Text(address), name, ((IgmpError)other).ToString());
                break;
            default:
                break;
        }
    }
}
