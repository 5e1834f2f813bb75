using System.Net.Sockets;
using Grpc.Net.Client;

namespace RouterOS.Proto.Sockets;

/// <summary>Makes gRPC channels over Unix domain sockets.</summary>
public static class UnixChannel
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>A channel to the server that listens, or will listen, on <paramref name="path"/>.</summary>
    public static GrpcChannel Create(string path, UnixChannelOptions? options = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        time ??= TimeProvider.System;
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            KeepAlivePingDelay = options.PingDelay,
            KeepAlivePingTimeout = options.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(path, options.RetryConnect, time, cancellationToken),
        };

        // The host name is only what the HTTP request says; the callback decides where it goes.
        return GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = options.MaxReceiveBytes,
        });
    }

    private static async ValueTask<Stream> ConnectAsync(
        string path, TimeSpan retry, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (time.GetElapsedTime(start) < retry)
            {
                // The server is about to start: the file is not there yet, or is left from the last run.
                socket.Dispose();
                await Task.Delay(s_retryDelay, time, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
