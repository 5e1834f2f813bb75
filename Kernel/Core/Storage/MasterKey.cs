using System.Security.Cryptography;

namespace RouterOS.Core.Storage;

/// <summary>The key that seals the router's secrets at rest: 32 random bytes in a file of mode 0600 in the state folder.</summary>
public sealed class MasterKey
{
    /// <summary>Bytes of the key.</summary>
    public const int Length = 32;

    private const string FileName = "master.key";

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>The key; prints as nothing that could be read.</summary>
    internal ReadOnlySpan<byte> Bytes => _key;

    /// <summary>Reads the key of a state folder, or makes folder and key.</summary>
    /// <exception cref="InvalidDataException">The file is there and is no key: without it nothing that was sealed can be read.</exception>
    public static MasterKey Open(IFileSystem files, string folder)
    {
        ArgumentNullException.ThrowIfNull(files);
        string path = Path.Combine(folder, FileName);
        files.CreateFolder(folder);
        byte[]? key = files.Read(path);
        if (key is null)
        {
            key = RandomNumberGenerator.GetBytes(Length);
            AtomicFile.Write(files, path, key);
        }

        return key.Length == Length ? new MasterKey(key)
            : throw new InvalidDataException($"{path} is not a master key: restore it, or remove it with all sealed state beside it");
    }

    /// <inheritdoc/>
    public override string ToString() => "redacted";
}
