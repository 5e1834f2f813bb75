using System.Net;
using Grpc.Core;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Fuzz.Configuration;

/// <summary>A router in which nothing runs: no plugin answers, no interface and no route is there.</summary>
internal sealed class QuietServices : CallInvoker, IInterfaceView, IRouteView, IModuleView
{
    public InterfaceState? Find(string name) => null;

    public InterfaceState? Find(uint index) => null;

    IReadOnlyList<InterfaceState> IInterfaceView.All() => [];

    IReadOnlyList<RouteState> IRouteView.All() => [];

    public RouteState? Lookup(IPAddress destination) => null;

    public void Subscribe(Action handler)
    {
    }

    public void Subscribe(string table, Action<ModuleEvent> handler)
    {
    }

    public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : Google.Protobuf.IMessage<T>, new() => Task.FromResult<IReadOnlyList<KeyValuePair<string, T>>>([]);

    public Task<IReadOnlyList<ModuleDescription>> Describe() => Task.FromResult<IReadOnlyList<ModuleDescription>>([]);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw Absent(method.ServiceName);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw Absent(method.ServiceName);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw Absent(method.ServiceName);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw Absent(method.ServiceName);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw Absent(method.ServiceName);

    private static RpcException Absent(string service) => new(new Status(StatusCode.Unavailable, $"{service} is not there"));
}
