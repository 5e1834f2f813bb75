using RouterOS.Forwarding.Plane;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>What the agent needs of the data plane. Every method may be called from any thread; answers come on a worker's thread.</summary>
public interface IModulePlane
{
    /// <summary>Called on the worker's thread for every punted packet; must not block.</summary>
    Action<PuntPacket>? Punted { get; set; }

    /// <summary>Called on any worker's thread for every event; must not block.</summary>
    Action<ModuleEvent>? Happened { get; set; }

    /// <summary>Posts a row to the workers; <paramref name="done"/> gets null once it is in force on all, or why it cannot be.</summary>
    void Apply(string table, string key, ReadOnlyMemory<byte> row, Action<string?> done);

    /// <summary>Posts the removal of a row; <paramref name="done"/> is called once it is gone.</summary>
    void Remove(string table, string key, Action<string?> done);

    /// <summary>Posts that every writer has sent all its rows: what survived from an earlier life and was not asked for is freed.</summary>
    void Settle();

    /// <summary>Reads run-time rows; <paramref name="done"/> gets them, and whether the table is known.</summary>
    void Snapshot(string table, string key, Action<IReadOnlyList<SnapshotRow>, bool> done);

    /// <summary>Hands a packet of the control plane to the worker.</summary>
    void Inject(InjectPacket packet);
}
