using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Commands;

/// <summary>The file of a capture, and a folder with the keys beside it. Both are new, and only their owner may read them.</summary>
internal sealed class CaptureFiles : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What Wireshark's configuration folder is for: it finds the keys there, and that it shall use them.
    private const string Preferences = "esp.enable_encryption_decode: TRUE\nesp.enable_authentication_check: TRUE\n";

    private readonly FileStream _packets;

    private CaptureFiles(FileStream packets, string keys)
    {
        _packets = packets;
        Keys = keys;
    }

    /// <summary>The folder with the keys.</summary>
    public string Keys { get; }

    /// <summary>Makes both; nothing that is there is written over.</summary>
    /// <exception cref="IOException">One is there, or cannot be made.</exception>
    public static CaptureFiles Create(string path)
    {
        string keys = path + ".keys";
        if (Path.Exists(keys))
        {
            throw new IOException($"{keys} is there already");
        }

        FileStream packets = New(path);
        _ = Directory.CreateDirectory(keys, OwnerFile | UnixFileMode.UserExecute);
        using (FileStream preferences = New(Path.Combine(keys, "preferences")))
        {
            preferences.Write(System.Text.Encoding.ASCII.GetBytes(Preferences));
        }

        return new CaptureFiles(packets, keys);
    }

    /// <summary>Writes what has come.</summary>
    public void Write(CaptureReply reply)
    {
        reply.Pcapng.WriteTo(_packets);
        _packets.Flush();
        foreach (IGrouping<string, KeyLine> file in reply.Keys.GroupBy(k => Path.GetFileName(k.File)))
        {
            string path = Path.Combine(Keys, file.Key);
            using FileStream lines = File.Exists(path) ? new FileStream(path, FileMode.Append) : New(path);
            lines.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(file.Select(k => k.Line + "\n"))));
        }
    }

    /// <summary>Takes both away: nothing was captured.</summary>
    public void Delete()
    {
        _packets.Dispose();
        File.Delete(_packets.Name);
        Directory.Delete(Keys, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _packets.Dispose();

    /// <summary>A new file that only its owner may read.</summary>
    public static FileStream New(string path) => new(
        path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerFile });
}
