namespace RouterOS.Forwarding;

/// <summary>Run-time rows (sequence, window, counters; never keys) in memory that a restarted data process finds again.</summary>
/// <remarks>
/// A row is <see cref="RowBytes"/> bytes, found by (table, key); its memory is zero when new and keeps its content while the key
/// stays in use, also over a kill of the process when the arena is backed by a file on tmpfs. The layout of a row carries a version:
/// rows of another version are discarded. One writer per row: its worker. The members may be called by any worker's thread.
/// </remarks>
public abstract class RuntimeArena : IDisposable
{
    /// <summary>Bytes of one row: four cache lines.</summary>
    public const int RowBytes = 256;

    /// <summary>Finds or makes the row of a key; <paramref name="existed"/> tells whether it survived from before.</summary>
    /// <returns>Address of <see cref="RowBytes"/> bytes, 64-byte aligned; 0 when the arena is full.</returns>
    public abstract nint Attach(string table, ulong key, ushort version, out bool existed);

    /// <summary>Zeroes and frees a row.</summary>
    public abstract void Release(string table, ulong key);

    /// <summary>
    /// Frees the rows of earlier processes that nobody has attached since this one started. Called once every writer has sent all its
    /// rows again.
    /// </summary>
    public virtual void Sweep()
    {
    }

    /// <summary>Rows in use.</summary>
    public abstract int Count { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A key whose two halves do not cancel out in a hash code, as those of an SA's protection and SPI may. One to one.</summary>
    protected static ulong Spread(ulong key) => key * 0x9E3779B97F4A7C15;

    /// <summary>Frees what the arena maps; rows of a file stay in the file.</summary>
    protected abstract void Dispose(bool disposing);
}
