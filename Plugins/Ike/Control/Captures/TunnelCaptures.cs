using Grpc.Core;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Ike.Control.Captures;

/// <summary>The captures that run: which tunnels are theirs, what the modules must copy, which packets and keys go to which.</summary>
/// <remarks>Costs one look at a list for each message of IKE while there are none.</remarks>
internal sealed class TunnelCaptures(IkeRuntime runtime, IkeSessions sessions)
{
    /// <summary>Table of the modules, and punt channel of what they copy.</summary>
    public const string Tap = "tap";

    private const int MostCaptures = 4;
    private const uint UsualSeconds = 60;
    private const uint LongestSeconds = 3600;
    private const ulong UsualBytes = 10 * 1024 * 1024;
    private const ulong SmallestBytes = 4096;
    private const ulong LargestBytes = 1024 * 1024 * 1024;
    private const byte OwnHops = 64;

    // For what is on its way up from the modules.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(200);

    private readonly List<RunningCapture> _running = [];
    private uint _last;

    /// <summary>The captures that run.</summary>
    public IReadOnlyList<RunningCapture> Running => _running;

    /// <summary>Starts one, or throws why it cannot be.</summary>
    public RunningCapture Start(CaptureRequest request)
    {
        request = Bounded(request);
        TunnelSession[] tunnels = [.. sessions.Sessions.SelectMany(s => s.Tunnels).Where(t => IsMeant(request, t))];
        (ManualPolicy Policy, uint Protection, IpsecSaPairState? Pair)[] manual =
            [.. sessions.Manual.All.Where(m => IsMeant(request, m.Policy, m.Protection))];
        if (tunnels.Length + manual.Length == 0)
        {
            throw Refusal(StatusCode.NotFound, "no tunnel is configured by that name, peer or index");
        }

        if (tunnels.Select(t => t.Session.Remote).Concat(manual.Select(m => m.Policy.Remote)).Distinct().Count() > 1)
        {
            throw Refusal(StatusCode.FailedPrecondition, "several peers have tunnels of that name: say which by peer or index");
        }

        if (_running.Count >= MostCaptures)
        {
            throw Refusal(StatusCode.ResourceExhausted, $"{MostCaptures} captures are running already");
        }

        RunningCapture capture = new(runtime, ++_last, request, End);
        foreach ((string vpn, PeerAddress remote, uint protection) in tunnels.Select(t => (t.Policy.Vpn, t.Session.Remote, t.ProtectionId))
            .Concat(manual.Select(m => (m.Policy.Vpn.Vpn, m.Policy.Remote, m.Protection))))
        {
            if (_running.Find(c => c.Protections.Contains(protection)) is { } other)
            {
                throw Refusal(StatusCode.AlreadyExists, $"{other.User} is capturing vpn {vpn} already");
            }

            _ = capture.Vpns.Add(vpn);
            _ = capture.Peers.Add(Ipv4.Text(remote));
            _ = capture.Protections.Add(protection);
        }

        _running.Add(capture);
        foreach (uint protection in capture.Protections)
        {
            _ = runtime.Context.Tables.Set(Tap, ProtectionTables.Key(protection), new TapRow { Protection = protection });
        }

        capture.Begin();
        IkeLog.CaptureStarted(
            runtime.Context.Log, capture.Id, string.Join(", ", capture.Vpns), string.Join(", ", capture.Peers), request.User, request.File,
            request.Seconds, request.Bytes);
        AddKnownKeys(capture, tunnels, manual);
        if (request.Renegotiate)
        {
            foreach (IGrouping<IkeSession, TunnelSession> of in tunnels.GroupBy(t => t.Session))
            {
                of.Key.Renegotiate(of);
            }
        }

        return capture;
    }

    /// <summary>Stops one, or all for 0; returns how many.</summary>
    public uint Stop(uint id, string reason)
    {
        RunningCapture[] meant = [.. _running.Where(c => (id == 0 || c.Id == id) && !c.IsEnding)];
        foreach (RunningCapture capture in meant)
        {
            capture.End(reason);
        }

        return (uint)meant.Length;
    }

    /// <summary>A copy of a packet of ESP or AH.</summary>
    public void TakeIpsec(PuntPacket packet) =>
        _running.Find(c => c.Protections.Contains(packet.Protection))?.TakeIpsec(packet.TimeUnixNanoseconds, packet.Outbound, packet.Payload.Span);

    /// <summary>A message from a peer.</summary>
    public void Received(IkeSession? session, PuntPacket packet)
    {
        foreach (RunningCapture capture in Of(session))
        {
            capture.TakeIke(isOutbound: false, IkePacket.Wrap(
                PeerAddress.Of(packet.Source, packet.Source6), PeerAddress.Of(packet.Destination, packet.Destination6), (ushort)packet.SourcePort, (ushort)packet.DestinationPort, (byte)packet.Ttl, dontFragment: false,
                packet.Payload.Span));
        }
    }

    /// <summary>A message to a peer.</summary>
    public void Sent(IkeSession? session, InjectPacket packet)
    {
        foreach (RunningCapture capture in Of(session))
        {
            capture.TakeIke(isOutbound: true, IkePacket.Wrap(
                PeerAddress.Of(packet.Source, packet.Source6), PeerAddress.Of(packet.Destination, packet.Destination6), (ushort)packet.SourcePort, (ushort)packet.DestinationPort, OwnHops, packet.DontFragment,
                packet.Payload.Span));
        }
    }

    /// <summary>The key of a phase 1 SA, also of one that is only being made.</summary>
    public void AddKey(IkeSession session, ulong initiatorCookie, ReadOnlySpan<byte> cipherKey)
    {
        foreach (RunningCapture capture in Of(session))
        {
            capture.AddKey(initiatorCookie, cipherKey);
        }
    }

    /// <summary>The keys of a pair of phase 2 SAs.</summary>
    public void AddKeys(IpsecSaPairState pair) => _running.Find(c => c.Protections.Contains(pair.Protection))?.AddKeys(pair);

    private static RpcException Refusal(StatusCode code, string why) => new(new Status(code, why));

    private static CaptureRequest Bounded(CaptureRequest request)
    {
        if ((request.Vpn.Length > 0 ? 1 : 0) + (request.Peer.Length > 0 ? 1 : 0) + (request.Index > 0 ? 1 : 0) != 1)
        {
            throw Refusal(StatusCode.InvalidArgument, "one of vpn, peer and index says which tunnel");
        }

        CaptureRequest bounded = request.Clone();
        bounded.Seconds = request.Seconds == 0 ? UsualSeconds : Math.Min(request.Seconds, LongestSeconds);
        bounded.Bytes = request.Bytes == 0 ? UsualBytes : Math.Clamp(request.Bytes, SmallestBytes, LargestBytes);
        return bounded;
    }

    private static bool IsMeant(CaptureRequest request, TunnelSession tunnel) =>
        request.Vpn.Length > 0 ? tunnel.Policy.Vpn == request.Vpn
        : request.Peer.Length > 0 ? Ipv4.Text(tunnel.Session.Remote) == request.Peer
        : tunnel.TunnelId == request.Index;

    private static bool IsMeant(CaptureRequest request, ManualPolicy manual, uint protection) =>
        request.Vpn.Length > 0 ? manual.Vpn.Vpn == request.Vpn
        : request.Peer.Length > 0 ? Ipv4.Text(manual.Remote) == request.Peer
        : TunnelNumber.Of(manual.Vpn, protection) == request.Index;

    private static void AddKnownKeys(
        RunningCapture capture, TunnelSession[] tunnels, (ManualPolicy Policy, uint Protection, IpsecSaPairState? Pair)[] manual)
    {
        foreach (IkeSa sa in tunnels.Select(t => t.Session).Distinct().SelectMany(s => s.Sas))
        {
            capture.AddKey(sa.State.InitiatorCookie, sa.State.CipherKey);
        }

        foreach (IpsecSaPairState pair in tunnels.SelectMany(t => t.Pairs).Select(p => p.State).Concat(manual.Select(m => m.Pair).OfType<IpsecSaPairState>()))
        {
            capture.AddKeys(pair);
        }
    }

    private IEnumerable<RunningCapture> Of(IkeSession? session) =>
        _running.Count == 0 || session is null ? [] : _running.Where(c => session.Tunnels.Any(t => c.Protections.Contains(t.ProtectionId)));

    private void End(RunningCapture capture, string reason)
    {
        if (!capture.IsEnding)
        {
            capture.Close(reason);
            _ = runtime.After(s_settle, () => runtime.Surface(FinishAsync(capture)));
        }
    }

    private async Task FinishAsync(RunningCapture capture)
    {
        ulong lost = 0;
        ulong copies = 0;
        foreach (uint protection in capture.Protections)
        {
            try
            {
                foreach ((_, TapState state) in await runtime.Context.Modules.Snapshot<TapState>(Tap, ProtectionTables.Key(protection)))
                {
                    lost += state.Lost;
                    copies += state.Packets;
                }
            }
            catch (RpcException)
            {
                // No module is attached: nobody knows what was lost.
            }

            _ = runtime.Context.Tables.Remove(Tap, ProtectionTables.Key(protection));
        }

        // What was copied and never came was lost on the way up.
        capture.Finish(lost + (copies > capture.Copies ? copies - capture.Copies : 0));
        _ = _running.Remove(capture);
        CaptureState end = capture.State();
        IkeLog.CaptureEnded(
            runtime.Context.Log, capture.Id, string.Join(", ", capture.Vpns), capture.User, end.Ended, end.IkePackets, end.IpsecPackets, end.Lost,
            capture.File);
    }
}
