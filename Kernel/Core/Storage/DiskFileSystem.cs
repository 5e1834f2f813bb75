using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA1416 // The router runs on Linux only: file modes are there.

namespace RouterOS.Core.Storage;

/// <summary>The host's file system.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;
    private const int OpenReadOnly = 0x80000; // O_RDONLY | O_CLOEXEC

    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path, FolderMode700);

    /// <inheritdoc/>
    public IReadOnlyList<string> Files(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))] : [];

    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        using FileStream file = new(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            UnixCreateMode = FileMode600,
        });
        file.Write(content);
    }

    /// <inheritdoc/>
    public byte[] Read(string path, long offset, int count)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[count];
        int length = RandomAccess.Read(file, content, offset);
        return length == count ? content : content[..length];
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        long length = RandomAccess.GetLength(file);
        if (length > offset)
        {
            // What a loss of power cut off must not follow a shorter record.
            RandomAccess.SetLength(file, offset);
        }

        RandomAccess.Write(file, content, offset);
    }

    /// <inheritdoc/>
    public void Flush(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing to delete.
        }
    }

    /// <inheritdoc/>
    public void FlushFolder(string path)
    {
        // .NET opens no folders; a rename is durable only when the folder is.
        int descriptor = NativeOpen(path, OpenReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open folder {path}: error {Marshal.GetLastPInvokeError()}");
        }

        int status = NativeSync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = NativeClose(descriptor);
        if (status != 0)
        {
            throw new IOException($"cannot force folder {path} to disk: error {error}");
        }
    }

    // DllImport and not LibraryImport: that one needs unsafe code, which this project does not allow.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int NativeOpen([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int NativeSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int NativeClose(int descriptor);
}
