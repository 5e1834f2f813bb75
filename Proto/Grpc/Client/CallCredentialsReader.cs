using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Collects the functions that call credentials are made of, in order.</summary>
internal sealed class CallCredentialsReader : CallCredentialsConfiguratorBase
{
    private readonly List<AsyncAuthInterceptor> _interceptors = [];

    private CallCredentialsReader()
    {
    }

    /// <summary>The functions of <paramref name="credentials"/>.</summary>
    public static IReadOnlyList<AsyncAuthInterceptor> Read(CallCredentials credentials)
    {
        CallCredentialsReader reader = new();
        credentials.InternalPopulateConfiguration(reader, null);
        return reader._interceptors;
    }

    public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials)
    {
        foreach (CallCredentials part in credentials)
        {
            part.InternalPopulateConfiguration(this, state);
        }
    }

    public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
        _interceptors.Add(interceptor);
}
