using RouterOS.Ike.Control.Machines;

namespace RouterOS.Ike.Control;

/// <summary>Watches the replaced pairs of a tunnel, and ends those on which nothing comes any more.</summary>
/// <remarks>
/// The first packet on the newer inbound SA shows that the peer has moved, and message 3 that it can; half a minute without a packet on an older one
/// ends it. Of pairs that both
/// sides began at once, the one that the peer uses stays; where both sides know which one that is, the other one ends without traffic, too.
/// </remarks>
internal sealed class PairDrain(IkeRuntime runtime, TunnelSession tunnel, ModuleActivity activity)
{
    private static readonly TimeSpan s_check = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(30);

    // Of what both sides began at once: the peer is told four times before it could send on a pair that is gone; as initiator of the other pair, of which
    // nothing has been heard, not before the peer has given up asking for message 3.
    private static readonly TimeSpan s_tell = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_tellLate = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_heed = TimeSpan.FromSeconds(20);

    // Packets of each inbound SA at the last look, and since when they are as many.
    private Dictionary<IpsecSaPair, (ulong Packets, DateTimeOffset Since)> _seen = [];
    private IDisposable? _timer;

    /// <summary>Starts anew: another pair sends.</summary>
    public void Arm()
    {
        Stop();
        if (tunnel.Current is { } current && tunnel.Pairs.Any(p => IsOlder(p, current)))
        {
            _timer = runtime.After(s_check, () => runtime.Surface(CheckAsync()));
        }
    }

    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private static bool IsOlder(IpsecSaPair pair, IpsecSaPair current) => pair.Life == SaPairState.Replaced && pair != current;

    private async Task CheckAsync()
    {
        IDisposable? timer = _timer;
        Dictionary<IpsecSaPair, (ulong Packets, DateTimeOffset Since)> seen = [];
        foreach (IpsecSaPair pair in tunnel.Pairs.Where(p => p == tunnel.Current || p.Life == SaPairState.Replaced).ToArray())
        {
            ulong packets = await activity.InboundPacketsAsync(pair.State.InboundSpi);
            seen[pair] = _seen.TryGetValue(pair, out (ulong Packets, DateTimeOffset Since) last) && last.Packets == packets ? last : (packets, runtime.Now);
        }

        if (_timer != timer)
        {
            // Another pair sends meanwhile, or nothing is to be looked at any more.
            return;
        }

        Dictionary<IpsecSaPair, (ulong Packets, DateTimeOffset Since)> before = _seen;
        _seen = seen;
        if (tunnel.Current is { } current && seen.TryGetValue(current, out (ulong Packets, DateTimeOffset Since) newer))
        {
            bool isIdle = before.TryGetValue(current, out (ulong Packets, DateTimeOffset Since) last) && last.Packets == newer.Packets;
            foreach ((IpsecSaPair pair, (ulong packets, DateTimeOffset since)) in seen.Where(s => IsOlder(s.Key, current)))
            {
                bool isUsed = before.TryGetValue(pair, out last) && last.Packets != packets;
                Judge(pair, isUsed, runtime.Now - since, current, isIdle, hasPackets: newer.Packets > 0);
                if (tunnel.Current != current)
                {
                    break;
                }
            }
        }

        if (_timer == timer)
        {
            Arm();
        }
    }

    private void Judge(IpsecSaPair pair, bool isUsed, TimeSpan quiet, IpsecSaPair current, bool isIdle, bool hasPackets)
    {
        TimeSpan redundant = pair.RedundantSince is { } since ? runtime.Now - since : TimeSpan.Zero;
        TimeSpan tell = hasPackets || !current.State.IsInitiator ? s_tell : s_tellLate;
        bool isShown = hasPackets || (!current.State.IsInitiator && !pair.HasCrossed(current));
        if ((quiet >= s_quiet && isShown) || (redundant >= tell + s_heed && quiet >= s_check))
        {
            tunnel.Drained(pair);
        }
        else if (redundant >= tell && (isUsed || !hasPackets))
        {
            tunnel.TellRedundant(pair);
        }
        else if (pair.RedundantSince is null && isUsed && isIdle && pair.HasCrossed(current) && runtime.NewFraction() < 0.5)
        {
            // By chance, for the peer may be about to follow us.
            tunnel.Follow(pair);
        }
    }
}
