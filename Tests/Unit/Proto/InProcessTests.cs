using Google.Protobuf;
using Grpc.Core;
using RouterOS.Interop.Peer;
using RouterOS.Interop.V1;
using RouterOS.Proto.InProcess;

namespace RouterOS.Unit.Proto;

public sealed class InProcessTests
{
    [Fact]
    public void Interleaved_calls_take_the_same_steps_in_every_run()
    {
        (List<string> first, int firstSteps) = Trace();
        (List<string> second, int secondSteps) = Trace();
        Assert.Equal(first, second);
        Assert.Equal(firstSteps, secondSteps);
        Assert.True(first.Distinct().Count() > 100);
    }

    [Fact]
    public void Writer_waits_when_the_stream_is_full() => PumpContext.Run(async pump =>
    {
        (Counting service, Echo.EchoClient client) = Open(pump, new InProcessOptions { StreamMessages = 4 });
        using AsyncServerStreamingCall<Answer> call = client.Download(new Ask { Count = 100 });
        await Task.Delay(TimeSpan.FromSeconds(1), pump.Time);
        Assert.Equal(4, service.Written);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await Task.Delay(TimeSpan.FromSeconds(1), pump.Time);
        Assert.Equal(14, service.Written);
    });

    [Fact]
    public void Writer_that_waits_is_freed_when_the_call_ends() => PumpContext.Run(async pump =>
    {
        (Counting service, Echo.EchoClient client) = Open(pump, new InProcessOptions { StreamMessages = 1 });
        AsyncServerStreamingCall<Answer> call = client.Download(new Ask { Count = 100 });
        await Task.Delay(TimeSpan.FromSeconds(1), pump.Time);
        call.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(1), pump.Time);
        Assert.True(service.Stopped);
    });

    [Fact]
    public void Handler_runs_in_the_context_of_its_service() => PumpContext.Run(async pump =>
    {
        Recording context = new(pump);
        InProcessServices services = new();
        services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time)), context);
        Echo.EchoClient client = new(new InProcessCallInvoker(services, pump.Time));
        using AsyncDuplexStreamingCall<Ask, Answer> call = client.Chat();
        Assert.Equal(1, context.Posts);
        for (int i = 0; i < 2; i++)
        {
            await call.RequestStream.WriteAsync(new Ask());
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Assert.Same(pump, SynchronizationContext.Current);
        Assert.True(context.Posts > 1);
    });

    [Fact]
    public void Without_a_context_the_handler_runs_inside_the_call()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            VirtualTime time = new();
            InProcessServices services = new();
            services.Add(binder => Echo.BindService(binder, new EchoService(time)));
            Echo.EchoClient client = new(new InProcessCallInvoker(services, time));
            Assert.Equal("now", client.Unary(new Ask { Text = "now" }).Text);
            using AsyncUnaryCall<Answer> call = client.UnaryAsync(new Ask { Hang = true }, deadline: time.GetUtcNow().UtcDateTime.AddSeconds(1));
            Assert.False(call.ResponseAsync.IsCompleted);
            Assert.True(time.AdvanceToNextTimer());
            Assert.True(call.ResponseAsync.IsFaulted);
            Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Blocking_call_is_refused_where_it_would_never_end() => PumpContext.Run(pump =>
    {
        (_, Echo.EchoClient client) = Open(pump);
        Assert.Throws<NotSupportedException>(() => client.Unary(new Ask()));
        return Task.CompletedTask;
    });

    [Fact]
    public void Service_can_be_removed_and_offered_again() => PumpContext.Run(async pump =>
    {
        InProcessServices services = new();
        Echo.EchoClient client = new(new InProcessCallInvoker(services, pump.Time));
        IDisposable offer = services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time)));
        Assert.Throws<InvalidOperationException>(() => services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time))));
        await client.UnaryAsync(new Ask());
        offer.Dispose();
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask()));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
        using IDisposable again = services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time)));
        offer.Dispose();
        await client.UnaryAsync(new Ask());
    });

    [Fact]
    public void Failure_of_a_handler_is_reported_with_its_method() => PumpContext.Run(async pump =>
    {
        List<(string Path, string Message)> failures = [];
        InProcessServices services = new((path, e) => failures.Add((path, e.Message)));
        services.Add(binder => Echo.BindService(binder, new EchoService(pump.Time)));
        Echo.EchoClient client = new(new InProcessCallInvoker(services, pump.Time));
        await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask { FailCode = -1, FailMessage = "why" }));
        await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask { FailCode = 5 }));
        Assert.Equal([("/routeros.interop.v1.Echo/Unary", "why")], failures);
    });

    [Fact]
    public void Caller_may_change_a_message_after_it_was_sent() => PumpContext.Run(async pump =>
    {
        (_, Echo.EchoClient client) = Open(pump);
        Ask ask = new() { Text = "sent" };
        AsyncUnaryCall<Answer> call = client.UnaryAsync(ask);
        ask.Text = "changed";
        Assert.Equal("sent", (await call).Text);
    });

    private static (List<string> Trace, int Steps) Trace()
    {
        List<string> trace = [];
        int steps = PumpContext.Run(async pump =>
        {
            (_, Echo.EchoClient client) = Open(pump, new InProcessOptions { StreamMessages = 2 });
            await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ConverseAsync(i, client, pump, trace)));
        });
        return (trace, steps);
    }

    private static async Task ConverseAsync(int id, Echo.EchoClient client, PumpContext pump, List<string> trace)
    {
        using AsyncDuplexStreamingCall<Ask, Answer> chat = client.Chat();
        using AsyncServerStreamingCall<Answer> download = client.Download(new Ask { Count = 20, PayloadBytes = id });
        for (int i = 0; i < 20; i++)
        {
            await chat.RequestStream.WriteAsync(new Ask { Text = $"{id}", Payload = ByteString.CopyFrom((byte)i) });
            Assert.True(await download.ResponseStream.MoveNext());
            Assert.True(await chat.ResponseStream.MoveNext());
            trace.Add($"{id}: {i} at {pump.Time.GetUtcNow():O}");
            DateTime deadline = pump.Time.GetUtcNow().UtcDateTime.AddMilliseconds(id + 1);
            RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask { Hang = true }, deadline: deadline));
            trace.Add($"{id}: {e.StatusCode} at {pump.Time.GetUtcNow():O}");
        }
    }

    private static (Counting Service, Echo.EchoClient Client) Open(PumpContext pump, InProcessOptions? options = null)
    {
        Counting service = new(pump.Time);
        InProcessServices services = new();
        services.Add(binder => Echo.BindService(binder, service));
        return (service, new(new InProcessCallInvoker(services, pump.Time, options)));
    }

    private sealed class Counting(TimeProvider time) : Echo.EchoBase
    {
        private readonly EchoService _inner = new(time);

        public int Written { get; private set; }

        public bool Stopped { get; private set; }

        public override Task<Answer> Unary(Ask request, ServerCallContext context) => _inner.Unary(request, context);

        public override Task Chat(IAsyncStreamReader<Ask> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context) =>
            _inner.Chat(requestStream, responseStream, context);

        public override async Task Download(Ask request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
        {
            try
            {
                for (int i = 0; i < request.Count; i++)
                {
                    await responseStream.WriteAsync(new Answer { Number = i });
                    Written++;
                }
            }
            finally
            {
                Stopped = true;
            }
        }
    }

    private sealed class Recording(SynchronizationContext inner) : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posts++;
            inner.Post(
                _ =>
                {
                    SynchronizationContext? before = Current;
                    SetSynchronizationContext(this);
                    d(state);
                    SetSynchronizationContext(before);
                },
                null);
        }
    }
}
