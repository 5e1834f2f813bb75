using Google.Protobuf;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Radius.Control;

/// <summary>The world through the kernel's services: datagrams are injected into the modules, the log is the plugin's.</summary>
internal sealed class RadiusEnvironment(IControlContext context) : IRadiusEnvironment
{
    private const uint Udp = 17;

    /// <inheritdoc/>
    public DateTimeOffset Now => context.Time.GetUtcNow();

    /// <inheritdoc/>
    public IDisposable After(TimeSpan delay, Action work) => context.Strand.Schedule(delay, work);

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => context.Random.Fill(bytes);

    /// <inheritdoc/>
    public uint InstanceOf(string virtualRouter) => context.Interfaces.FindInstance(virtualRouter) ?? uint.MaxValue;

    /// <inheritdoc/>
    public uint SourceTowards(uint instance, uint server)
    {
        RouteState? route = context.Routes.Lookup(instance, Ipv4Number.ToAddress(server));
        InterfaceState? egress = route is null || route.Interface.Length == 0 ? null : context.Interfaces.Find(route.Interface);
        return egress is null || egress.Addresses.Count == 0 ? 0 : Ipv4Number.Of(egress.Addresses[0].Address);
    }

    /// <inheritdoc/>
    public void Send(uint instance, uint source, ushort sourcePort, uint destination, ushort destinationPort, byte[] packet) =>
        context.Packets.Inject(new InjectPacket
        {
            Instance = instance,
            Source = source,
            Destination = destination,
            Protocol = Udp,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Payload = UnsafeByteOperations.UnsafeWrap(packet),
        });

    /// <inheritdoc/>
    public void ServerIsSilent(RadiusServer server) =>
        RadiusLog.Silent(context.Log, server.Policy.Name, server.Policy.Origin.Path, server.Policy.Origin.Line);

    /// <inheritdoc/>
    public void ServerIsBack(RadiusServer server) => RadiusLog.Back(context.Log, server.Policy.Name);

    /// <inheritdoc/>
    public void AnswerIsForged(RadiusServer server, bool withoutProof)
    {
        if (withoutProof)
        {
            RadiusLog.NoMessageAuthenticator(context.Log, server.Policy.Name, server.Policy.Origin.Path, server.Policy.Origin.Line);
        }
        else
        {
            RadiusLog.WrongAuthenticator(context.Log, server.Policy.Name, server.Policy.Origin.Path, server.Policy.Origin.Line);
        }
    }
}
