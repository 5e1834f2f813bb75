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
    public void One_plugins_values_cannot_stand_in_for_anothers()
    {
        Open("ike").Write("a", [1]);
        Open("esp").Write("a", [2]);
        _files.Write("/state/plugins/esp/values.sealed", _files.Read("/state/plugins/ike/values.sealed"));
        Assert.Null(Open("esp").Read("a"));
        Assert.Empty(Open("esp").Names());
    }

    [Fact]
    public void A_damaged_seal_reads_as_nothing()
    {
        Open("ike").Write("a", [1, 2, 3, 4]);
        byte[] seal = _files.Read("/state/plugins/ike/values.sealed")!;
        for (int i = 0; i < seal.Length; i++)
        {
            byte[] damaged = [.. seal];
            damaged[i] ^= 1;
            _files.Write("/state/plugins/ike/values.sealed", damaged);
            Assert.Null(Open("ike").Read("a"));
        }

        _files.Write("/state/plugins/ike/values.sealed", []);
        Assert.Null(Open("ike").Read("a"));
    }

    [Fact]
    public void A_record_that_is_cut_off_takes_no_other_with_it_and_is_overwritten()
    {
        Open("ike").Write("a", [1]);
        int whole = _files.Read("/state/plugins/ike/values.sealed")!.Length;
        Open("ike").Write("b", [2, 2, 2]);
        byte[] both = _files.Read("/state/plugins/ike/values.sealed")!;
        for (int length = whole; length < both.Length; length++)
        {
            _files.Write("/state/plugins/ike/values.sealed", both.AsSpan(0, length));
            SealedStore store = Open("ike");
            Assert.Equal(["a"], store.Names());
            store.Write("c", [3]);
            Assert.Equal([1], Open("ike").Read("a"));
            Assert.Equal([3], Open("ike").Read("c"));
        }
    }

    [Fact]
    public void The_file_holds_little_more_than_what_lives()
    {
        SealedStore store = Open("ike");
        byte[] value = new byte[8000];
        for (int i = 0; i < 900; i++)
        {
            value[0] = (byte)i;
            store.Write($"v{i % 10}", value);
            if (i % 3 == 0)
            {
                store.Delete($"v{i % 7}");
            }
        }

        Assert.True(_files.Read("/state/plugins/ike/values.sealed")!.Length < 2_000_000);
        SealedStore again = Open("ike");
        Assert.Equal(store.Names(), again.Names());
        Assert.All(again.Names(), n => Assert.Equal(store.Read(n), again.Read(n)));
        Assert.NotEmpty(again.Names());
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
    public void A_loss_of_power_leaves_an_earlier_state_and_a_loss_of_the_process_the_last_one()
    {
        HashSet<byte> seen = [];
        for (int seed = 0; seed < 300; seed++)
        {
            CrashingFileSystem files = new();
            Sealer sealer = new(MasterKey.Open(files, "/state"));
            SealedStore store = new(files, sealer, "/state", "ike", NullLogger.Instance);
            store.Write("a", [1]);
            store.Write("a", [2]);
            bool hostDied = seed % 2 == 0;
            files.OperationsLeft = seed % 3;
            byte last = 2;
            try
            {
                store.Write("a", [3]);
                last = 3;
            }
            catch (PowerLostException)
            {
            }

            files.Restart(new Random(seed), hostDied);
            byte[]? value = new SealedStore(files, new Sealer(MasterKey.Open(files, "/state")), "/state", "ike", NullLogger.Instance).Read("a");
            Assert.True(hostDied ? value is [1] or [2] or [3] : value is [var found] && found == last);
            _ = seen.Add(value![0]);
        }

        Assert.Equal(3, seen.Count);
    }

    private SealedStore Open(string plugin) =>
        new(_files, new Sealer(MasterKey.Open(_files, "/state")), "/state", plugin, NullLogger.Instance);
}
