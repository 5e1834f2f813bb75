using Grpc.Core;

namespace RouterOS.Scenario.Simulated;

/// <summary>A link that can break: running calls are cancelled as by a peer that died, and new ones fail until it is connected again.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing that must be freed.
internal sealed class SwitchedInvoker : CallInvoker
#pragma warning restore CA1001
{
    private CallInvoker? _target;
    private CancellationTokenSource _broken = new();

    public void Connect(CallInvoker target)
    {
        _broken = new();
        _target = target;
    }

    public void Break()
    {
        _target = null;
        _broken.Cancel();
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Target.BlockingUnaryCall(method, host, Bound(options), request);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Target.AsyncUnaryCall(method, host, Bound(options), request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Target.AsyncServerStreamingCall(method, host, Bound(options), request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Target.AsyncClientStreamingCall(method, host, Bound(options));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Target.AsyncDuplexStreamingCall(method, host, Bound(options));

    private CallInvoker Target => _target ?? throw new RpcException(new(StatusCode.Unavailable, "The module is down."));

    private CallOptions Bound(CallOptions options) => options.WithCancellationToken(
        CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, _broken.Token).Token);
}
