using Google.Protobuf;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Plane;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>Joins the agent to a <see cref="ForwardingPlane"/>.</summary>
/// <remarks>
/// The plane takes its callbacks when it is made: give it <see cref="Punt"/> as <c>OnPunt</c> and <see cref="Notice"/> as
/// <c>OnEvent</c>, then call <see cref="Connect"/>.
/// </remarks>
public sealed class PlaneLink : IModulePlane
{
    private ForwardingPlane? _plane;

    /// <inheritdoc/>
    public Action<PuntPacket>? Punted { get; set; }

    /// <inheritdoc/>
    public Action<ModuleEvent>? Happened { get; set; }

    private ForwardingPlane Plane => _plane ?? throw new InvalidOperationException("The link is not connected to a plane.");

    /// <summary>Names the plane; once, before the agent serves.</summary>
    public void Connect(ForwardingPlane plane) => _plane = plane;

    /// <summary>Takes a punted packet on the worker's thread.</summary>
    public void Punt(PuntedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Punted?.Invoke(new()
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
        });
    }

    /// <summary>Takes an event on the worker's thread.</summary>
    public void Notice(ModuleNotice notice) =>
        Happened?.Invoke(new() { Table = notice.Table, Key = notice.Key, Name = notice.Name, Count = notice.Count });

    /// <inheritdoc/>
    public void Apply(string table, string key, ReadOnlyMemory<byte> row, Action<string?> done) =>
        Post(() => Plane.SetRow(table, key, row.Span), done);

    /// <inheritdoc/>
    public void Remove(string table, string key, Action<string?> done) => Post(
        () =>
        {
            Plane.RemoveRow(table, key);
            return null;
        },
        done);

    /// <inheritdoc/>
    public void Snapshot(string table, string key, Action<SnapshotReply?> done)
    {
        SnapshotReply reply = new();
        Post(
            () =>
            {
                foreach (SnapshotRow row in Plane.Snapshot(table, key))
                {
                    reply.Rows.Add(new Row { Table = table, Key = row.Key, Value = UnsafeByteOperations.UnsafeWrap(row.Value) });
                }

                return null;
            },
            error => done(error is null ? reply : null));
    }

    /// <inheritdoc/>
    public void Inject(InjectPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Plane.Inject(new()
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
        });
    }

    private void Post(Func<string?> work, Action<string?> done) => Plane.Post(() =>
    {
        string? error;
        try
        {
            error = work();
        }
        catch (Exception e)
        {
            // A bug of one table must not stop the worker, which carries everybody's traffic.
            error = $"{e.GetType().Name}: {e.Message}";
        }

        done(error);
    });
}
