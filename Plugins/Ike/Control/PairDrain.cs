using RouterOS.Ike.Control.Machines;

namespace RouterOS.Ike.Control;

/// <summary>Watches the replaced pairs of a tunnel, and ends those on which nothing comes any more.</summary>
/// <remarks>The first packet on the newer inbound SA shows that the peer has moved; half a minute without a packet on an older one ends it.</remarks>
internal sealed class PairDrain(IkeRuntime runtime, TunnelSession tunnel, ModuleActivity activity)
{
    private static readonly TimeSpan s_check = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_crossing = TimeSpan.FromSeconds(2);

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

    // Pairs of crossed rekeys are no successors of each other: each side may send on the other one, so both stay until their hard life.
    private static bool IsOlder(IpsecSaPair pair, IpsecSaPair current) =>
        pair.Life == SaPairState.Replaced && pair.State.Created + s_crossing < current.State.Started;

    private async Task CheckAsync()
    {
        IDisposable? timer = _timer;
        if (tunnel.Current is not { } current || await activity.InboundPacketsAsync(current.State.InboundSpi) == 0)
        {
            Again(timer);
            return;
        }

        Dictionary<IpsecSaPair, ulong> seen = [];
        foreach (IpsecSaPair pair in tunnel.Pairs.Where(p => IsOlder(p, current)).ToArray())
        {
            seen[pair] = await activity.InboundPacketsAsync(pair.State.InboundSpi);
        }

        if (_timer == timer)
        {
            _timer = runtime.After(s_quiet, () => runtime.Surface(EndQuietAsync(seen)));
        }
    }

    private async Task EndQuietAsync(Dictionary<IpsecSaPair, ulong> seen)
    {
        IDisposable? timer = _timer;
        foreach ((IpsecSaPair pair, ulong packets) in seen)
        {
            if (await activity.InboundPacketsAsync(pair.State.InboundSpi) == packets && tunnel.Current is { } current && IsOlder(pair, current))
            {
                tunnel.Drained(pair);
            }
        }

        Again(timer);
    }

    // What was armed or stopped meanwhile stays as it is.
    private void Again(IDisposable? timer)
    {
        if (_timer == timer)
        {
            Arm();
        }
    }
}
