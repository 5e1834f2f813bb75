using Google.Protobuf;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Sdk.Tables;

/// <summary>Run-time state and events of the modules, as the control plane sees them.</summary>
public interface IModuleView
{
    /// <summary>Reads the run-time rows of a table from all modules.</summary>
    /// <param name="table">The table, for example <c>sa-in</c>.</param>
    /// <param name="key">One key, or empty for all rows.</param>
    /// <exception cref="Grpc.Core.RpcException">No module is attached, or it did not answer.</exception>
    Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : IMessage<T>, new();

    /// <summary>Calls <paramref name="handler"/> on the subscriber's strand for every event of a table.</summary>
    void Subscribe(string table, Action<ModuleEvent> handler);

    /// <summary>What is attached now.</summary>
    Task<IReadOnlyList<ModuleDescription>> Describe();
}
