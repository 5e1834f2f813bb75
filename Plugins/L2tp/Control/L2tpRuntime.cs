using RouterOS.Abstractions.Control;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Plugins;

namespace RouterOS.L2tp.Control;

/// <summary>The kernel's context as tunnels see it.</summary>
internal sealed class L2tpRuntime(IControlContext context) : IL2tpEnvironment
{
    private const uint Udp = 17;

    // Of the session's interface: what follows the IPv4 header is a frame.
    private const uint Frame = 255;

    /// <summary>Channel of messages that the modules do not take themselves.</summary>
    public const string Channel = "udp:1701";

    public DateTimeOffset Now => context.Time.GetUtcNow();

    public IMac Mac => context.Mac;

    public IDisposable After(TimeSpan delay, Action work) => context.Strand.Schedule(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, work);

    public uint InstanceOf(string virtualRouter) => context.Interfaces.FindInstance(virtualRouter) ?? uint.MaxValue;

    public void Fill(Span<byte> destination) => context.Random.Fill(destination);

    public void Send(TunnelEnds ends, byte[] payload) => context.Packets.Inject(new InjectPacket
    {
        Instance = ends.Instance,
        Source = ends.LocalAddress,
        Destination = ends.RemoteAddress,
        Protocol = Udp,
        SourcePort = ends.LocalPort,
        DestinationPort = ends.RemotePort,
        Payload = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(payload),
        RequiredProtection = ends.Protection,
    });

    public void SendFrame(InnerEnds ends, ReadOnlySpan<byte> frame) => context.Packets.Inject(new InjectPacket
    {
        Instance = ends.Instance,
        Source = ends.Local,
        Destination = ends.Peer,
        Protocol = Frame,
        Payload = Google.Protobuf.ByteString.CopyFrom(frame),
    });

    /// <summary>The ends of a datagram as a tunnel of ours sees them.</summary>
    public static TunnelEnds EndsOf(PuntPacket packet) => new(
        packet.Destination, L2tpHeader.Port, packet.Source, (ushort)packet.SourcePort, packet.Protection, packet.Instance);
}
