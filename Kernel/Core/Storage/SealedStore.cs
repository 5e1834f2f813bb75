using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Storage;

namespace RouterOS.Core.Storage;

/// <summary>Sealed values of one plugin in one file that grows by a record for each change, and is written anew when most of it is dead.</summary>
/// <remarks>
/// Safe from any thread. A change costs one small write: hundreds of tunnels a second come up, each with several values. Only the file
/// that is written anew is forced to the disk; a loss of the host may lose the last changes, whole ones, from the newest back.
/// </remarks>
public sealed class SealedStore : ISealedStore
{
    private const string FileName = "values.sealed";
    private const int MaximumNameLength = 64;
    private const int LengthBytes = 4;
    private const int MaximumRecord = 64 << 20;
    private const int KeptDead = 1 << 20;
    private const byte Value = 1;
    private const byte Deleted = 2;

    private readonly IFileSystem _files;
    private readonly Sealer _sealer;
    private readonly string _path;
    private readonly string _plugin;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Offset, int Length)> _records = new(StringComparer.Ordinal);
    private bool _exists;
    private long _end;
    private long _live;

    /// <summary>Opens the store of a plugin below the state folder.</summary>
    public SealedStore(IFileSystem files, Sealer sealer, string stateFolder, string plugin, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(files);
        Check(plugin);
        (_files, _sealer, _plugin, _log) = (files, sealer, plugin, log);
        string folder = Path.Combine(stateFolder, "plugins", plugin);
        _path = Path.Combine(folder, FileName);
        files.CreateFolder(folder);
        AtomicFile.Sweep(files, folder);
        byte[]? content = files.Read(_path);
        _exists = content is not null;
        Load(content ?? []);
    }

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        Check(name);
        lock (_lock)
        {
            if (!_records.TryGetValue(name, out (long Offset, int Length) place))
            {
                return null;
            }

            byte[]? text = Open(_files.Read(_path, place.Offset + LengthBytes, place.Length - LengthBytes));
            byte[]? value = text is null || NameOf(text) != name ? null : text[(2 + text[1])..];
            if (value is null)
            {
                Damaged();
            }

            CryptographicOperations.ZeroMemory(text);
            return value;
        }
    }

    /// <inheritdoc/>
    public void Write(string name, ReadOnlySpan<byte> value)
    {
        Check(name);
        byte[] record = Seal(Value, name, value);
        lock (_lock)
        {
            Append(record);
            Forget(name);
            _records[name] = (_end - record.Length, record.Length);
            _live += record.Length;
            Shrink();
        }
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        Check(name);
        lock (_lock)
        {
            if (_records.ContainsKey(name))
            {
                Append(Seal(Deleted, name, []));
                Forget(name);
                Shrink();
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names()
    {
        lock (_lock)
        {
            return [.. _records.Keys.Order(StringComparer.Ordinal)];
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

    private static string NameOf(byte[] text) => Encoding.ASCII.GetString(text, 2, text[1]);

    // A record that a loss of power has cut off ends the file: what follows it is overwritten.
    private void Load(byte[] content)
    {
        bool damaged = false;
        for (int offset = 0; content.Length - offset >= LengthBytes;)
        {
            uint body = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(offset));
            if (body > MaximumRecord || body > content.Length - offset - LengthBytes)
            {
                damaged = true;
                break;
            }

            int length = LengthBytes + (int)body;
            byte[]? text = Open(content.AsSpan(offset + LengthBytes, (int)body));
            damaged |= text is null;
            if (text is not null)
            {
                string name = NameOf(text);
                Forget(name);
                if (text[0] == Value)
                {
                    _records[name] = (offset, length);
                    _live += length;
                }

                CryptographicOperations.ZeroMemory(text);
            }

            offset += length;
            _end = offset;
        }

        if (damaged || _end < content.Length)
        {
            Damaged();
        }
    }

    private void Damaged() =>
        _log.LogWarning("Sealed values of {Plugin} are damaged or of another master key: they are not used", _plugin);

    private void Forget(string name)
    {
        if (_records.Remove(name, out (long Offset, int Length) old))
        {
            _live -= old.Length;
        }
    }

    private void Append(byte[] record)
    {
        if (_exists)
        {
            _files.Write(_path, _end, record);
        }
        else
        {
            AtomicFile.Write(_files, _path, record);
            _exists = true;
        }

        _end += record.Length;
    }

    private void Shrink()
    {
        long dead = _end - _live;
        if (dead <= KeptDead || dead <= _live)
        {
            return;
        }

        byte[] all = new byte[_live];
        int offset = 0;
        List<(string Name, long Offset, int Length)> moved = [];
        foreach ((string name, (long from, int length)) in _records.OrderBy(r => r.Value.Offset))
        {
            _files.Read(_path, from, length).CopyTo(all.AsSpan(offset));
            moved.Add((name, offset, length));
            offset += length;
        }

        AtomicFile.Write(_files, _path, all);
        _end = offset;
        foreach ((string name, long at, int length) in moved)
        {
            _records[name] = (at, length);
        }
    }

    private byte[] Seal(byte kind, string name, ReadOnlySpan<byte> value)
    {
        byte[] text = [kind, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. value];
        byte[] seal = _sealer.Seal(text, Context);
        CryptographicOperations.ZeroMemory(text);
        byte[] record = new byte[LengthBytes + seal.Length];
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)seal.Length);
        seal.CopyTo(record, LengthBytes);
        return record;
    }

    private byte[]? Open(ReadOnlySpan<byte> seal) =>
        _sealer.Open(seal, Context) is { Length: >= 2 } text && text.Length >= 2 + text[1] ? text : null;

    private string Context => $"plugin/{_plugin}";
}
