using System.Text;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Interop.V1;

namespace RouterOS.Interop.Peer;

/// <summary>Does what each request asks for.</summary>
public sealed class EchoService(TimeProvider time) : Echo.EchoBase
{
    private int _cancelled;

    /// <summary>Calls that were cancelled while they hung.</summary>
    public int CancelledCalls => Volatile.Read(ref _cancelled);

    public override async Task<Answer> Unary(Ask request, ServerCallContext context)
    {
        await Begin(context);
        await Act(request, context);
        return Reply(request, 0);
    }

    public override async Task<Answer> Upload(IAsyncStreamReader<Ask> requestStream, ServerCallContext context)
    {
        await Begin(context);
        StringBuilder text = new();
        int count = 0;
        await foreach (Ask ask in requestStream.ReadAllAsync(context.CancellationToken))
        {
            text.Append(ask.Text);
            count++;
            await Act(ask, context);
        }

        return new Answer { Text = text.ToString(), Number = count };
    }

    public override async Task Download(Ask request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        await Begin(context);
        for (int i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(Reply(request, i));
        }

        await Act(request, context);
    }

    public override async Task Chat(
        IAsyncStreamReader<Ask> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        await Begin(context);
        int number = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            Ask ask = requestStream.Current;
            await Act(ask, context);
            await responseStream.WriteAsync(Reply(ask, number++));
        }
    }

    public override Task<Answer> Cancelled(Nothing request, ServerCallContext context) =>
        Task.FromResult(new Answer { Number = CancelledCalls });

    private static Answer Reply(Ask ask, int number) => new()
    {
        Text = ask.Text,
        Number = number,
        Payload = ask.PayloadBytes > 0 ? ByteString.CopyFrom(new byte[ask.PayloadBytes]) : ask.Payload,
    };

    private static async Task Begin(ServerCallContext context)
    {
        Metadata headers = [];
        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            if (entry.Key == "echo-text")
            {
                headers.Add(entry);
            }
            else if (entry.Key == "echo-data-bin")
            {
                context.ResponseTrailers.Add(entry);
            }
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }

    private async Task Act(Ask ask, ServerCallContext context)
    {
        if (ask.Hang)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
                throw;
            }
        }

        if (ask.FailCode < 0)
        {
            throw new InvalidOperationException(ask.FailMessage);
        }

        if (ask.FailCode != 0)
        {
            Metadata trailers = [];
            if (!ask.FailDetails.IsEmpty)
            {
                trailers.Add("grpc-status-details-bin", ask.FailDetails.ToByteArray());
            }

            throw new RpcException(new Status((StatusCode)ask.FailCode, ask.FailMessage), trailers);
        }
    }
}
