using System.Runtime.InteropServices;
using System.Text;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Module;

/// <summary>The rows in place at a module, by table and key, in native memory. Its user locks.</summary>
internal sealed unsafe class RowStore
{
    private const int LongestName = ushort.MaxValue;
    private const int KeyOnStack = 256;

    private readonly GrowingMap _byHash = new();
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private ModuleRow* _newest;

    ~RowStore() => Free();

    /// <summary>Rows in the store.</summary>
    public int Count { get; private set; }

    /// <summary>The row made last, or null; from it the older ones by <see cref="ModuleRow.Older"/>.</summary>
    public ModuleRow* Newest => _newest;

    /// <summary>The name with a number.</summary>
    public string NameOf(ushort number) => _names[number];

    /// <summary>The number of a name of a table or a writer.</summary>
    public ushort NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out ushort number))
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(_names.Count, LongestName);
            number = (ushort)_names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
        }

        return number;
    }

    /// <summary>The row of a key, or null.</summary>
    public ModuleRow* Find(string table, string key)
    {
        if (!_numbers.TryGetValue(table, out ushort number))
        {
            return null;
        }

        Span<byte> bytes = BytesOf(key, stackalloc byte[KeyOnStack]);
        return Find(number, HashOf(number, bytes), bytes);
    }

    /// <summary>Makes the row of a key that has none, with no value yet; it is the newest.</summary>
    public ModuleRow* Add(string table, string key, string writer)
    {
        ushort number = NumberOf(table);
        Span<byte> bytes = BytesOf(key, stackalloc byte[KeyOnStack]);
        ulong hash = HashOf(number, bytes);
        ModuleRow* row = Make(bytes, 0);
        row->Hash = hash;
        row->Table = number;
        row->Writer = NumberOf(writer);
        row->NextOfHash = (ModuleRow*)_byHash.Find(hash);
        _byHash.Set(hash, (nint)row);
        row->Older = _newest;
        if (_newest != null)
        {
            _newest->Newer = row;
        }

        _newest = row;
        Count++;
        return row;
    }

    /// <summary>Changes a row's value; the row may lie elsewhere afterwards.</summary>
    public ModuleRow* SetValue(ModuleRow* row, ReadOnlySpan<byte> value)
    {
        if (row->ValueBytes != value.Length)
        {
            ModuleRow* made = Make(Key(row), value.Length);
            int keyBytes = made->KeyBytes;
            *made = *row;
            made->KeyBytes = keyBytes;
            made->ValueBytes = value.Length;
            Replace(row, made);
            Release(row);
            row = made;
        }

        value.CopyTo(MutableValue(row));
        return row;
    }

    /// <summary>Forgets a row.</summary>
    public void Remove(ModuleRow* row)
    {
        Replace(row, null);
        Release(row);
        Count--;
    }

    /// <summary>The value of a row.</summary>
    public static ReadOnlySpan<byte> Value(ModuleRow* row) => MutableValue(row);

    /// <summary>The key of a row.</summary>
    public static string KeyOf(ModuleRow* row) => Encoding.UTF8.GetString(Key(row));

    // Safe, here and below: a row is allocated with room for its key and value behind it.
    private static ReadOnlySpan<byte> Key(ModuleRow* row) => new(row + 1, row->KeyBytes);

    private static Span<byte> MutableValue(ModuleRow* row) => new((byte*)(row + 1) + row->KeyBytes, row->ValueBytes);

    private static Span<byte> BytesOf(string key, Span<byte> room)
    {
        if (Encoding.UTF8.TryGetBytes(key, room, out int length))
        {
            return room[..length];
        }

        return Encoding.UTF8.GetBytes(key);
    }

    // FNV-1a with a last mixing: rows with one hash are told apart by their keys.
    private static ulong HashOf(ushort table, ReadOnlySpan<byte> key)
    {
        ulong hash = 14695981039346656037 ^ ((ulong)table << 32);
        foreach (byte letter in key)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        hash ^= hash >> 32;
        return hash * 0x9E37_79B9_7F4A_7C15;
    }

    private static ModuleRow* Make(ReadOnlySpan<byte> key, int valueBytes)
    {
        ModuleRow* row = (ModuleRow*)NativeMemory.Alloc((nuint)(sizeof(ModuleRow) + key.Length + valueBytes));
        *row = default;
        row->KeyBytes = key.Length;
        row->ValueBytes = valueBytes;
        key.CopyTo(new Span<byte>(row + 1, key.Length));
        return row;
    }

    private static void Release(ModuleRow* row)
    {
        // Rows of SAs hold keys.
        MutableValue(row).Clear();
        NativeMemory.Free(row);
    }

    private ModuleRow* Find(ushort table, ulong hash, ReadOnlySpan<byte> key)
    {
        ModuleRow* row = (ModuleRow*)_byHash.Find(hash);
        while (row != null && (row->Table != table || !Key(row).SequenceEqual(key)))
        {
            row = row->NextOfHash;
        }

        return row;
    }

    // Puts another row, or none, where a row is linked.
    private void Replace(ModuleRow* row, ModuleRow* with)
    {
        ModuleRow* next = with != null ? with : row->NextOfHash;
        ModuleRow* first = (ModuleRow*)_byHash.Find(row->Hash);
        if (first != row)
        {
            while (first->NextOfHash != row)
            {
                first = first->NextOfHash;
            }

            first->NextOfHash = next;
        }
        else if (next != null)
        {
            _byHash.Set(row->Hash, (nint)next);
        }
        else
        {
            _byHash.Remove(row->Hash);
        }

        ModuleRow* older = with != null ? with : row->Older;
        ModuleRow* newer = with != null ? with : row->Newer;
        if (row->Newer != null)
        {
            row->Newer->Older = older;
        }
        else
        {
            _newest = older;
        }

        if (row->Older != null)
        {
            row->Older->Newer = newer;
        }
    }

    private void Free()
    {
        for (ModuleRow* row = _newest; row != null;)
        {
            ModuleRow* older = row->Older;
            Release(row);
            row = older;
        }

        _newest = null;
    }
}
