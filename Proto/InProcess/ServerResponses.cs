using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>The responses of a call, as its handler writes them.</summary>
internal sealed class ServerResponses<TResponse>(InProcessServerContext context, Marshaller<TResponse> marshaller)
    : IServerStreamWriter<TResponse>
    where TResponse : class
{
    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        byte[] bytes = MessageBytes.Write(marshaller, message);
        context.SendHeaders();
        await context.Call.Responses.WriteAsync(bytes);
    }

    /// <summary>Sends the one response of a call that has one, if the call succeeded.</summary>
    public async ValueTask WriteSingleAsync(TResponse response)
    {
        if (response is null)
        {
            throw new RpcException(new(StatusCode.Internal, "The handler gave no response."));
        }

        if (context.Status.StatusCode == StatusCode.OK)
        {
            await WriteAsync(response);
        }
    }
}
