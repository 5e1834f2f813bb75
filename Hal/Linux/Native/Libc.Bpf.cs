using System.Runtime.InteropServices;

namespace RouterOS.Linux.Native;

/// <content>bpf(2), which has no wrapper in the C library.</content>
internal static unsafe partial class Libc
{
    public const uint SiocGifAddress = 0x8915;

    /// <summary>A descriptor, or -1.</summary>
    public static nint Bpf(int command, void* attributes, uint bytes) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321, command, attributes, bytes);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, void* second, nuint third);
}
