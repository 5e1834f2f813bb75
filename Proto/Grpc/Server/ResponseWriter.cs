using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Writes the responses of a call.</summary>
internal sealed class ResponseWriter<TResponse>(HttpCallContext context, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private readonly MessageFrame _frame = new(context.Settings.MaxSendMessageSize);
    private int _writing;

    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("Await a write before the next one.");
        }

        try
        {
            context.RequireRunning();
            context.CancellationToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            bool flush = WriteOptions is null || !WriteOptions.Flags.HasFlag(WriteFlags.BufferHint);
            await context.WriteAsync(_frame.Serialize(marshaller, message), flush, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }
}
