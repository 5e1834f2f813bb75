using System.Runtime.Versioning;
using RouterOS.Core.Storage;

namespace RouterOS.Unit.Core.Storage;

[SupportedOSPlatform("linux")]
public sealed class DiskFileSystemTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("routeros-");

    [Fact]
    public void Files_are_private_and_replaced_whole()
    {
        DiskFileSystem files = new();
        string folder = Path.Combine(_folder.FullName, "state");
        string path = Path.Combine(folder, "x");
        files.CreateFolder(folder);
        Assert.Null(files.Read(path));
        AtomicFile.Write(files, path, [1, 2]);
        AtomicFile.Write(files, path, [3]);
        Assert.Equal([3], files.Read(path));
        Assert.Equal(["x"], files.Files(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        files.Delete(path);
        Assert.Empty(files.Files(folder));
        Assert.Empty(files.Files(Path.Combine(folder, "none")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Assert.Throws<IOException>(() => new DiskFileSystem().FlushFolder(Path.Combine(_folder.FullName, "none")));

    public void Dispose() => _folder.Delete(recursive: true);
}
