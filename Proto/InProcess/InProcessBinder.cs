using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>Takes the methods of a service from its generated code.</summary>
internal sealed class InProcessBinder(SynchronizationContext? context) : ServiceBinderBase
{
    public Dictionary<string, InProcessMethod> Methods { get; } = [];

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, async call =>
        {
            TRequest request = await new ServerRequests<TRequest>(call, method.RequestMarshaller).ReadSingleAsync();
            TResponse response = await handler!(request, call);
            await new ServerResponses<TResponse>(call, method.ResponseMarshaller).WriteSingleAsync(response);
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, async call =>
        {
            TResponse response = await handler!(new ServerRequests<TRequest>(call, method.RequestMarshaller), call);
            await new ServerResponses<TResponse>(call, method.ResponseMarshaller).WriteSingleAsync(response);
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, async call =>
        {
            TRequest request = await new ServerRequests<TRequest>(call, method.RequestMarshaller).ReadSingleAsync();
            await handler!(request, new ServerResponses<TResponse>(call, method.ResponseMarshaller), call);
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, call => handler!(
            new ServerRequests<TRequest>(call, method.RequestMarshaller),
            new ServerResponses<TResponse>(call, method.ResponseMarshaller),
            call));

    private void Add(IMethod method, Delegate? handler, Func<InProcessServerContext, Task> handle)
    {
        if (handler is null)
        {
            throw new ArgumentException($"{method.FullName} was bound without an object.", nameof(handler));
        }

        Methods.Add(method.FullName, new(context, handle));
    }
}
