using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.Machines;

/// <summary>What dead peer detection does at the end of an interval.</summary>
internal enum LivenessAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Sends a R-U-THERE.</summary>
    Probe,

    /// <summary>Gives the peer up.</summary>
    Dead,
}

/// <summary>Dead peer detection (RFC 3706) as a pure table over intervals; the state is the number of probes without a sign of life.</summary>
internal static class LivenessMachine
{
    /// <summary>The step at the end of an interval.</summary>
    /// <param name="unanswered">Probes sent since the last sign of life.</param>
    /// <param name="policy">When to probe and when to give up.</param>
    /// <param name="heard">The peer gave a sign of life in the interval: an authenticated message, or packets that were decrypted.</param>
    /// <param name="sent">Packets went to the peer in the interval.</param>
    public static (int Unanswered, LivenessAction Action) Next(int unanswered, LivenessPolicy policy, bool heard, bool sent)
    {
        if (heard)
        {
            return policy.Mode == ProbeMode.Always ? (1, LivenessAction.Probe) : (0, LivenessAction.None);
        }

        if (unanswered >= policy.Threshold)
        {
            return (unanswered, LivenessAction.Dead);
        }

        bool probe = unanswered > 0 || policy.Mode != ProbeMode.Optimized || sent;
        return probe ? (unanswered + 1, LivenessAction.Probe) : (0, LivenessAction.None);
    }
}
