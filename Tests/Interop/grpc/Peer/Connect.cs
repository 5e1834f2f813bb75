using Grpc.Net.Client;
using RouterOS.Proto.Sockets;

namespace RouterOS.Interop.Peer;

/// <summary>Makes channels to the addresses that the cases use.</summary>
internal static class Connect
{
    public static GrpcChannel To(string address, UnixChannelOptions? options = null) =>
        address.StartsWith("unix:", StringComparison.Ordinal)
            ? UnixChannel.Create(address["unix:".Length..], options)
            : GrpcChannel.ForAddress($"http://{address["tcp:".Length..]}", new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    EnableMultipleHttp2Connections = true,
                    KeepAlivePingDelay = options?.PingDelay ?? Timeout.InfiniteTimeSpan,
                    KeepAlivePingTimeout = options?.PingTimeout ?? TimeSpan.FromSeconds(2),
                },
                DisposeHttpClient = true,
            });
}
