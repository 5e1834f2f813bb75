using System.Net;
using System.Net.Sockets;
using RouterOS.Clients;
using RouterOS.Sdk.Clients;

namespace RouterOS.Interop.Driver;

/// <summary>A client with a socket for each port of the server: before a NAT or without one, every socket is a mapping of its own.</summary>
internal sealed class SocketClient : IDisposable
{
    private readonly ClientOptions _options;
    private readonly Dictionary<ClientPort, Socket> _sockets = [];
    private readonly Lock _gate = new();

    public SocketClient(ClientOptions options)
    {
        _options = options;
        Client = new VpnClient(options, Send, TimeProvider.System);
    }

    public VpnClient Client { get; }

    public async Task<string?> Connect()
    {
        string? failure = await Client.ConnectAsync();
        // What began on port 500 goes on on 4500.
        Close(ClientPort.Isakmp);
        return failure;
    }

    /// <summary>What is sent from now on comes from another port, as when a NAT has forgotten the mapping.</summary>
    public void Rebind() => Close(_options.PresharedKey.Length > 0 ? ClientPort.NatTraversal : ClientPort.L2tp);

    public void Dispose()
    {
        Client.Dispose();
        foreach (ClientPort port in _sockets.Keys.ToArray())
        {
            Close(port);
        }
    }

    private void Send(ClientPort port, byte[] payload)
    {
        Socket? socket;
        lock (_gate)
        {
            if (!_sockets.TryGetValue(port, out socket))
            {
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(new IPEndPoint(_options.Server, (int)port));
                _sockets[port] = socket;
                _ = Receive(port, socket);
            }
        }

        try
        {
            socket.Send(payload);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is not there, or the socket has just been closed: silence, as on any wire.
        }
    }

    private async Task Receive(ClientPort port, Socket socket)
    {
        byte[] buffer = new byte[2048];
        while (true)
        {
            try
            {
                int length = await socket.ReceiveAsync(buffer);
                Client.Receive(port, buffer.AsSpan(0, length));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // A port unreachable: the server may come back.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Close(ClientPort port)
    {
        lock (_gate)
        {
            if (_sockets.Remove(port, out Socket? socket))
            {
                socket.Dispose();
            }
        }
    }
}
