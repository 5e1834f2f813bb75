using System.Buffers.Binary;
using System.Net;
using RouterOS.Packets;
using RouterOS.Sdk.Clients;

namespace RouterOS.Clients;

/// <summary>One client: IKE and ESP inside UDP where it has a key, L2TP and PPP inside that.</summary>
public sealed class VpnClient : ISimulatedClient
{
    private const ushort L2tpPort = 1701;
    private const int MarkerBytes = 4;

    private static readonly TimeSpan s_keepalive = TimeSpan.FromSeconds(20);

    private readonly ClientSettings _settings;
    private readonly ClientClock _clock;
    private readonly Action<ClientPort, byte[]> _send;
    private readonly IkeConnection? _ike;
    private readonly L2tpEnd _l2tp;
    private readonly Echoes _echoes;
    private IDisposable? _keepalive;

    /// <summary>A client that has done nothing yet.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="send">Sends a datagram's payload to a port of the server.</param>
    /// <param name="time">Its clock.</param>
    public VpnClient(ClientOptions options, Action<ClientPort, byte[]> send, TimeProvider time)
    {
        _settings = new ClientSettings(options);
        _clock = new ClientClock(time);
        _send = send;
        _l2tp = new L2tpEnd(_settings, _clock, SendL2tp);
        _echoes = new Echoes(_clock, _l2tp.SendPacket);
        _l2tp.Received = packet => _echoes.Receive(packet);
        _ike = _settings.IsSecure ? new IkeConnection(_settings, _clock, SendIke) { Deleted = () => Ended ??= "the server has deleted the SAs" } : null;
        _l2tp.WhenEnded = reason => Ended ??= reason;
    }

    /// <inheritdoc/>
    public IPAddress? Address
    {
        get
        {
            lock (_clock.Gate)
            {
                return _l2tp.Network is { } network ? new IPAddress(BinaryPrimitives.ReverseEndianness(network.LocalAddress)) : null;
            }
        }
    }

    /// <inheritdoc/>
    public string? Ended { get; private set; }

    /// <inheritdoc/>
    public async Task<string?> ConnectAsync()
    {
        if (_ike is not null)
        {
            string? failure = await Inside(_ike.Connect);
            if (failure is not null)
            {
                return failure;
            }
        }

        string? ending = await Inside(_l2tp.Connect);
        lock (_clock.Gate)
        {
            if (ending is null && _ike is not null)
            {
                KeepAlive();
            }
        }

        return ending;
    }

    /// <inheritdoc/>
    public Task<string?> RekeyAsync() => _ike is null ? Task.FromResult<string?>("there is nothing to rekey in the clear") : Inside(_ike.Rekey);

    /// <inheritdoc/>
    public Task<TimeSpan?> PingAsync(IPAddress destination, int payloadBytes) => Inside(() => _l2tp.Network is { } network
        ? _echoes.Ask(network.LocalAddress, BinaryPrimitives.ReadUInt32BigEndian(destination.GetAddressBytes()), payloadBytes)
        : Task.FromResult<TimeSpan?>(null));

    /// <inheritdoc/>
    public void HangUp()
    {
        lock (_clock.Gate)
        {
            _l2tp.Close();
        }
    }

    /// <inheritdoc/>
    public void Receive(ClientPort port, ReadOnlySpan<byte> payload)
    {
        lock (_clock.Gate)
        {
            switch (port)
            {
                case ClientPort.L2tp when _ike is null:
                    _l2tp.Receive(payload);
                    break;
                case ClientPort.Isakmp:
                    _ike?.Receive(payload.ToArray());
                    break;
                case ClientPort.NatTraversal when payload is [0, 0, 0, 0, ..]:
                    _ike?.Receive(payload[MarkerBytes..].ToArray());
                    break;
                case ClientPort.NatTraversal when _ike?.Open(payload) is { } datagram && UdpHeader.TryParse(datagram, out UdpHeader udp, out _)
                    && udp.DestinationPort == L2tpPort:
                    // RFC 3948 section 3.1.2: its checksum is of addresses that the NAT has changed; ESP has proved the bytes.
                    _l2tp.Receive(udp.Payload);
                    break;
                default:
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_clock.Gate)
        {
            _keepalive?.Dispose();
            _l2tp.Close();
            _ike?.Close();
        }
    }

    private async Task<T> Inside<T>(Func<Task<T>> work)
    {
        Task<T> task;
        lock (_clock.Gate)
        {
            task = work();
        }

        // What awaits the client goes on outside its gate.
        return await task.ContinueWith(static t => t.GetAwaiter().GetResult(), TaskScheduler.Default);
    }

    private void SendIke(bool isFloated, byte[] message)
    {
        if (isFloated)
        {
            _send(ClientPort.NatTraversal, [0, 0, 0, 0, .. message]);
        }
        else
        {
            _send(ClientPort.Isakmp, message);
        }
    }

    private void SendL2tp(byte[] payload)
    {
        if (_ike is null)
        {
            _send(ClientPort.L2tp, payload);
            return;
        }

        byte[] datagram = new byte[UdpHeader.Length + payload.Length];
        payload.CopyTo(datagram, UdpHeader.Length);
        UdpHeader.Write(datagram, L2tpPort, L2tpPort, _settings.AddressNumber, _settings.ServerNumber);
        if (_ike.Protect(datagram) is { } packet)
        {
            _send(ClientPort.NatTraversal, packet);
        }
    }

    // RFC 3948 section 4: one byte keeps the NAT's mapping.
    private void KeepAlive()
    {
        if (Ended is null)
        {
            _send(ClientPort.NatTraversal, [0xff]);
            _keepalive = _clock.After(s_keepalive, KeepAlive);
        }
    }
}
