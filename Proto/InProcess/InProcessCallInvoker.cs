using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>Calls services of the same process with the same marshalling, statuses and bounds as over a socket.</summary>
/// <remarks>
/// A call starts no thread and no timer but those of <paramref name="time"/>. Its caller continues in the caller's
/// <see cref="SynchronizationContext"/>, its handler in that of the service, always by <see cref="SynchronizationContext.Post"/>
/// in the order of events: a single thread that pumps both is deterministic. Without a context each side continues inside the
/// other's call.
/// </remarks>
/// <param name="services">What can be called.</param>
/// <param name="time">The clock and the timers of deadlines.</param>
/// <param name="options">Bounds; null for the usual ones.</param>
public sealed class InProcessCallInvoker(InProcessServices services, TimeProvider time, InProcessOptions? options = null) : CallInvoker
{
    private const string DefaultHost = "localhost";

    private static readonly Func<object, Task<Metadata>> s_headers = call => ((InProcessCall)call).ResponseHeaders;
    private static readonly Func<object, Status> s_status = call => ((InProcessCall)call).EndStatus;
    private static readonly Func<object, Metadata> s_trailers = call => ((InProcessCall)call).EndTrailers;
    private static readonly Action<object> s_end = call => ((InProcessCall)call).Dispose();

    private readonly InProcessOptions _limits = options ?? InProcessOptions.Default;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The thread has a context: blocking it would block the handler too.</exception>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        if (SynchronizationContext.Current is not null)
        {
            throw new NotSupportedException($"Await {method.Name}Async: a blocking call would block the thread that runs the handler.");
        }

        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        (InProcessCall call, ClientCall<TRequest, TResponse> client) = Open(method, host, options);
        client.WriteSingle(request);
        call.Start(services);
        return new(client.ReadSingleAsync(), s_headers, s_status, s_trailers, s_end, call);
    }

    /// <inheritdoc/>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        (InProcessCall call, ClientCall<TRequest, TResponse> client) = Open(method, host, options);
        client.WriteSingle(request);
        call.Start(services);
        return new(client, s_headers, s_status, s_trailers, s_end, call);
    }

    /// <inheritdoc/>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        (InProcessCall call, ClientCall<TRequest, TResponse> client) = Open(method, host, options);
        call.Start(services);
        return new(client, client.ReadSingleAsync(), s_headers, s_status, s_trailers, s_end, call);
    }

    /// <inheritdoc/>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        (InProcessCall call, ClientCall<TRequest, TResponse> client) = Open(method, host, options);
        call.Start(services);
        return new(client, client, s_headers, s_status, s_trailers, s_end, call);
    }

    private (InProcessCall Call, ClientCall<TRequest, TResponse> Client) Open<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        InProcessCall call = new(method.FullName, host ?? DefaultHost, options, time, _limits);
        return (call, new(call, method) { WriteOptions = options.WriteOptions });
    }
}
