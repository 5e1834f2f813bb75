using RouterOS.Core.Storage;

namespace RouterOS.Unit.Core.Storage;

/// <summary>A disk in memory that can lose its power before any operation, and then forgets what was not forced to it.</summary>
internal sealed class CrashingFileSystem : IFileSystem
{
    // Content by inode, names by folder: what processes see, and what is on the platter.
    private Dictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private Dictionary<string, Inode> _durableNames = new(StringComparer.Ordinal);

    /// <summary>Operations until the power goes; negative for never.</summary>
    public int OperationsLeft { get; set; } = -1;

    /// <summary>When set, the operation fails with an error and the disk lives on.</summary>
    public bool FailInstead { get; set; }

    /// <summary>When set with <see cref="FailInstead"/>, only one operation fails.</summary>
    public bool FailOnce { get; set; }

    public int Operations { get; private set; }

    /// <summary>Paths of all files.</summary>
    public IReadOnlyCollection<string> Paths => _names.Keys;

    public void CreateFolder(string path) => Step();

    public IReadOnlyList<string> Files(string folder) =>
        [.. _names.Keys.Where(p => Path.GetDirectoryName(p) == folder).Select(p => Path.GetFileName(p))];

    public byte[]? Read(string path) => _names.TryGetValue(path, out Inode? file) ? [.. file.Content] : null;

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Step();
        if (_names.TryGetValue(path, out Inode? file))
        {
            file.Content = content.ToArray();
        }
        else
        {
            _names[path] = new Inode { Content = content.ToArray() };
        }
    }

    public byte[] Read(string path, long offset, int count) =>
        _names[path].Content.AsSpan((int)offset)[..Math.Min(count, _names[path].Content.Length - (int)offset)].ToArray();

    public void Write(string path, long offset, ReadOnlySpan<byte> content)
    {
        Step();
        Inode file = _names[path];
        file.Content = [.. file.Content.AsSpan(0, (int)offset), .. content];
    }

    public void Flush(string path)
    {
        Step();
        _names[path].Durable = [.. _names[path].Content];
    }

    public void Rename(string from, string to)
    {
        Step();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void Delete(string path)
    {
        Step();
        _names.Remove(path);
    }

    public void FlushFolder(string path)
    {
        Step();
        foreach (string name in _names.Keys.Union(_durableNames.Keys).Where(p => Path.GetDirectoryName(p) == path).ToList())
        {
            Settle(name);
        }
    }

    /// <summary>Comes back after a loss of power: each name that was not forced is as before or as after, content that was not forced is half.</summary>
    public void Restart(Random random, bool hostDied)
    {
        OperationsLeft = -1;
        FailInstead = false;
        if (!hostDied)
        {
            return;
        }

        foreach (string name in _names.Keys.Union(_durableNames.Keys).ToList())
        {
            if (random.Next(2) == 0)
            {
                Settle(name);
            }
        }

        _names = new(_durableNames, StringComparer.Ordinal);
        _durableNames = new(_names, StringComparer.Ordinal);
        foreach (Inode file in _names.Values)
        {
            int kept = file.Durable?.Length ?? 0;
            file.Content = file.Durable is not null && !file.Content.AsSpan().StartsWith(file.Durable)
                ? file.Durable : file.Content[..random.Next(kept, file.Content.Length + 1)];
            file.Durable = file.Content;
        }
    }

    private void Settle(string name)
    {
        if (_names.TryGetValue(name, out Inode? file))
        {
            _durableNames[name] = file;
        }
        else
        {
            _durableNames.Remove(name);
        }
    }

    private void Step()
    {
        Operations++;
        if (OperationsLeft == 0)
        {
            OperationsLeft = FailOnce ? -1 : 0;
            throw FailInstead ? new IOException("no space left") : new PowerLostException();
        }

        OperationsLeft--;
    }

    private sealed class Inode
    {
        public byte[] Content { get; set; } = [];

        public byte[]? Durable { get; set; }
    }
}
