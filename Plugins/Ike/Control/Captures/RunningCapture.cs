using System.Threading.Channels;
using Google.Protobuf;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Captures;

/// <summary>One capture while it runs: takes packets and keys, gives them on as pieces of a file, in the order of their times.</summary>
/// <remarks>Owned by the plugin's strand. What waits is bounded; what is too much is counted.</remarks>
internal sealed class RunningCapture
{
    private const int MostHeld = 4096;
    private const int MostReplies = 256;
    private const int LargestPiece = 64 * 1024;
    private const uint IpsecInterface = 0;
    private const uint IkeInterface = 1;

    // Copies come up later than messages: those of one moment are put in order first.
    private static readonly TimeSpan s_hold = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly IkeRuntime _runtime;
    private readonly CaptureRequest _request;
    private readonly DateTimeOffset _end;
    private readonly PriorityQueue<byte[], (ulong Time, int Order)> _held = new();
    private readonly Channel<CaptureReply> _replies = Channel.CreateUnbounded<CaptureReply>();
    private readonly HashSet<ulong> _cookies = [];
    private readonly HashSet<(uint, uint)> _pairs = [];
    private readonly List<KeyLine> _keys = [];
    private readonly List<byte> _piece = [];
    private IDisposable? _timeIsOver;
    private ulong _bytes;
    private ulong _copies;
    private ulong _lost;
    private uint _ikePackets;
    private uint _ipsecPackets;
    private int _order;
    private uint _ikeKeys;
    private uint _ipsecKeys;
    private string _ended = string.Empty;

    public RunningCapture(IkeRuntime runtime, uint id, CaptureRequest request, Action<RunningCapture, string> end)
    {
        _runtime = runtime;
        _request = request;
        Id = id;
        _end = runtime.Now + TimeSpan.FromSeconds(request.Seconds);
        End = reason => end(this, reason);
    }

    public uint Id { get; }

    public string User => _request.User;

    public string File => _request.File;

    /// <summary>Names of the tunnels' VPNs, and addresses of their peers.</summary>
    public SortedSet<string> Vpns { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="Vpns"/>
    public SortedSet<string> Peers { get; } = new(StringComparer.Ordinal);

    /// <summary>The protections whose packets it gets.</summary>
    public HashSet<uint> Protections { get; } = [];

    /// <summary>Ends it, with the reason.</summary>
    public Action<string> End { get; }

    /// <summary>What goes to who asked for it.</summary>
    public ChannelReader<CaptureReply> Replies => _replies.Reader;

    /// <summary>Takes nothing any more; what came is still on its way.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Copies of packets that have arrived, written or not.</summary>
    public ulong Copies => _copies;

    /// <summary>Begins the file.</summary>
    public void Begin()
    {
        string what = $"vpn {string.Join(", ", Vpns)} with {string.Join(", ", Peers)}, captured by {User}";
        Write(PcapNg.Section(what + ". Whoever has the keys beside this file reads the tunnel's traffic."));
        Write(PcapNg.Interface("ipsec", "ESP and AH, as they came and left, in whole packets"));
        Write(PcapNg.Interface("ike", "IKE as the control plane saw it: IP and UDP headers are written anew"));
        _ = _replies.Writer.TryWrite(new CaptureReply { State = State() });
        _timeIsOver = _runtime.After(_end - _runtime.Now, () => End($"{_request.Seconds} seconds are over"));
        Tick();
    }

    /// <summary>A message of IKE.</summary>
    public void TakeIke(bool isOutbound, byte[] packet)
    {
        _ikePackets += Take(IkeInterface, Nanoseconds(_runtime.Now), isOutbound, packet) ? 1u : 0;
    }

    /// <summary>A copy of a packet of ESP or AH.</summary>
    public void TakeIpsec(ulong unixNanoseconds, bool isOutbound, ReadOnlySpan<byte> packet)
    {
        _copies++;
        _ipsecPackets += Take(IpsecInterface, unixNanoseconds, isOutbound, packet) ? 1u : 0;
    }

    /// <summary>The key of a phase 1 SA.</summary>
    public void AddKey(ulong initiatorCookie, ReadOnlySpan<byte> cipherKey)
    {
        if (!IsEnding && _cookies.Add(initiatorCookie))
        {
            _ikeKeys++;
            _keys.Add(WiresharkKeys.Phase1(initiatorCookie, cipherKey));
        }
    }

    /// <summary>The keys of a pair of phase 2 SAs.</summary>
    public void AddKeys(IpsecSaPairState pair)
    {
        if (!IsEnding && _pairs.Add((pair.InboundSpi, pair.OutboundSpi)))
        {
            KeyLine[] lines = [.. WiresharkKeys.Phase2(pair)];
            _ipsecKeys += (uint)lines.Length;
            _keys.AddRange(lines);
        }
    }

    /// <summary>Takes nothing any more.</summary>
    public void Close(string reason)
    {
        IsEnding = true;
        _ended = reason;
        _timeIsOver?.Dispose();
    }

    /// <summary>Everything that could come has come.</summary>
    public void Finish(ulong lost)
    {
        _lost += lost;
        Flush(all: true);
        ulong now = Nanoseconds(_runtime.Now);
        Write(PcapNg.Statistics(IpsecInterface, now, _ipsecPackets, _lost));
        Write(PcapNg.Statistics(IkeInterface, now, _ikePackets, 0));
        Send();
        _ = _replies.Writer.TryWrite(new CaptureReply { State = State() });
        _ = _replies.Writer.TryComplete();
    }

    /// <summary>How it stands.</summary>
    public CaptureState State() => new()
    {
        Id = Id,
        Vpns = { Vpns },
        Peers = { Peers },
        User = User,
        File = File,
        Seconds = _request.Seconds,
        SecondsLeft = IsEnding ? 0 : (uint)Math.Max(0, (_end - _runtime.Now).TotalSeconds),
        ByteLimit = _request.Bytes,
        Bytes = _bytes,
        IkePackets = _ikePackets,
        IpsecPackets = _ipsecPackets,
        Lost = _lost,
        IkeKeys = _ikeKeys,
        IpsecKeys = _ipsecKeys,
        Ended = _ended,
    };

    private static ulong Nanoseconds(DateTimeOffset time) =>
        (ulong)((time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);

    private bool Take(uint source, ulong time, bool isOutbound, ReadOnlySpan<byte> packet)
    {
        if (IsEnding || packet.IsEmpty)
        {
            return false;
        }

        if (_held.Count >= MostHeld)
        {
            _lost++;
            return false;
        }

        byte[] block = PcapNg.Packet(source, time, isOutbound, packet);
        if (_bytes + (ulong)block.Length > _request.Bytes)
        {
            End($"{_request.Bytes} bytes are full");
            return false;
        }

        _bytes += (ulong)block.Length;
        _held.Enqueue(block, (time, _order++));
        if (_request.Packets != 0 && _order >= _request.Packets)
        {
            End($"{_request.Packets} packets are there");
        }

        return true;
    }

    private void Tick()
    {
        if (!IsEnding)
        {
            Flush(all: false);
            _ = _runtime.After(s_tick, Tick);
        }
    }

    private void Flush(bool all)
    {
        ulong until = all ? ulong.MaxValue : Nanoseconds(_runtime.Now - s_hold);
        while (_held.TryPeek(out _, out (ulong Time, int Order) next) && next.Time <= until && (all || _replies.Reader.Count < MostReplies))
        {
            _piece.AddRange(_held.Dequeue());
            if (_piece.Count >= LargestPiece)
            {
                Send();
            }
        }

        Send();
    }

    private void Send()
    {
        if (_piece.Count + _keys.Count > 0)
        {
            _ = _replies.Writer.TryWrite(new CaptureReply { Pcapng = ByteString.CopyFrom([.. _piece]), Keys = { _keys } });
            _piece.Clear();
            _keys.Clear();
        }
    }

    private void Write(byte[] block)
    {
        _bytes += (ulong)block.Length;
        _piece.AddRange(block);
    }
}
