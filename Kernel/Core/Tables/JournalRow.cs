namespace RouterOS.Core.Tables;

/// <summary>The journal's copy of one row.</summary>
internal sealed class JournalRow(string table, string key, long order)
{
    public string Table { get; } = table;

    public string Key { get; } = key;

    /// <summary>Place among the writer's rows: by first write, so that a row comes before those that were written to refer to it.</summary>
    public long Order { get; } = order;

    public byte[] Value { get; set; } = [];

    public ulong Version { get; set; }

    /// <summary>Written before the writer's last restart and not since.</summary>
    public bool Stale { get; set; }

    /// <summary>Why a module refused the row as it is now; null: none did.</summary>
    public string? Refusal { get; set; }
}
