using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Strands;
using RouterOS.Core.Tables;
using RouterOS.Module;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.InProcess;
using RouterOS.Sdk.Tables;
using RouterOS.Unit.Module;

namespace RouterOS.Unit.Core.Tables;

public sealed class ThreadedJournalTests
{
    [Fact]
    public async Task Writers_on_many_threads_all_get_their_acknowledgements_and_the_module_gets_their_rows()
    {
        StrandFactory strands = new(new ThreadPoolExecutor(), TimeProvider.System);
        List<Exception> escaped = [];
        using Strand kernel = strands.Create("core", escaped.Add);
        using Strand module = strands.Create("module", escaped.Add);
        RecordingPlane plane = new();
        InProcessServices services = new();
        ModuleAgent agent = new(new("module", 1, DateTimeOffset.UnixEpoch, [], [], []), plane);
        services.Add(binder => RouterOS.Proto.Module.V1.Module.BindService(binder, agent), module.Context);
        TableJournal journal = new();
        await using ModuleClient client = new(
            new InProcessCallInvoker(services, TimeProvider.System), journal.AddModule("module"), kernel, TimeProvider.System, NullLogger.Instance);
        TaskCompletionSource attached = new();
        client.Attached += _ => attached.SetResult();
        client.Start();
        await attached.Task;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            ITableWriter writer = journal.Open("writer" + number);
            ulong version = 0;
            for (uint i = 1; i <= 2_000; i++)
            {
                version = writer.Set("table" + number, (i % 50).ToString(), new InterfaceRow { Index = i });
                if (i % 100 == 0)
                {
                    Assert.Null(await writer.Acknowledged(version));
                }
            }

            writer.Remove("table" + number, "0");
            writer.EndOfSync();
            Assert.Null(await writer.Acknowledged(version + 2));
        })));
        Assert.Equal(4 * 49, await module.Call(() => plane.Rows.Count));
        Assert.All(plane.Rows, row => Assert.Equal(1_950 + uint.Parse(row.Key.Key), InterfaceRow.Parser.ParseFrom(row.Value).Index));
        Assert.Empty(escaped);
    }
}
