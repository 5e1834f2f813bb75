namespace Grpc.Core;

/// <summary>Handler of a method with one request and one response.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
public delegate Task<TResponse> UnaryServerMethod<TRequest, TResponse>(
    TRequest request,
    ServerCallContext context)
    where TRequest : class
    where TResponse : class;
