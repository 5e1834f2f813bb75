using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Core.Storage;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Committed configurations on disk, a file each; the newest whole file is the configuration in force.</summary>
/// <remarks>
/// A commit is one rename: before it the old file is the newest, after it the new one is. Nothing is ever rewritten, so a process
/// that dies at any instant leaves the old or the new configuration. Not thread-safe: the store serialises.
/// </remarks>
internal sealed class ConfigurationHistory
{
    /// <summary>Configurations that are kept: the one in force and 49 to roll back to.</summary>
    public const int Kept = 50;

    private const string NamePrefix = "commit-";
    private const string NameEnding = ".conf";
    private const string HeaderMark = "# ";
    private const string SumMark = "# sha256 ";
    private const string ConfirmName = "confirm";
    private const string RescueName = "rescue.conf";

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly StatementSchema _schema;
    private readonly SealedSecrets _secrets;
    private readonly ILogger _log;
    private readonly List<CommitRecord> _records = [];

    private ConfigurationHistory(IFileSystem files, string folder, StatementSchema schema, Sealer sealer, ILogger log)
    {
        (_files, _folder, _schema, _log) = (files, folder, schema, log);
        _secrets = new SealedSecrets(sealer);
    }

    /// <summary>The commits, newest first: index 0 is in force.</summary>
    public IReadOnlyList<CommitRecord> Records => _records;

    /// <summary>Opens the history of a state folder; damaged files are reported and left out.</summary>
    public static ConfigurationHistory Open(IFileSystem files, string stateFolder, StatementSchema schema, Sealer sealer, ILogger log)
    {
        string folder = Path.Combine(stateFolder, "configuration");
        files.CreateFolder(folder);
        AtomicFile.Sweep(files, folder);
        ConfigurationHistory history = new(files, folder, schema, sealer, log);
        foreach (string name in files.Files(folder).Where(IsCommit).OrderDescending(StringComparer.Ordinal))
        {
            if (history.Whole(name) is { } text && Header(text) is { } record && NameOf(record.Sequence) == name)
            {
                history._records.Add(record);
            }
            else
            {
                log.LogError("Configuration file {Name} is damaged: it is left out", Path.Combine(folder, name));
            }
        }

        return history;
    }

    /// <summary>Reads a configuration of the history.</summary>
    /// <exception cref="InvalidDataException">The file does not fit the language, or its secrets cannot be opened.</exception>
    public Statement Load(CommitRecord record) => Load(NameOf(record.Sequence));

    /// <summary>Reads the rescue configuration; null when none is saved.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, does not fit the language, or its secrets cannot be opened.</exception>
    public Statement? Rescue() => _files.Read(Path.Combine(_folder, RescueName)) is null ? null : Load(RescueName);

    /// <summary>Saves the rescue configuration durably.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void SaveRescue(Statement tree) => Write(RescueName, JunosRenderer.Text(tree, _schema, _secrets.Seal));

    /// <summary>Deletes the rescue configuration.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    public void DeleteRescue()
    {
        _files.Delete(Path.Combine(_folder, RescueName));
        _files.FlushFolder(_folder);
    }

    private Statement Load(string name)
    {
        string text = Whole(name) ?? throw new InvalidDataException($"{Path.Combine(_folder, name)} is damaged");
        DiagnosticList diagnostics = new();
        Statement tree = JunosReader.Read(text, _schema, diagnostics, _secrets.Open);
        return diagnostics.Errors.Count == 0 ? tree : throw new InvalidDataException(
            $"{Path.Combine(_folder, name)} cannot be read as the configuration of this platform: {diagnostics.Errors[0]}");
    }

    /// <summary>Makes a configuration the one in force, durably.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public CommitRecord Append(Statement tree, Guid id, DateTimeOffset time, CommitRequest request)
    {
        long sequence = _records.Count == 0 ? 1 : _records[0].Sequence + 1;
        CommitRecord record = new(sequence, id, time, request.User, request.Client, request.Comment);
        string text = HeaderMark + JsonSerializer.Serialize(record) + "\n" + JunosRenderer.Text(tree, _schema, _secrets.Seal);
        string path = Path.Combine(_folder, NameOf(sequence));
        try
        {
            Write(NameOf(sequence), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The new name may be there although its durability is in doubt: a commit that is reported as failed must not come
            // back at the next start. What cannot be taken back has happened.
            if (!_files.Files(_folder).Contains(NameOf(sequence)) || Quietly(() => _files.Delete(path)))
            {
                throw;
            }

            _log.LogError(e, "A commit is in force, but it may not survive a loss of power");
        }

        _records.Insert(0, record);
        Prune();
        return record;
    }

    /// <summary>Notes that a commit to come must be confirmed; null when none must.</summary>
    public PendingConfirmation? Pending
    {
        get
        {
            byte[]? file = _files.Read(Path.Combine(_folder, ConfirmName));
            try
            {
                PendingConfirmation? pending = file is null ? null : JsonSerializer.Deserialize<PendingConfirmation>(file);
                return pending is not null && _records.Count > 0 && pending.Commit == _records[0].Id ? pending : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        set
        {
            string path = Path.Combine(_folder, ConfirmName);
            if (value is not null)
            {
                AtomicFile.Write(_files, path, JsonSerializer.SerializeToUtf8Bytes(value));
            }
            else
            {
                _files.Delete(path);
                _files.FlushFolder(_folder);
            }
        }
    }

    private void Prune()
    {
        while (_records.Count > Kept)
        {
            CommitRecord oldest = _records[^1];
            _records.RemoveAt(_records.Count - 1);
            Quietly(() => _files.Delete(Path.Combine(_folder, NameOf(oldest.Sequence))));
        }
    }

    private static bool Quietly(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left-overs do no harm: an old commit too many.
            return false;
        }
    }

    private static bool IsCommit(string name) =>
        name.StartsWith(NamePrefix, StringComparison.Ordinal) && name.EndsWith(NameEnding, StringComparison.Ordinal);

    private static string NameOf(long sequence) =>
        NamePrefix + sequence.ToString("d12", CultureInfo.InvariantCulture) + NameEnding;

    private void Write(string name, string text) =>
        AtomicFile.Write(_files, Path.Combine(_folder, name), Encoding.UTF8.GetBytes(text + Sum(text) + "\n"));

    private static string Sum(string text) => SumMark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The text of a file whose checksum is right, else null.
    private string? Whole(string name)
    {
        byte[]? file = _files.Read(Path.Combine(_folder, name));
        string text = file is null ? string.Empty : Encoding.UTF8.GetString(file);
        int sum = text.LastIndexOf(SumMark, StringComparison.Ordinal);
        return sum > 0 && text[sum..].TrimEnd('\n') == Sum(text[..sum]) ? text[..sum] : null;
    }

    private static CommitRecord? Header(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        try
        {
            return end > HeaderMark.Length && text.StartsWith(HeaderMark, StringComparison.Ordinal)
                ? JsonSerializer.Deserialize<CommitRecord>(text[HeaderMark.Length..end]) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
