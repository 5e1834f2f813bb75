using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using RouterOS.Interop.V1;

namespace RouterOS.Interop.Peer;

/// <summary>What a client must see of any server of <c>interop.proto</c>.</summary>
internal sealed class ClientCases(CallInvoker invoker)
{
    private const int Megabyte = 1024 * 1024;
    private const string HardText = "100 % sure: Grüße, 漢字\t\"end\"";

    private readonly Echo.EchoClient _echo = new(invoker);

    public static async Task<int> RunAsync(string address)
    {
        using GrpcChannel channel = Connect.To(address);
        ClientCases cases = new(channel.CreateCallInvoker());
        (string Name, Func<Task> Run)[] all =
        [
            ("unary", cases.UnaryAsync),
            ("upload", cases.UploadAsync),
            ("download", cases.DownloadAsync),
            ("chat", cases.ChatAsync),
            ("empty messages", cases.EmptyAsync),
            ("error with details", cases.ErrorAsync),
            ("error after responses", cases.ErrorAfterResponsesAsync),
            ("metadata, text and binary", cases.MetadataAsync),
            ("deadline", cases.DeadlineAsync),
            ("cancellation", cases.CancelAsync),
            ("cancelled stream", cases.CancelStreamAsync),
            ("messages of 3 MiB", cases.BigAsync),
            ("request over the limit", cases.BigRequestAsync),
            ("response over the limit", cases.BigResponseAsync),
            ("unknown method", cases.UnknownAsync),
            ("200 calls at once", cases.ConcurrentAsync),
        ];

        int failed = 0;
        foreach ((string name, Func<Task> run) in all)
        {
            failed += await Report.CaseAsync(name, run) ? 0 : 1;
        }

        return failed == 0 ? 0 : 1;
    }

    private async Task UnaryAsync() => Report.Equal(HardText, (await _echo.UnaryAsync(new Ask { Text = HardText })).Text);

    private async Task UploadAsync()
    {
        using AsyncClientStreamingCall<Ask, Answer> call = _echo.Upload();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = "x" });
        }

        await call.RequestStream.CompleteAsync();
        Answer answer = await call;
        Report.Equal(100, answer.Number);
        Report.Equal(100, answer.Text.Length);
    }

    private async Task DownloadAsync()
    {
        using AsyncServerStreamingCall<Answer> call = _echo.Download(new Ask { Count = 1000, PayloadBytes = 1000 });
        int next = 0;
        await foreach (Answer answer in call.ResponseStream.ReadAllAsync())
        {
            Report.Equal(next++, answer.Number);
            Report.Equal(1000, answer.Payload.Length);
        }

        Report.Equal(1000, next);
    }

    private async Task ChatAsync()
    {
        using AsyncDuplexStreamingCall<Ask, Answer> call = _echo.Chat();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}" });
            Report.Equal(true, await call.ResponseStream.MoveNext());
            Report.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Report.Equal(false, await call.ResponseStream.MoveNext());
    }

    private async Task EmptyAsync()
    {
        Report.Equal(new Answer(), await _echo.UnaryAsync(new Ask()));
        using AsyncClientStreamingCall<Ask, Answer> call = _echo.Upload();
        await call.RequestStream.CompleteAsync();
        Report.Equal(0, (await call).Number);
    }

    private async Task ErrorAsync()
    {
        byte[] details = [0, 1, 2, 253, 254, 255];
        RpcException e = await Report.ThrowsAsync(StatusCode.FailedPrecondition, async () => await _echo.UnaryAsync(new Ask
        {
            FailCode = (int)StatusCode.FailedPrecondition,
            FailMessage = HardText,
            FailDetails = ByteString.CopyFrom(details),
        }));
        Report.Equal(HardText, e.Status.Detail);
        Report.Equal(Convert.ToHexString(details), Convert.ToHexString(e.Trailers.GetValueBytes("grpc-status-details-bin") ?? []));
    }

    private async Task ErrorAfterResponsesAsync()
    {
        using AsyncServerStreamingCall<Answer> call = _echo.Download(new Ask { Count = 2, FailCode = (int)StatusCode.DataLoss, FailMessage = "lost" });
        Report.Equal(true, await call.ResponseStream.MoveNext());
        Report.Equal(true, await call.ResponseStream.MoveNext());
        RpcException e = await Report.ThrowsAsync(StatusCode.DataLoss, () => call.ResponseStream.MoveNext());
        Report.Equal("lost", e.Status.Detail);
    }

    private async Task MetadataAsync()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using AsyncUnaryCall<Answer> call = _echo.UnaryAsync(new Ask(), new Metadata { { "echo-text", "a b, c" }, { "echo-data-bin", bytes } });
        Metadata headers = await call.ResponseHeadersAsync;
        await call;
        Report.Equal("a b, c", headers.GetValue("echo-text"));
        Report.Equal(Convert.ToHexString(bytes), Convert.ToHexString(call.GetTrailers().GetValueBytes("echo-data-bin") ?? []));
    }

    private async Task DeadlineAsync()
    {
        int before = await CancelledAsync();
        DateTime deadline = DateTime.UtcNow.AddMilliseconds(400);
        await Report.ThrowsAsync(StatusCode.DeadlineExceeded, async () => await _echo.UnaryAsync(new Ask { Hang = true }, deadline: deadline));
        await SeesCancelledAsync(before + 1);
    }

    private async Task CancelAsync()
    {
        int before = await CancelledAsync();
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(400));
        await Report.ThrowsAsync(
            StatusCode.Cancelled, async () => await _echo.UnaryAsync(new Ask { Hang = true }, cancellationToken: source.Token));
        await SeesCancelledAsync(before + 1);
    }

    private async Task CancelStreamAsync()
    {
        int before = await CancelledAsync();
        using (AsyncDuplexStreamingCall<Ask, Answer> call = _echo.Chat())
        {
            await call.RequestStream.WriteAsync(new Ask { Text = "first" });
            Report.Equal(true, await call.ResponseStream.MoveNext());
            await call.RequestStream.WriteAsync(new Ask { Hang = true });
            await Task.Delay(400);
        }

        await SeesCancelledAsync(before + 1);
    }

    private async Task BigAsync()
    {
        byte[] payload = new byte[3 * Megabyte];
        new Random(1).NextBytes(payload);
        Answer answer = await _echo.UnaryAsync(new Ask { Payload = ByteString.CopyFrom(payload) });
        Report.Equal(true, answer.Payload.Span.SequenceEqual(payload));
    }

    private async Task BigRequestAsync() => await Report.ThrowsAsync(
        StatusCode.ResourceExhausted, async () => await _echo.UnaryAsync(new Ask { Payload = ByteString.CopyFrom(new byte[5 * Megabyte]) }));

    private async Task BigResponseAsync() => await Report.ThrowsAsync(
        StatusCode.ResourceExhausted, async () => await _echo.UnaryAsync(new Ask { PayloadBytes = 5 * Megabyte }));

    private async Task UnknownAsync()
    {
        Method<string, string> method = new(
            MethodType.Unary, "routeros.interop.v1.Echo", "NoSuchMethod", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        await Report.ThrowsAsync(StatusCode.Unimplemented, async () => await invoker.AsyncUnaryCall(method, null, default, ""));
    }

    private async Task ConcurrentAsync()
    {
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => await _echo.UnaryAsync(new Ask { Text = $"{i}" })));
        Report.Equal(string.Join(',', Enumerable.Range(0, 200)), string.Join(',', answers.Select(answer => answer.Text)));
    }

    private async Task<int> CancelledAsync() => (await _echo.CancelledAsync(new Nothing())).Number;

    private async Task SeesCancelledAsync(int count)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(5);
        int seen;
        while ((seen = await CancelledAsync()) < count && DateTime.UtcNow < end)
        {
            await Task.Delay(20);
        }

        Report.Equal(count, seen);
    }
}
