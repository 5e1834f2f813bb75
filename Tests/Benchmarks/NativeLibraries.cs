using System.Diagnostics;

namespace RouterOS.Benchmarks;

/// <summary>Compiles the C twins into a folder that is removed at the end.</summary>
internal sealed class NativeLibraries : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("routeros-bench-").FullName;

    /// <summary>The path of the shared library, or null with a reason.</summary>
    public string? Compile(string source, out string? problem)
    {
        string library = Path.Combine(_folder, Path.ChangeExtension(source, "so"));
        string file = Path.Combine(AppContext.BaseDirectory, "Native", source);
        ProcessStartInfo start = new("gcc", ["-O3", "-march=native", "-fPIC", "-shared", "-w", "-o", library, file]) { RedirectStandardError = true };
        try
        {
            using Process compiler = Process.Start(start)!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            problem = compiler.ExitCode == 0 ? null : $"gcc could not compile {source}: {errors}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            problem = "gcc is missing, so there is no C twin to compare with; install gcc and libc6-dev.";
        }

        return problem is null ? library : null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
