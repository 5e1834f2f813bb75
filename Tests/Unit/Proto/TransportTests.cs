using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using RouterOS.Interop.Peer;
using RouterOS.Interop.V1;

namespace RouterOS.Unit.Proto;

/// <summary>What every transport must do; each derived class runs it over one.</summary>
public abstract class TransportTests
{
    private const int ReceiveLimit = 4 * 1024 * 1024;

    [Fact]
    public void Unary_call_returns_the_response() => Run(async (client, _) =>
    {
        Answer answer = await client.UnaryAsync(new Ask { Text = "hello" });
        Assert.Equal("hello", answer.Text);
    });

    [Fact]
    public void Empty_message_passes_both_ways() => Run(async (client, _) =>
        Assert.Equal(new Answer(), await client.UnaryAsync(new Ask())));

    [Fact]
    public void Upload_is_read_in_order() => Run(async (client, _) =>
    {
        using AsyncClientStreamingCall<Ask, Answer> call = client.Upload();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}," });
        }

        await call.RequestStream.CompleteAsync();
        Answer answer = await call;
        Assert.Equal(100, answer.Number);
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},")), answer.Text);
    });

    [Fact]
    public void Upload_without_a_request_is_answered() => Run(async (client, _) =>
    {
        using AsyncClientStreamingCall<Ask, Answer> call = client.Upload();
        await call.RequestStream.CompleteAsync();
        Assert.Equal(0, (await call).Number);
    });

    [Fact]
    public void Download_is_read_in_order() => Run(async (client, _) =>
    {
        using AsyncServerStreamingCall<Answer> call = client.Download(new Ask { Count = 500 });
        int next = 0;
        await foreach (Answer answer in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next++, answer.Number);
        }

        Assert.Equal(500, next);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    });

    [Fact]
    public void Chat_answers_each_request_before_the_next() => Run(async (client, _) =>
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = client.Chat();
        for (int i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    });

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("100 % sure: Grüße, 漢字\r\n\t\"end\"")]
    public void Status_keeps_its_code_its_text_and_its_details(string message) => Run(async (client, _) =>
    {
        byte[] details = [0, 1, 254, 255];
        Ask ask = new() { FailCode = (int)StatusCode.FailedPrecondition, FailMessage = message, FailDetails = ByteString.CopyFrom(details) };
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(ask));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal(message, e.Status.Detail);
        Assert.Equal(details, e.Trailers.GetValueBytes("grpc-status-details-bin"));
    });

    [Fact]
    public void Status_comes_after_the_responses_that_were_sent() => Run(async (client, _) =>
    {
        using AsyncServerStreamingCall<Answer> call = client.Download(new Ask { Count = 3, FailCode = (int)StatusCode.DataLoss });
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DataLoss, e.StatusCode);
    });

    [Fact]
    public void Error_of_a_handler_does_not_tell_what_was_thrown() => Run(async (client, _) =>
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await client.UnaryAsync(new Ask { FailCode = -1, FailMessage = "secret" }));
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("secret", e.Status.Detail, StringComparison.Ordinal);
    });

    [Fact]
    public void Metadata_passes_as_headers_and_trailers() => Run(async (client, _) =>
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Metadata sent = new() { { "Echo-Text", "one" }, { "echo-data-bin", bytes }, { "echo-data-bin", new byte[] { 7 } } };
        using AsyncUnaryCall<Answer> call = client.UnaryAsync(new Ask(), sent);
        Metadata headers = await call.ResponseHeadersAsync;
        await call;
        Assert.Equal("one", headers.GetValue("echo-text"));
        Assert.Equal([bytes, [7]], call.GetTrailers().GetAll("echo-data-bin").Select(entry => entry.ValueBytes));
    });

    [Fact]
    public void Metadata_that_headers_cannot_carry_is_refused() => Run(async (client, _) =>
    {
        Metadata sent = new() { { "echo-text", "Grüße" } };
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask(), sent));
        Assert.Equal(StatusCode.Internal, e.StatusCode);
    });

    [Fact]
    public void Deadline_ends_a_call_that_hangs_and_cancels_its_handler() => Run((client, clock) => UntilCancelled(client, async () =>
    {
        DateTime deadline = clock.GetUtcNow().UtcDateTime.AddMilliseconds(100);
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Ask { Hang = true }, deadline: deadline));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }));

    [Fact]
    public void Deadline_that_has_passed_ends_the_call_at_once() => Run(async (client, clock) =>
    {
        DateTime deadline = clock.GetUtcNow().UtcDateTime.AddSeconds(-1);
        using AsyncServerStreamingCall<Answer> call = client.Download(new Ask { Count = 1 }, deadline: deadline);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    });

    [Fact]
    public void Distant_deadline_does_not_disturb() => Run(async (client, clock) =>
        Assert.Equal("x", (await client.UnaryAsync(new Ask { Text = "x" }, deadline: clock.GetUtcNow().UtcDateTime.AddDays(400))).Text));

    [Fact]
    public void Cancelled_token_ends_the_call_and_cancels_its_handler() => Run((client, clock) => UntilCancelled(client, async () =>
    {
        using CancellationTokenSource source = new();
        using AsyncUnaryCall<Answer> call = client.UnaryAsync(new Ask { Hang = true }, cancellationToken: source.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
        source.Cancel();
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }));

    [Fact]
    public void Disposed_call_is_cancelled() => Run((client, clock) => UntilCancelled(client, async () =>
    {
        AsyncDuplexStreamingCall<Ask, Answer> call = client.Chat();
        await call.RequestStream.WriteAsync(new Ask { Hang = true });
        await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
        call.Dispose();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
    }));

    [Fact]
    public void Large_message_passes_up_to_the_limit() => Run(async (client, _) =>
    {
        byte[] payload = new byte[ReceiveLimit - 64];
        new Random(1).NextBytes(payload);
        Answer answer = await client.UnaryAsync(new Ask { Payload = ByteString.CopyFrom(payload) });
        Assert.True(answer.Payload.Span.SequenceEqual(payload));
    });

    [Fact]
    public void Request_over_the_limit_is_refused() => Run(async (client, _) =>
    {
        Ask ask = new() { Payload = ByteString.CopyFrom(new byte[ReceiveLimit + 1]) };
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(ask));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    });

    [Fact]
    public void Response_over_the_limit_is_refused() => Run(async (client, _) =>
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await client.UnaryAsync(new Ask { PayloadBytes = ReceiveLimit + 1 }));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    });

    [Fact]
    public void Unknown_method_is_unimplemented() => RunInvoker(async (invoker, _) =>
    {
        Method<string, string> method = new(
            MethodType.Unary, "no.such.Service", "Method", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await invoker.AsyncUnaryCall(method, null, default, "x"));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    });

    [Fact]
    public void Status_can_be_read_only_when_the_call_is_done() => Run(async (client, _) =>
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = client.Chat();
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    });

    [Fact]
    public void Writer_learns_that_the_server_has_ended_the_call() => Run(async (client, clock) =>
    {
        using AsyncClientStreamingCall<Ask, Answer> call = client.Upload();
        await call.RequestStream.WriteAsync(new Ask { FailCode = (int)StatusCode.PermissionDenied });
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
        e = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Ask()));
        Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
    });

    [Fact]
    public void Nothing_is_written_after_the_end() => Run(async (client, _) =>
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = client.Chat();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ask()));
    });

    [Fact]
    public void Interceptor_sees_the_call() => RunInvoker(async (invoker, _) =>
    {
        Echo.EchoClient client = new(invoker.Intercept(headers =>
        {
            headers.Add("echo-text", "intercepted");
            return headers;
        }));
        using AsyncUnaryCall<Answer> call = client.UnaryAsync(new Ask());
        Assert.Equal("intercepted", (await call.ResponseHeadersAsync).GetValue("echo-text"));
        await call;
    });

    /// <summary>Runs a test with an invoker to an <see cref="EchoService"/> and the clock of its deadlines.</summary>
    protected abstract void RunInvoker(Func<CallInvoker, TimeProvider, Task> test);

    private void Run(Func<Echo.EchoClient, TimeProvider, Task> test) =>
        RunInvoker((invoker, clock) => test(new Echo.EchoClient(invoker), clock));

    // Over a socket, on a busy machine, a call may end before its handler has begun: then there is nothing to cancel yet.
    private static async Task UntilCancelled(Echo.EchoClient client, Func<Task> attempt)
    {
        do
        {
            await attempt();
        }
        while ((await client.CancelledAsync(new Nothing())).Number == 0);
    }
}
