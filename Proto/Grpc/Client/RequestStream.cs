using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Writes the requests of a call.</summary>
/// <param name="call">The call.</param>
/// <param name="content">The open request body.</param>
/// <param name="answered">Done when the status of the call may be known, if the body breaks.</param>
internal sealed class RequestStream<TRequest, TResponse>(
    HttpCall<TRequest, TResponse> call, RequestContent content, Task answered) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private int _writing;
    private bool _complete;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_complete)
        {
            throw new InvalidOperationException("The requests are complete: nothing more may be written.");
        }

        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("Await a write before the next one.");
        }

        using CancellationTokenRegistration gaveUp = cancellationToken.UnsafeRegister(
            static call => ((HttpCall)call!).Abort(new(StatusCode.Cancelled, "A write was cancelled.")), call);
        try
        {
            Stream? stream = await content.StreamAsync.ConfigureAwait(false);
            if (stream is null || call.HasEnded || !await TryWriteAsync(stream, message).ConfigureAwait(false))
            {
                throw Over();
            }
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public async Task CompleteAsync()
    {
        _complete = true;
        content.CompleteBody();
        await content.StreamAsync.ConfigureAwait(false);
    }

    // False if the call has ended.
    private async ValueTask<bool> TryWriteAsync(Stream stream, TRequest message)
    {
        ReadOnlyMemory<byte> frame;
        try
        {
            frame = call.Frame(message);
        }
        catch (RpcException e)
        {
            // A stream that lacks one message would be wrong.
            call.Abort(e.Status);
            throw;
        }

        try
        {
            await stream.WriteAsync(frame, CancellationToken.None).ConfigureAwait(false);
            if (WriteOptions is null || !WriteOptions.Flags.HasFlag(WriteFlags.BufferHint))
            {
                await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception e)
        {
            // Often the server has answered already, and its status says more than a broken stream.
            await answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return call.HasEnded ? false : throw new RpcException(call.StatusFor(e));
        }
    }

    private Exception Over() => call.EndStatus.StatusCode == StatusCode.OK
        ? new InvalidOperationException("The server has ended the call: nothing more may be written.")
        : call.EndException();
}
