using RouterOS.Core.Logging;
using RouterOS.Sdk.Logging;
using RouterOS.Unit.Core.Configuration;

namespace RouterOS.Unit.Core.Logging;

/// <summary>Trace files stay within their bounds.</summary>
public sealed class TraceFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_are_rotated_and_only_so_many_are_kept()
    {
        using TraceFiles traces = new(_time, _folder);
        ITrace trace = traces.Open(new TraceFile("kmd") { Bytes = 10 * 1024, Files = 3 });
        for (int i = 0; i < 1500; i++)
        {
            trace.Write($"line {i} of a trace that is longer than all of its files");
        }

        Assert.Equal(["kmd", "kmd.1", "kmd.2"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_folder), f => Assert.InRange(new FileInfo(f).Length, 0, 11 * 1024));
        Assert.EndsWith("line 1499 of a trace that is longer than all of its files", File.ReadLines(Path.Combine(_folder, "kmd")).Last(), StringComparison.Ordinal);
        Assert.True(traces.Clear("kmd"));
        Assert.Equal(["kmd"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        Assert.Empty(File.ReadAllText(Path.Combine(_folder, "kmd")));
        Assert.Empty(traces.Lines("kmd")!);
    }

    [Fact]
    public void Only_the_owner_reads_a_trace_unless_it_is_for_everybody()
    {
        using TraceFiles traces = new(_time, _folder);
        traces.Open(new TraceFile("own"));
        traces.Open(new TraceFile("all") { WorldReadable = true });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "own")));
        Assert.True(File.GetUnixFileMode(Path.Combine(_folder, "all")).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public void Lines_that_do_not_match_or_come_too_fast_are_left_out_and_the_latter_counted()
    {
        using TraceFiles traces = new(_time, null);
        ITrace trace = traces.Open(new TraceFile("kmd") { Match = "keep" });
        trace.Write("drop this");
        for (int i = 0; i < TraceFiles.PerSecond + 7; i++)
        {
            trace.Write($"keep\n{i}");
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        trace.Write("keep the last");
        IReadOnlyList<string> lines = traces.Lines("kmd")!;
        Assert.Equal(TraceFiles.PerSecond + 2, lines.Count);
        Assert.EndsWith(" keep 0", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($" 7 lines left out: more than {TraceFiles.PerSecond} in a second", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith(" keep the last", lines[^1], StringComparison.Ordinal);
        Assert.Null(traces.Lines("none"));
    }
}
