using Grpc.Core;
using Grpc.Net.Client;
using RouterOS.Proto.Sockets;
using RouterOS.Unit.Grpc;

namespace RouterOS.Unit.Proto;

public sealed class SocketTransportTests : TransportTests
{
    protected override void RunInvoker(Func<CallInvoker, TimeProvider, Task> test) => RunAsync(test).GetAwaiter().GetResult();

    private static async Task RunAsync(Func<CallInvoker, TimeProvider, Task> test)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = UnixChannel.Create(server.Path);
        await test(channel.CreateCallInvoker(), TimeProvider.System).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
