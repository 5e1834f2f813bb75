namespace RouterOS.Core.Storage;

/// <summary>Replaces files so that a reader, whenever the process or the host dies, finds the old or the new content, never half.</summary>
public static class AtomicFile
{
    /// <summary>Ending of a file that is not whole yet; such files are left-overs when nobody writes.</summary>
    public const string TemporaryEnding = ".new";

    /// <summary>Writes a file; when this returns, the new content survives the loss of the host.</summary>
    /// <exception cref="IOException">Nothing has changed, or the change may not survive the loss of the host.</exception>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(files);
        string temporary = path + TemporaryEnding;
        try
        {
            files.Write(temporary, content);
            files.Flush(temporary);
            files.Rename(temporary, path);
        }
        catch
        {
            DeleteQuietly(files, temporary);
            throw;
        }

        files.FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes what a dead writer left behind in a folder.</summary>
    public static void Sweep(IFileSystem files, string folder)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (string name in files.Files(folder).Where(n => n.EndsWith(TemporaryEnding, StringComparison.Ordinal)))
        {
            DeleteQuietly(files, Path.Combine(folder, name));
        }
    }

    private static void DeleteQuietly(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error counts; a left-over is swept at the next start.
        }
    }
}
