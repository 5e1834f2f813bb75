using Google.Protobuf;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Tables;

/// <summary>The modules as one subscriber sees them.</summary>
public sealed class ModuleView(ModuleSet modules, IStrand subscriber) : IModuleView
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : IMessage<T>, new()
    {
        List<Row> rows = await modules.Snapshot(table, key);
        return rows.ConvertAll(row =>
        {
            T state = new();
            state.MergeFrom(row.Value);
            return KeyValuePair.Create(row.Key, state);
        });
    }

    /// <inheritdoc/>
    public void Subscribe(string table, Action<ModuleEvent> handler) => modules.Watch(table, subscriber, handler);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModuleDescription>> Describe() => modules.Describe();
}
