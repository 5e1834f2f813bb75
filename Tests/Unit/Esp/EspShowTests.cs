using Google.Protobuf;
using RouterOS.Esp.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Tables;

namespace RouterOS.Unit.Esp;

public sealed class EspShowTests
{
    private readonly Modules _modules = new();

    [Fact]
    public async Task Statistics_are_sums_over_protections_and_modules_since_the_last_clear()
    {
        EspShow show = new(_modules);
        _modules.Rows = [State(3, 10), State(3, 1), State(4, 100)];
        Assert.Equal(Statistics(111), await show.GetStatistics(new GetStatisticsRequest(), null!));
        Assert.Equal(Statistics(11), await show.GetStatistics(new GetStatisticsRequest { Protection = 3 }, null!));

        await show.ClearStatistics(new ClearStatisticsRequest { Protection = 3 }, null!);
        Assert.Equal(Statistics(100), await show.GetStatistics(new GetStatisticsRequest(), null!));
        _modules.Rows = [State(3, 15), State(3, 1), State(4, 100)];
        Assert.Equal(Statistics(5), await show.GetStatistics(new GetStatisticsRequest { Protection = 3 }, null!));

        await show.ClearStatistics(new ClearStatisticsRequest(), null!);
        Assert.Equal(Statistics(0), await show.GetStatistics(new GetStatisticsRequest(), null!));
    }

    [Fact]
    public async Task Counters_that_began_anew_are_shown_whole()
    {
        EspShow show = new(_modules);
        _modules.Rows = [State(3, 10)];
        await show.ClearStatistics(new ClearStatisticsRequest(), null!);
        _modules.Rows = [State(3, 2)];
        Assert.Equal(Statistics(2), await show.GetStatistics(new GetStatisticsRequest(), null!));
        _modules.Rows = [State(3, 12)];
        Assert.Equal(Statistics(12), await show.GetStatistics(new GetStatisticsRequest(), null!));
    }

    [Fact]
    public void Manifest_names_the_service_that_the_contract_has() =>
        Assert.Equal(["routeros.esp.v1.Esp"], new EspPlugin().Manifest.Provides);

    private static ProtectionState State(uint id, ulong n) => new()
    {
        Id = id, EncryptedPackets = n, EncryptedBytes = 136 * n, DecryptedPackets = 2 * n, DecryptedBytes = 168 * n, Replayed = 3 * n,
        AuthenticationFailed = 4 * n, DecryptionFailed = 5 * n, BadHeader = 6 * n, BadTrailer = 7 * n, NoSa = 8 * n,
    };

    private static EspStatistics Statistics(ulong n) => new()
    {
        EncryptedPackets = n, EncryptedBytes = 136 * n, DecryptedPackets = 2 * n, DecryptedBytes = 168 * n, ReplayErrors = 3 * n,
        AuthenticationFailures = 4 * n, DecryptionFailures = 5 * n, BadHeaders = 6 * n, BadTrailers = 7 * n,
        OtherSendErrors = 8 * n,
    };

    private sealed class Modules : IModuleView
    {
        public IReadOnlyList<ProtectionState> Rows { get; set; } = [];

        public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
            where T : IMessage<T>, new()
        {
            Assert.Equal("protection", table);
            return Task.FromResult<IReadOnlyList<KeyValuePair<string, T>>>(
                [.. Rows.Where(r => key.Length == 0 || key == $"{r.Id}").Select(r => KeyValuePair.Create($"{r.Id}", (T)(object)r))]);
        }

        public void Subscribe(string table, Action<ModuleEvent> handler) => throw new InvalidOperationException();

        public Task<IReadOnlyList<ModuleDescription>> Describe() => throw new InvalidOperationException();
    }
}
