namespace RouterOS.Core.Storage;

/// <summary>The few file operations that durable state is made of, so that a test can stop the world between any two of them.</summary>
/// <remarks>Errors are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>. Files are made with mode 0600, folders with 0700.</remarks>
public interface IFileSystem
{
    /// <summary>Makes a folder and those above it, if they are missing.</summary>
    void CreateFolder(string path);

    /// <summary>Names of the files in a folder, in no order; none when there is no folder.</summary>
    IReadOnlyList<string> Files(string folder);

    /// <summary>Reads a file whole; null when it is not there.</summary>
    byte[]? Read(string path);

    /// <summary>Writes a file whole, replacing it, without forcing it to disk.</summary>
    void Write(string path, ReadOnlySpan<byte> content);

    /// <summary>Reads a part of a file; shorter where the file ends.</summary>
    byte[] Read(string path, long offset, int count);

    /// <summary>Writes a part of a file that is there, without forcing it to disk; what follows the part ends.</summary>
    void Write(string path, long offset, ReadOnlySpan<byte> content);

    /// <summary>Forces a file's content to disk.</summary>
    void Flush(string path);

    /// <summary>Renames a file over another of the same folder, at once for every reader.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>Forces the names of a folder to disk.</summary>
    void FlushFolder(string path);
}
