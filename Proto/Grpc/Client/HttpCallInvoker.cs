using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Makes calls through the HTTP/2 connections of a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, options);
        call.StartUnary(host, request);
        return new AsyncUnaryCall<TResponse>(
            call.ReadSingleAsync(), HttpCall.Headers, HttpCall.Status, HttpCall.Trailers, HttpCall.End, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, options);
        call.StartUnary(host, request);
        return new AsyncServerStreamingCall<TResponse>(
            new ResponseStream<TRequest, TResponse>(call),
            HttpCall.Headers, HttpCall.Status, HttpCall.Trailers, HttpCall.End, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, options);
        RequestContent requests = call.StartStreaming(host);
        Task<TResponse> response = call.ReadSingleAsync();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            new RequestStream<TRequest, TResponse>(call, requests, response),
            response, HttpCall.Headers, HttpCall.Status, HttpCall.Trailers, HttpCall.End, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, options);
        RequestContent requests = call.StartStreaming(host);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            new RequestStream<TRequest, TResponse>(call, requests, call.Opened),
            new ResponseStream<TRequest, TResponse>(call),
            HttpCall.Headers, HttpCall.Status, HttpCall.Trailers, HttpCall.End, call);
    }
}
