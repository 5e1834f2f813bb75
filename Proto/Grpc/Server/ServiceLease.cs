namespace Grpc.AspNetCore.Server;

/// <summary>The object that handles a call; at the end one that was made for the call is disposed.</summary>
internal readonly struct ServiceLease<TService>(TService service, bool owned) : IAsyncDisposable
    where TService : class
{
    public TService Service => service;

    public async ValueTask DisposeAsync()
    {
        if (!owned)
        {
            return;
        }

        if (service is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (service as IDisposable)?.Dispose();
        }
    }
}
