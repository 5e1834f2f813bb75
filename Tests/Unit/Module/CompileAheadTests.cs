using RouterOS.Flow.Nodes;
using RouterOS.Module;

namespace RouterOS.Unit.Module;

public sealed class CompileAheadTests
{
    [Fact]
    public void Nothing_that_a_module_runs_keeps_the_compiler_from_the_rest()
    {
        int alone = CompileAhead.Run([]);

        Assert.True(alone > 1000, $"{alone} methods");
        Assert.True(CompileAhead.Run([new FlowNodePackage(64)]) > alone + 100);
    }
}
