using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>Tunnels of an earlier life of the control plane: their peers are told that they are over.</summary>
/// <remarks>
/// Which numbers the peer expects is forgotten, but it says so itself when a message comes again that it has long had: RFC 2661
/// section 5.8 has it acknowledged anew.
/// </remarks>
internal sealed class FormerTunnels(IL2tpEnvironment environment)
{
    // Answers come by the same way as requests of others.
    private const int AskedAtOnce = 25;
    private const int MostTries = 5;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ushort, Former> _tunnels = [];
    private readonly Queue<Former> _unasked = new();
    private IDisposable? _pace;

    /// <summary>Told of each that is done with: its ends, and whether the peer has heard it.</summary>
    public Action<TunnelEnds, bool> Over { get; set; } = (_, _) => { };

    public int Count => _tunnels.Count;

    public bool Has(ushort tunnel) => _tunnels.ContainsKey(tunnel);

    /// <summary>A tunnel that there was; its peer will be told.</summary>
    public void Add(TunnelEnds ends, ushort local, ushort remote)
    {
        Former former = new(ends, local, remote);
        if (_tunnels.TryAdd(local, former))
        {
            _unasked.Enqueue(former);
            _pace ??= environment.After(TimeSpan.Zero, AskSome);
        }
    }

    /// <summary>True where a message is of such a tunnel: it shows the numbers that its peer expects.</summary>
    public bool Receive(TunnelEnds ends, in L2tpHeader header)
    {
        if (!_tunnels.TryGetValue(header.Tunnel, out Former? former) || former.Ends != ends)
        {
            return false;
        }

        if (!header.IsControl)
        {
            return true;
        }

        if (former.StopNumber is { } sent && header.Nr == (ushort)(sent + 1))
        {
            Forget(former, isTold: true);
            return true;
        }

        former.StopNumber = header.Nr;
        former.Expected = (ushort)(header.Ns + (header.Payload.IsEmpty ? 0 : 1));
        former.Tries = 0;
        Ask(former);
        return true;
    }

    private void AskSome()
    {
        _pace = null;
        for (int i = 0; i < AskedAtOnce && _unasked.TryDequeue(out Former? former); i++)
        {
            Ask(former);
        }

        if (_unasked.Count > 0)
        {
            _pace = environment.After(s_pace, AskSome);
        }
    }

    private void Ask(Former former)
    {
        former.Timer?.Dispose();
        if (former.Tries == MostTries)
        {
            Forget(former, isTold: false);
            return;
        }

        Ending ending = new((ushort)StopResult.ShuttingDown, GeneralError.None, "the server was started anew");
        byte[] body = former.StopNumber is null ? TunnelMessages.Hello() : TunnelMessages.Stop(former.Local, ending);
        byte[] datagram = new byte[L2tpHeader.ControlLength + body.Length];
        // Number 0 was the reply to its request: every peer that was up has had it.
        L2tpHeader.WriteControl(datagram, former.Remote, 0, former.StopNumber ?? 0, former.Expected, body.Length);
        body.CopyTo(datagram, L2tpHeader.ControlLength);
        environment.Send(former.Ends, datagram);
        former.Timer = environment.After(s_firstDelay * (1 << former.Tries++), () => Ask(former));
    }

    private void Forget(Former former, bool isTold)
    {
        former.Timer?.Dispose();
        if (_tunnels.Remove(former.Local))
        {
            Over(former.Ends, isTold);
        }
    }

    private sealed class Former(TunnelEnds ends, ushort local, ushort remote)
    {
        public TunnelEnds Ends { get; } = ends;

        public ushort Local { get; } = local;

        public ushort Remote { get; } = remote;

        /// <summary>The number that the peer expects, which the last message has; null while it is not known.</summary>
        public ushort? StopNumber { get; set; }

        public ushort Expected { get; set; }

        public int Tries { get; set; }

        public IDisposable? Timer { get; set; }
    }
}
