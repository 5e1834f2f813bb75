using RouterOS.Core.Storage;

namespace RouterOS.Scenario.Simulated;

/// <summary>A disk in memory: it outlives the router that writes to it.</summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public void CreateFolder(string path)
    {
    }

    public IReadOnlyList<string> Files(string folder) =>
        [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public byte[]? Read(string path) => _files.TryGetValue(path, out byte[]? content) ? [.. content] : null;

    public void Write(string path, ReadOnlySpan<byte> content) => _files[path] = content.ToArray();

    public byte[] Read(string path, long offset, int count) =>
        _files[path].AsSpan((int)offset)[..Math.Min(count, _files[path].Length - (int)offset)].ToArray();

    public void Write(string path, long offset, ReadOnlySpan<byte> content) =>
        _files[path] = [.. _files[path].AsSpan(0, (int)offset), .. content];

    public void Flush(string path)
    {
    }

    public void Rename(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void Delete(string path) => _files.Remove(path);

    public void FlushFolder(string path)
    {
    }
}
