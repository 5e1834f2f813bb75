namespace RouterOS.Ike.Control;

/// <summary>Ends the SAs of a tunnel that has carried nothing for as long as its policy says. Traffic brings it up again.</summary>
internal sealed class IdleTunnel(IkeRuntime runtime, TunnelSession tunnel, ModuleActivity activity)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    private IDisposable? _timer;
    private (ulong, ulong) _last;
    private DateTimeOffset _since;

    /// <summary>Starts anew: the tunnel has come up or the policy has changed.</summary>
    public void Restart()
    {
        Stop();
        // One that must be up at all times would only be made anew.
        if (tunnel.Policy.Idle > TimeSpan.Zero && !tunnel.Policy.EstablishImmediately && tunnel.Current is not null)
        {
            _since = runtime.Now;
            Arm();
        }
    }

    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void Arm() => _timer = runtime.After(s_look, () => runtime.Surface(LookAsync()));

    private async Task LookAsync()
    {
        IDisposable? timer = _timer;
        (ulong, ulong) traffic = await activity.TrafficAsync([tunnel.ProtectionId]);
        if (timer != _timer || timer is null)
        {
            return;
        }

        if (traffic != _last)
        {
            (_last, _since) = (traffic, runtime.Now);
        }

        if (runtime.Now - _since >= tunnel.Policy.Idle)
        {
            Stop();
            _ = tunnel.Clear($"nothing was carried for {(int)tunnel.Policy.Idle.TotalSeconds} seconds");
            return;
        }

        Arm();
    }
}
