using Grpc.Core;
using RouterOS.Core.Strands;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Tables;

/// <summary>The chassis' modules as one: events and punted packets to whoever subscribed, snapshots and injected packets to all.</summary>
/// <remarks>Runs on the strand of the clients; <see cref="ModuleView"/> and <see cref="ControlPackets"/> are what plugins see of it.</remarks>
public sealed class ModuleSet(Strand strand)
{
    private readonly List<ModuleClient> _clients = [];
    private readonly Lock _gate = new();
    private readonly List<(string Table, IStrand Strand, Action<ModuleEvent> Handler)> _watchers = [];
    private readonly List<(string Channel, IStrand Strand, Action<PuntPacket> Handler)> _listeners = [];

    /// <summary>Raised on the strand when a module has attached.</summary>
    public event Action<ModuleClient, ModuleDescription>? Attached;

    /// <summary>Raised on the strand when a module is lost, with the reason.</summary>
    public event Action<ModuleClient, string>? Detached;

    /// <summary>The modules' clients.</summary>
    public IReadOnlyList<ModuleClient> Clients => _clients;

    /// <summary>Packets that nobody subscribed to.</summary>
    public long UnclaimedPunts { get; private set; }

    /// <summary>Adds a module, before any has started.</summary>
    public void Add(ModuleClient client)
    {
        _clients.Add(client);
        client.Happened += Dispatch;
        client.Punted += Dispatch;
        client.Attached += description => Attached?.Invoke(client, description);
        client.Detached += reason => Detached?.Invoke(client, reason);
    }

    /// <summary>Starts all modules.</summary>
    public void Start() => _clients.ForEach(client => client.Start());

    /// <summary>Stops all modules' clients.</summary>
    public async Task Stop()
    {
        foreach (ModuleClient client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>Forgets the subscriptions of a strand that has ended.</summary>
    public void Forget(IStrand subscriber)
    {
        lock (_gate)
        {
            _watchers.RemoveAll(w => w.Strand == subscriber);
            _listeners.RemoveAll(l => l.Strand == subscriber);
        }
    }

    internal void Watch(string table, IStrand subscriber, Action<ModuleEvent> handler)
    {
        lock (_gate)
        {
            _watchers.Add((table, subscriber, handler));
        }
    }

    internal void Listen(string channel, IStrand subscriber, Action<PuntPacket> handler)
    {
        lock (_gate)
        {
            _listeners.Add((channel, subscriber, handler));
        }
    }

    internal void Inject(InjectPacket packet) => strand.Post(() =>
    {
        // One module owns the ports of a chassis today; with more, the egress route will choose.
        (_clients.Find(client => client.Description is not null) ?? _clients.FirstOrDefault())?.Inject(packet);
    });

    internal async Task<List<Row>> Snapshot(string table, string key)
    {
        List<Row> rows = [];
        foreach (ModuleClient client in AttachedClients())
        {
            rows.AddRange(await client.Snapshot(table, key));
        }

        return rows;
    }

    internal async Task<IReadOnlyList<ModuleDescription>> Describe()
    {
        List<ModuleDescription> descriptions = [];
        foreach (ModuleClient client in _clients.Where(client => client.Description is not null))
        {
            descriptions.Add(await client.Describe());
        }

        return descriptions;
    }

    private ModuleClient[] AttachedClients()
    {
        ModuleClient[] attached = [.. _clients.Where(client => client.Description is not null)];
        return attached.Length > 0 ? attached : throw new RpcException(new(StatusCode.Unavailable, "No module is attached."));
    }

    private void Dispatch(ModuleEvent happened)
    {
        lock (_gate)
        {
            foreach ((string table, IStrand subscriber, Action<ModuleEvent> handler) in _watchers)
            {
                if (table == happened.Table)
                {
                    subscriber.Post(() => handler(happened));
                }
            }
        }
    }

    private void Dispatch(PuntPacket packet)
    {
        bool claimed = false;
        lock (_gate)
        {
            foreach ((string channel, IStrand subscriber, Action<PuntPacket> handler) in _listeners)
            {
                if (channel == packet.Channel)
                {
                    claimed = true;
                    subscriber.Post(() => handler(packet));
                }
            }
        }

        UnclaimedPunts += claimed ? 0 : 1;
    }
}
