using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Storage;

namespace RouterOS.Core.Storage;

/// <summary>Sealed values of one plugin, a file each in the plugin's folder.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class SealedStore : ISealedStore
{
    private const string Ending = ".sealed";
    private const int MaximumNameLength = 64;

    private readonly IFileSystem _files;
    private readonly Sealer _sealer;
    private readonly string _folder;
    private readonly string _plugin;
    private readonly ILogger _log;
    private readonly Lock _lock = new();

    /// <summary>Opens the store of a plugin below the state folder.</summary>
    public SealedStore(IFileSystem files, Sealer sealer, string stateFolder, string plugin, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(files);
        Check(plugin);
        (_files, _sealer, _plugin, _log) = (files, sealer, plugin, log);
        _folder = Path.Combine(stateFolder, "plugins", plugin);
        files.CreateFolder(_folder);
        AtomicFile.Sweep(files, _folder);
    }

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        Check(name);
        lock (_lock)
        {
            byte[]? seal = _files.Read(PathOf(name));
            byte[]? value = seal is null ? null : _sealer.Open(seal, Context(name));
            if (seal is not null && value is null)
            {
                _log.LogWarning("Sealed value {Name} of {Plugin} is damaged or of another master key: it is not used", name, _plugin);
            }

            return value;
        }
    }

    /// <inheritdoc/>
    public void Write(string name, ReadOnlySpan<byte> value)
    {
        Check(name);
        byte[] seal = _sealer.Seal(value, Context(name));
        lock (_lock)
        {
            AtomicFile.Write(_files, PathOf(name), seal);
        }
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        Check(name);
        lock (_lock)
        {
            _files.Delete(PathOf(name));
            _files.FlushFolder(_folder);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names()
    {
        lock (_lock)
        {
            return [.. _files.Files(_folder)
                .Where(f => f.EndsWith(Ending, StringComparison.Ordinal))
                .Select(f => f[..^Ending.Length])
                .Order(StringComparer.Ordinal)];
        }
    }

    private static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaximumNameLength || name[0] == '.'
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new ArgumentException($"'{name}' is no name of 1 to {MaximumNameLength} letters, digits, '-', '_' and '.'", nameof(name));
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name + Ending);

    private string Context(string name) => $"plugin/{_plugin}/{name}";
}
