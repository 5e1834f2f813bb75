using Google.Protobuf;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>Joins a module's agent to its forwarding plane: contracts on one side, the plane's own types on the other.</summary>
/// <remarks>Give <see cref="OnPunt"/> and <see cref="OnEvent"/> to the plane's options, then <see cref="Attach"/> the plane before it runs.</remarks>
public sealed class ForwardingModulePlane : IModulePlane
{
    private ForwardingPlane? _plane;

    /// <inheritdoc/>
    public Action<PuntPacket>? Punted { get; set; }

    /// <inheritdoc/>
    public Action<ModuleEvent>? Happened { get; set; }

    private ForwardingPlane Plane => _plane ?? throw new InvalidOperationException("no forwarding plane is attached");

    /// <summary>Takes the plane that answers from now on.</summary>
    public void Attach(ForwardingPlane plane) => _plane = plane;

    /// <summary>Receives the plane's punted packets.</summary>
    public void OnPunt(PuntedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Punted?.Invoke(new PuntPacket
        {
            Channel = packet.Channel,
            Instance = packet.Instance,
            Interface = packet.Interface,
            Source = packet.Source,
            Destination = packet.Destination,
            Protocol = packet.Protocol,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
            Payload = UnsafeByteOperations.UnsafeWrap(packet.Payload),
            Protection = packet.Protection,
            Ttl = packet.Ttl,
            TimeUnixNanoseconds = packet.UnixNanoseconds,
            Outbound = packet.IsOutbound,
            Source6 = BytesOf(packet.Source6),
            Destination6 = BytesOf(packet.Destination6),
        });
    }

    /// <summary>Receives the plane's events.</summary>
    public void OnEvent(ModuleNotice notice) => 
        Happened?.Invoke(new() { Table = notice.Table, Key = notice.Key, Name = notice.Name, Count = notice.Count });

    /// <inheritdoc/>
    public void Apply(string table, string key, ReadOnlyMemory<byte> row, Action<string?> done) => Plane.Apply(table, key, row, done);

    /// <inheritdoc/>
    public void Remove(string table, string key, Action<string?> done) => Plane.Remove(table, key, done);

    /// <inheritdoc/>
    public void Settle() => Plane.SweepRuntimeRows();

    /// <inheritdoc/>
    public void Snapshot(string table, string key, Action<IReadOnlyList<SnapshotRow>, bool> done) =>
        Plane.Snapshot(table, key, (rows, _) => done(rows, rows.Count > 0 || Plane.HasSnapshot(table)));

    /// <inheritdoc/>
    public void Inject(InjectPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Plane.Inject(new InjectedPacket
        {
            Instance = packet.Instance,
            Source = packet.Source,
            Destination = packet.Destination,
            Protocol = (byte)packet.Protocol,
            SourcePort = (ushort)packet.SourcePort,
            DestinationPort = (ushort)packet.DestinationPort,
            Payload = packet.Payload.Memory,
            Ttl = (byte)packet.Ttl,
            DontFragment = packet.DontFragment,
            RequiredProtection = packet.RequiredProtection,
            AvoidProtection = packet.AvoidProtection,
            Tos = (byte)packet.Tos,
            Source6 = AddressOf(packet.Source6),
            Destination6 = AddressOf(packet.Destination6),
            Interface = packet.Interface,
            RouterAlert = packet.RouterAlert,
        });
    }

    // No address is no bytes.
    private static ByteString BytesOf(UInt128 address)
    {
        if (address == 0)
        {
            return ByteString.Empty;
        }

        byte[] bytes = new byte[Ipv6Address.Length];
        Ipv6Address.Write(bytes, address);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static UInt128 AddressOf(ByteString bytes) => bytes.Length == Ipv6Address.Length ? Ipv6Address.Read(bytes.Span) : 0;
}
