using System.Text;

namespace RouterOS.Core.Logging;

/// <summary>A text file that is rotated: <c>NAME</c>, <c>NAME.1</c> … so that its size is bounded. Not thread-safe.</summary>
/// <remarks>A file that cannot be written is given up on silently: writing a log must never stop the router.</remarks>
internal sealed class RotatingFile : IDisposable
{
    private readonly string _path;
    private readonly UnixFileMode _mode;
    private StreamWriter? _file;

    /// <summary>Opens the file behind what it holds, and makes its folder if there is none.</summary>
    /// <param name="path">Path.</param>
    /// <param name="worldReadable">True when everybody may read it.</param>
    public RotatingFile(string path, bool worldReadable = false)
    {
        _path = path;
        _mode = UnixFileMode.UserRead | UnixFileMode.UserWrite
            | (worldReadable ? UnixFileMode.GroupRead | UnixFileMode.OtherRead : UnixFileMode.None);
        Attempt(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Open(FileMode.Append);
        });
    }

    /// <summary>Bytes at which it is rotated.</summary>
    public required long Limit { get; set; }

    /// <summary>Old files that are kept.</summary>
    public required int OldFiles { get; set; }

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line) => Attempt(() =>
    {
        if (_file is not null)
        {
            _file.WriteLine(line);
            if (_file.BaseStream.Length > Limit)
            {
                Rotate();
            }
        }
    });

    /// <summary>Empties it and deletes the old files.</summary>
    public void Clear() => Attempt(() =>
    {
        _file?.Dispose();
        for (int i = 1; File.Exists(Old(i)); i++)
        {
            File.Delete(Old(i));
        }

        Open(FileMode.Create);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The lines in memory remain.
        }
    }

    private string Old(int number) => $"{_path}.{number}";

    private void Open(FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = _mode;
        }

        _file = new StreamWriter(_path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options) { AutoFlush = true };
    }

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        for (int i = OldFiles; i > 0; i--)
        {
            string newer = i == 1 ? _path : Old(i - 1);
            if (File.Exists(newer))
            {
                File.Move(newer, Old(i), overwrite: true);
            }
        }

        Open(FileMode.Create);
    }
}
