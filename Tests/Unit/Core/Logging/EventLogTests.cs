using Microsoft.Extensions.Logging;
using RouterOS.Core.Logging;
using RouterOS.Unit.Core.Configuration;

namespace RouterOS.Unit.Core.Logging;

public sealed class EventLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("routeros-");
    private readonly ManualTime _time = new();

    [Fact]
    public void Entries_carry_time_category_and_cause()
    {
        using EventLog log = new(_time, null);
        ILogger logger = log.CreateLogger("RouterOS.Ike.Session");
        logger.LogDebug("not kept");
        logger.LogWarning(new InvalidDataException("torn"), "peer is odd");
        var entry = Assert.Single(log.Entries());
        Assert.Equal((_time.GetUtcNow(), LogLevel.Warning, "Session"), (entry.Time, entry.Level, entry.Category));
        Assert.Equal("peer is odd (InvalidDataException: torn)", entry.Message);
    }

    [Fact]
    public void A_text_from_a_peer_cannot_forge_a_line()
    {
        using EventLog log = new(_time, _folder.FullName);
        log.CreateLogger("x").LogInformation("bad\nMar 1\t\u001b[2J");
        Assert.Equal("bad Mar 1  [2J", Assert.Single(log.Entries()).Message);
        log.Dispose();
        Assert.Single(File.ReadAllLines(Path.Combine(_folder.FullName, "messages")));
    }

    [Fact]
    public void The_next_process_remembers()
    {
        using (EventLog log = new(_time, _folder.FullName))
        {
            log.CreateLogger("x").LogInformation("first");
        }

        using EventLog again = new(_time, _folder.FullName);
        again.CreateLogger("x").LogInformation("second");
        Assert.Equal(["first", "second"], again.Entries().Select(e => e.Message));
    }

    [Fact]
    public void Memory_and_disk_are_bounded()
    {
        using EventLog log = new(_time, _folder.FullName, fileBytes: 10_000);
        ILogger logger = log.CreateLogger("x");
        for (int i = 0; i < EventLog.Kept + 100; i++)
        {
            logger.LogInformation("one more entry of this log");
        }

        log.CreateLogger("x").Log(LogLevel.Error, default, new string('x', 100_000), null, (text, _) => text);
        Assert.Equal(EventLog.Kept, log.Entries().Count);
        Assert.Equal(4, _folder.GetFiles().Length);
        Assert.All(_folder.GetFiles(), f => Assert.InRange(f.Length, 0, 15_000));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
