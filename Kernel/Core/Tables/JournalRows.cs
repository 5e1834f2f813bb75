using System.Diagnostics.CodeAnalysis;

namespace RouterOS.Core.Tables;

/// <summary>Rows by table and key, which they hold themselves: a set of them needs half of what a dictionary does.</summary>
internal sealed class JournalRows
{
    private readonly HashSet<JournalRow> _rows = new(new Names());
    private readonly HashSet<JournalRow>.AlternateLookup<(string Table, string Key)> _named;

    public JournalRows() => _named = _rows.GetAlternateLookup<(string Table, string Key)>();

    public int Count => _rows.Count;

    public IEnumerable<JournalRow> All => _rows;

    public bool TryGet(string table, string key, [NotNullWhen(true)] out JournalRow? row) => _named.TryGetValue((table, key), out row);

    public void Add(JournalRow row) => _ = _rows.Add(row);

    public void Remove(string table, string key) => _ = _named.Remove((table, key));

    private sealed class Names : IEqualityComparer<JournalRow>, IAlternateEqualityComparer<(string Table, string Key), JournalRow>
    {
        public bool Equals(JournalRow? x, JournalRow? y) => x == y || (x is not null && y is not null && Equals((x.Table, x.Key), y));

        public int GetHashCode(JournalRow obj) => GetHashCode((obj.Table, obj.Key));

        public bool Equals((string Table, string Key) alternate, JournalRow other) => alternate.Key == other.Key && alternate.Table == other.Table;

        public int GetHashCode((string Table, string Key) alternate) => alternate.GetHashCode();

        public JournalRow Create((string Table, string Key) alternate) => new(alternate.Table, alternate.Key, 0);
    }
}
