using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>Reliable delivery of control messages, RFC 2661 section 5.8 and appendix A: sequence numbers, windows, slow start, back-off.</summary>
/// <param name="environment">Time and the way out.</param>
/// <param name="receiveWindow">Messages that the peer may have under way.</param>
/// <param name="user">Takes what comes.</param>
internal sealed class ControlChannel(IL2tpEnvironment environment, int receiveWindow, IControlUser user)
{
    // RFC 2661 section 4.4.3: what a peer takes that has not said how much.
    private const int DefaultWindow = 4;
    private const int LargestWindow = 64;

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(8);

    // Messages without an acknowledgement; the first _inFlight of them have been sent. Their numbers are _oldest and those behind it.
    private readonly List<(ushort Session, byte[] Body)> _pending = [];
    private SortedDictionary<ushort, (ushort Session, byte[] Body)>? _early;
    private ushort _oldest;
    private ushort _expected;
    private int _inFlight;
    private int _sendWindow = DefaultWindow;
    private int _congestionWindow = 1;
    private int _slowStartThreshold = LargestWindow;
    private int _acknowledgedInAvoidance;
    private int _repetitions;
    private IDisposable? _timer;
    private bool _owesAcknowledgement;
    private bool _closed;

    public ControlCounters Counters { get; } = new();

    public required TunnelEnds Ends { get; set; }

    /// <summary>The peer's number of the tunnel; 0 while it is not known.</summary>
    public ushort RemoteTunnel { get; set; }

    /// <summary>Times that a message is sent again.</summary>
    public int Retransmissions { get; set; } = 5;

    public ushort NextSend => (ushort)(_oldest + _pending.Count);

    public ushort NextReceive => _expected;

    public int SendWindow => _sendWindow;

    public int ReceiveWindow => receiveWindow;

    /// <summary>When the peer was last heard.</summary>
    public DateTimeOffset Heard { get; private set; }

    /// <summary>Nothing waits for an acknowledgement.</summary>
    public bool IsQuiet => _pending.Count == 0;

    /// <summary>What the peer takes at a time, as it has said.</summary>
    public void SetSendWindow(int window) => _sendWindow = Math.Clamp(window, 1, LargestWindow);

    /// <summary>Queues a message; the channel numbers it and repeats it until the peer has it.</summary>
    public void Send(ushort session, byte[] body)
    {
        if (!_closed)
        {
            _pending.Add((session, body));
            Transmit();
        }
    }

    /// <summary>Takes a message of the peer, and answers it at once with what there is to send, or with an acknowledgement alone.</summary>
    public void Receive(in L2tpHeader header)
    {
        Counters.ReceivedPackets++;
        Counters.ReceivedOctets += (ulong)(header.Length + header.Payload.Length);
        Heard = environment.Now;
        Acknowledge(header.Nr);
        if (header.Payload.IsEmpty)
        {
            Counters.ReceivedAcknowledgements++;
        }
        else
        {
            Take(header);
        }

        if (_closed)
        {
            return;
        }

        Transmit();
        if (_owesAcknowledgement)
        {
            Counters.SentAcknowledgements++;
            Write(0, [], NextUnsent);
        }
    }

    /// <summary>Stops: nothing is sent or repeated any more.</summary>
    public void Close()
    {
        _closed = true;
        _timer?.Dispose();
        _pending.Clear();
        _early = null;
    }

    private ushort NextUnsent => (ushort)(_oldest + _inFlight);

    private void Take(in L2tpHeader header)
    {
        short ahead = (short)(header.Ns - _expected);
        if (ahead != 0)
        {
            if (ahead < 0)
            {
                // RFC 2661 section 5.8: a repetition is acknowledged again, or its sender never stops.
                Counters.ReceivedDiscarded++;
            }
            else if (ahead < receiveWindow)
            {
                Counters.ReceivedOutOfSequence++;
                (_early ??= [])[header.Ns] = (header.Session, header.Payload.ToArray());
            }
            else
            {
                Counters.ReceivedOutOfWindow++;
                return;
            }

            _owesAcknowledgement = true;
            return;
        }

        _owesAcknowledgement = true;
        _expected++;
        user.Take(header.Session, header.Payload.ToArray());
        while (!_closed && _early is not null && _early.Remove(_expected, out (ushort Session, byte[] Body) next))
        {
            _expected++;
            user.Take(next.Session, next.Body);
        }
    }

    private void Acknowledge(ushort nr)
    {
        int acknowledged = (ushort)(nr - _oldest);
        if (acknowledged == 0 || acknowledged > _pending.Count)
        {
            return;
        }

        // What was sent before a timeout may be acknowledged after it.
        _inFlight = Math.Max(0, _inFlight - acknowledged);
        _pending.RemoveRange(0, acknowledged);
        _oldest = nr;
        _repetitions = 0;
        if (_pending.Count == 0)
        {
            // A tunnel that is up has nothing to say for long.
            _pending.Capacity = 0;
        }

        Widen(acknowledged);
        _timer?.Dispose();
        _timer = null;
    }

    // RFC 2661 appendix A: one more for each acknowledgement up to the threshold, then one more for each window.
    private void Widen(int acknowledged)
    {
        for (int i = 0; i < acknowledged; i++)
        {
            if (_congestionWindow < _slowStartThreshold)
            {
                _congestionWindow = Math.Min(_congestionWindow + 1, _sendWindow);
            }
            else if (++_acknowledgedInAvoidance >= _congestionWindow)
            {
                _acknowledgedInAvoidance = 0;
                _congestionWindow = Math.Min(_congestionWindow + 1, _sendWindow);
            }
        }
    }

    private void Transmit()
    {
        int window = Math.Min(_sendWindow, _congestionWindow);
        while (_inFlight < window && _inFlight < _pending.Count)
        {
            (ushort session, byte[] body) = _pending[_inFlight];
            Write(session, body, NextUnsent);
            _inFlight++;
        }

        if (_inFlight > 0 && _timer is null)
        {
            TimeSpan delay = s_firstDelay * (1 << Math.Min(_repetitions, 10));
            _timer = environment.After(delay < s_longestDelay ? delay : s_longestDelay, TimedOut);
        }
    }

    private void TimedOut()
    {
        _timer = null;
        if (_closed)
        {
            return;
        }

        if (++_repetitions > Retransmissions)
        {
            Close();
            user.Lost();
            return;
        }

        Counters.Retransmitted += (ulong)_inFlight;
        _slowStartThreshold = Math.Max(1, _inFlight / 2);
        _congestionWindow = 1;
        _acknowledgedInAvoidance = 0;
        _inFlight = 0;
        Transmit();
    }

    private void Write(ushort session, byte[] body, ushort ns)
    {
        byte[] datagram = new byte[L2tpHeader.ControlLength + body.Length];
        L2tpHeader.WriteControl(datagram, RemoteTunnel, session, ns, _expected, body.Length);
        body.CopyTo(datagram, L2tpHeader.ControlLength);
        _owesAcknowledgement = false;
        Counters.SentPackets++;
        Counters.SentOctets += (ulong)datagram.Length;
        environment.Send(Ends, datagram);
    }
}
