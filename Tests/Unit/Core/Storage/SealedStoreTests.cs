using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Storage;

namespace RouterOS.Unit.Core.Storage;

public sealed class SealedStoreTests
{
    private readonly CrashingFileSystem _files = new();

    [Fact]
    public void What_is_written_is_read_by_the_next_process()
    {
        Open("ike").Write("ceiling", [1, 2, 3]);
        SealedStore again = Open("ike");
        Assert.Equal([1, 2, 3], again.Read("ceiling"));
        Assert.Equal(["ceiling"], again.Names());
        again.Delete("ceiling");
        Assert.Null(again.Read("ceiling"));
    }

    [Fact]
    public void The_disk_holds_no_clear_value()
    {
        Open("ike").Write("key", "a very secret thing"u8);
        Assert.All(
            _files.Paths,
            p => Assert.False(_files.Read(p).AsSpan().IndexOf("secret"u8) >= 0, p));
    }

    [Fact]
    public void One_value_cannot_stand_in_for_another()
    {
        Open("ike").Write("a", [1]);
        Open("esp").Write("b", [2]);
        _files.Write("/state/plugins/ike/b.sealed", _files.Read("/state/plugins/ike/a.sealed"));
        _files.Write("/state/plugins/esp/a.sealed", _files.Read("/state/plugins/ike/a.sealed"));
        Assert.Null(Open("ike").Read("b"));
        Assert.Null(Open("esp").Read("a"));
    }

    [Fact]
    public void A_damaged_seal_reads_as_nothing()
    {
        Open("ike").Write("a", [1, 2, 3, 4]);
        byte[] seal = _files.Read("/state/plugins/ike/a.sealed")!;
        for (int i = 0; i < seal.Length; i++)
        {
            byte[] damaged = [.. seal];
            damaged[i] ^= 1;
            _files.Write("/state/plugins/ike/a.sealed", damaged);
            Assert.Null(Open("ike").Read("a"));
        }

        _files.Write("/state/plugins/ike/a.sealed", []);
        Assert.Null(Open("ike").Read("a"));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        Open("ike").Write("a", [1]);
        _files.Delete("/state/master.key");
        Assert.Null(Open("ike").Read("a"));
    }

    [Fact]
    public void A_key_that_is_no_key_is_not_replaced()
    {
        _files.Write("/state/master.key", [1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => MasterKey.Open(_files, "/state"));
        Assert.Equal([1, 2, 3], _files.Read("/state/master.key"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData(".x")]
    [InlineData("a b")]
    public void Bad_names_are_a_callers_bug(string name) => Assert.Throws<ArgumentException>(() => Open("ike").Write(name, [1]));

    [Fact]
    public void A_loss_of_power_leaves_the_old_or_the_new_value()
    {
        bool old = false;
        bool current = false;
        for (int seed = 0; seed < 300; seed++)
        {
            CrashingFileSystem files = new();
            Sealer sealer = new(MasterKey.Open(files, "/state"));
            SealedStore store = new(files, sealer, "/state", "ike", NullLogger.Instance);
            store.Write("a", [1]);
            files.OperationsLeft = seed % 6;
            try
            {
                store.Write("a", [2]);
            }
            catch (PowerLostException)
            {
            }

            files.Restart(new Random(seed), hostDied: seed % 2 == 0);
            byte[]? value = new SealedStore(files, new Sealer(MasterKey.Open(files, "/state")), "/state", "ike", NullLogger.Instance).Read("a");
            Assert.True(value is [1] or [2]);
            old |= value is [1];
            current |= value is [2];
        }

        Assert.True(old && current);
    }

    private SealedStore Open(string plugin) =>
        new(_files, new Sealer(MasterKey.Open(_files, "/state")), "/state", plugin, NullLogger.Instance);
}
