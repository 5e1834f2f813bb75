using System.Buffers.Binary;
using Google.Protobuf;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;

namespace RouterOS.Ike.Control;

/// <summary>Probes a tunnel from inside: ICMP echo of either family that must leave by its protection, and whose answer must come by it.</summary>
internal sealed class VpnMonitor(IkeRuntime runtime, TunnelSession tunnel, ModuleActivity activity)
{
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const byte Icmp = 1;
    private const byte EchoReply6 = 129;
    private const byte EchoRequest6 = 128;
    private const byte Icmp6 = 58;
    private const int HeaderBytes = 8;

    // Tells our answers from those to anybody else's pings.
    private byte[] _cookie = [];
    private IDisposable? _timer;
    private ushort _sequence;
    private int _unanswered;
    private bool _heard;
    private ulong _decrypted;
    private int _generation;

    /// <summary>So many probes have stayed without an answer that the tunnel counts as down, whatever SAs it has.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Starts anew: the tunnel has come up or the policy has changed.</summary>
    public void Restart()
    {
        Stop();
        if (tunnel.Policy.Monitor is null)
        {
            IsDown = false;
            tunnel.TellUp();
            return;
        }

        (_unanswered, _heard) = (0, false);
        _cookie = _cookie.Length > 0 ? _cookie : runtime.NewBytes(8);
        if (tunnel.Current is not null)
        {
            Probe();
            Arm();
        }
    }

    public void Stop()
    {
        _generation++;
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>An answer came by the tunnel.</summary>
    public void Receive(ReadOnlySpan<byte> message)
    {
        if (_cookie.Length > 0 && message.Length == HeaderBytes + _cookie.Length && message[0] is EchoReply or EchoReply6 && message[HeaderBytes..].SequenceEqual(_cookie))
        {
            Heard();
        }
    }

    private void Heard()
    {
        (_heard, _unanswered) = (true, 0);
        if (IsDown)
        {
            IsDown = false;
            tunnel.TellUp();
            IkeLog.MonitorUp(runtime.Context.Log, tunnel.Policy.Vpn);
        }
    }

    private void Arm()
    {
        if (tunnel.Policy.Monitor is { } policy)
        {
            _timer = runtime.After(policy.Interval, () => runtime.Surface(TickAsync()));
        }
    }

    private async Task TickAsync()
    {
        int generation = _generation;
        ulong decrypted = tunnel.Policy.Monitor is { IsOptimized: true } ? (await activity.TrafficAsync([tunnel.ProtectionId])).Decrypted : 0;
        if (generation != _generation || tunnel.Policy.Monitor is not { } policy || tunnel.Current is null)
        {
            return;
        }

        bool traffic = decrypted > _decrypted;
        _decrypted = decrypted;
        if (traffic)
        {
            Heard();
        }

        _unanswered = _heard ? 0 : _unanswered + 1;
        _heard = false;
        if (_unanswered >= policy.Threshold)
        {
            Stop();
            IsDown = true;
            tunnel.TellUp();
            tunnel.MonitorFailed($"vpn monitor: no answer from {Ipv4.Text(Destination(policy))} to {policy.Threshold} probes through the tunnel");
            return;
        }

        if (!traffic)
        {
            Probe();
        }

        Arm();
    }

    private PeerAddress Destination(MonitorPolicy policy) => policy.Destination != 0 ? policy.Destination : tunnel.Session.Remote;

    private void Probe()
    {
        if (tunnel.Policy.Monitor is not { } policy)
        {
            return;
        }

        InterfaceState? from = policy.SourceInterface.Length == 0 ? null : runtime.Context.Interfaces.Find(policy.SourceInterface);
        PeerAddress to = Destination(policy);
        byte[] message = new byte[HeaderBytes + _cookie.Length];
        message[0] = to.IsVersion6 ? EchoRequest6 : EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)tunnel.ProtectionId);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), ++_sequence);
        _cookie.CopyTo(message, HeaderBytes);
        // That of ICMPv6 is the module's to make.
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), to.IsVersion6 ? (ushort)0 : InternetChecksum.Of(message));
        PeerAddress source = (to.IsVersion6 ? from?.Addresses6 : from?.Addresses) is [var first, ..] ? PeerAddress.Of(first.Address) : tunnel.Session.Local;
        runtime.Context.Packets.Inject(new InjectPacket
        {
            Source = source.Number,
            Destination = to.Number,
            Source6 = source.Bytes6,
            Destination6 = to.Bytes6,
            Protocol = to.IsVersion6 ? Icmp6 : Icmp,
            Payload = UnsafeByteOperations.UnsafeWrap(message),
            RequiredProtection = tunnel.ProtectionId,
        });
    }
}
