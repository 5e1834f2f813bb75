using Grpc.Core;
using RouterOS.Interop.Peer;
using RouterOS.Interop.V1;
using RouterOS.Proto.InProcess;

namespace RouterOS.Unit.Proto;

public sealed class InProcessTransportTests : TransportTests
{
    protected override void RunInvoker(Func<CallInvoker, TimeProvider, Task> test) => PumpContext.Run(async pump =>
    {
        InProcessServices services = new();
        using IDisposable echo = services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time)));
        await test(new InProcessCallInvoker(services, pump.Time), pump.Time);
        Assert.Equal(0, pump.Time.ArmedTimers);
    });
}
