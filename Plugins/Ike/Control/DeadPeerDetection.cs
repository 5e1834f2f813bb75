using RouterOS.Ike.Control.Machines;

namespace RouterOS.Ike.Control;

/// <summary>Dead peer detection of one peer (RFC 3706): runs the machine once per interval.</summary>
internal sealed class DeadPeerDetection(IkeRuntime runtime, IkeSession session, IkeSessions sessions)
{
    private IDisposable? _timer;
    private int _unanswered;
    private bool _heard;
    private (ulong Decrypted, ulong Encrypted) _last;
    private int _generation;
    private DateTimeOffset _due;

    /// <summary>Starts counting anew: a phase 1 SA is up, or the policy has changed.</summary>
    public void Restart()
    {
        Stop();
        _unanswered = 0;
        _heard = true;
        Arm();
    }

    public void Stop()
    {
        _generation++;
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>The peer gave a sign of life.</summary>
    public void Heard() => _heard = true;

    private void Arm()
    {
        if (session.Policy.Liveness is { } policy && (session.Sas.Count > 0 || session.HasPairs))
        {
            _due = runtime.Now + policy.Interval;
            _timer = runtime.After(policy.Interval, () => runtime.Surface(TickAsync()));
        }
    }

    private async Task TickAsync()
    {
        int generation = _generation;
        (ulong Decrypted, ulong Encrypted) traffic = await sessions.Activity.TrafficAsync(session.Tunnels.Select(t => t.ProtectionId));
        if (generation != _generation || session.Policy.Liveness is not { } policy)
        {
            return;
        }

        // Who was late itself has no right to call others dead: their answers may still wait to be read.
        bool late = runtime.Now - _due > policy.Interval / 2;
        bool heard = _heard || late || traffic.Decrypted > _last.Decrypted;
        bool sent = traffic.Encrypted > _last.Encrypted;
        (_heard, _last) = (false, traffic);
        IkeSa? sa = session.Current;
        if (sa is { State.PeerAnswersProbes: false })
        {
            _unanswered = 0;
            Arm();
            return;
        }

        (_unanswered, LivenessAction action) = LivenessMachine.Next(_unanswered, policy, heard, sent);
        if (action == LivenessAction.Dead)
        {
            Stop();
            session.PeerIsDead();
            return;
        }

        TimeSpan wait = action == LivenessAction.Probe ? sessions.Probes.Wait() : TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
        {
            _timer = runtime.After(wait, () => Ask(LivenessAction.Probe));
        }
        else
        {
            Ask(action);
        }
    }

    private void Ask(LivenessAction action)
    {
        if (action == LivenessAction.Probe)
        {
            if (session.Current is { } sa)
            {
                sessions.Informational.Probe(sa);
            }
            else
            {
                // Phase 1 ended under living tunnels: making it again asks the peer for the same sign of life.
                session.Reconsider();
            }
        }

        Arm();
    }
}
