using RouterOS.Host.Processes;

namespace RouterOS.Unit.Host;

public sealed class QuietCollectionTests
{
    private static readonly TimeSpan s_busy = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    private readonly QuietCollection _watch;
    private TimeSpan _processor;
    private long _allocated;
    private int _collections;

    public QuietCollectionTests() => _watch = new QuietCollection(() => (_processor, _allocated), () => _collections++);

    [Fact]
    public void Memory_is_given_back_once_when_the_work_is_over()
    {
        for (int i = 0; i < 10; i++)
        {
            Look(s_busy, QuietCollection.Worth);
        }

        Assert.Equal(0, _collections);
        Look(s_quiet, 1000);
        Assert.Equal(0, _collections);
        Look(s_quiet, 1000);
        Assert.Equal(1, _collections);
        for (int i = 0; i < 100; i++)
        {
            Look(s_quiet, QuietCollection.Worth / 200);
        }

        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Nothing_stops_a_process_that_has_work_to_do_between_short_rests()
    {
        for (int i = 0; i < 50; i++)
        {
            Look(s_busy, QuietCollection.Worth);
            Look(s_quiet, 1000);
        }

        Assert.Equal(0, _collections);
    }

    private void Look(TimeSpan processor, long allocated)
    {
        _processor += processor;
        _allocated += allocated;
        _watch.Look();
    }
}
