using Google.Protobuf;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Tables;

/// <summary>One life of a writer: after the writer was opened again, what an earlier life still calls changes nothing.</summary>
internal sealed class TableWriter(TableJournal journal, JournalWriter writer, int life) : ITableWriter
{
    public ulong Set(string table, string key, IMessage row) => journal.Set(writer, life, table, key, row);

    public ulong Remove(string table, string key) => journal.Remove(writer, life, table, key);

    public void EndOfSync() => journal.EndOfSync(writer, life);

    public Task<string?> Acknowledged(ulong version) => journal.Acknowledged(writer, version);
}
