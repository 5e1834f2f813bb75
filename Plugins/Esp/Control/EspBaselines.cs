using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Control;

/// <summary>What `clear` has stored: counters of the modules only grow, and are shown less these.</summary>
/// <remarks>Owned by the plugin's strand. Not kept over a restart of the routing engine, which then shows the full counters again.</remarks>
internal sealed class EspBaselines
{
    private readonly Dictionary<uint, ProtectionState> _baselines = [];

    /// <summary>Counts from here on; protections that are gone are forgotten when <paramref name="protection"/> is 0 (all).</summary>
    public void Clear(uint protection, IReadOnlyDictionary<uint, ProtectionState> now)
    {
        if (protection == 0)
        {
            _baselines.Clear();
        }

        foreach (ProtectionState state in now.Values.Where(s => protection == 0 || s.Id == protection))
        {
            _baselines[state.Id] = state;
        }
    }

    /// <summary>Sums of one protection, or of all for 0, less what was cleared.</summary>
    public EspStatistics Read(uint protection, IReadOnlyDictionary<uint, ProtectionState> now)
    {
        EspStatistics sum = new();
        foreach (ProtectionState state in now.Values.Where(s => protection == 0 || s.Id == protection))
        {
            ProtectionState baseline = _baselines.GetValueOrDefault(state.Id) ?? new ProtectionState();
            if (HasRestarted(state, baseline))
            {
                // The module's counters began anew: nothing of what they show now was cleared.
                _baselines.Remove(state.Id);
                baseline = new ProtectionState();
            }

            sum.AhOutputBytes += state.AhSentBytes - baseline.AhSentBytes;
            sum.AhOutputPackets += state.AhSentPackets - baseline.AhSentPackets;
            sum.AhInputBytes += state.AhReceivedBytes - baseline.AhReceivedBytes;
            sum.AhInputPackets += state.AhReceivedPackets - baseline.AhReceivedPackets;
            sum.AhAuthenticationFailures += state.AhAuthenticationFailed - baseline.AhAuthenticationFailed;
            sum.EncryptedBytes += state.EncryptedBytes - baseline.EncryptedBytes - (state.AhSentBytes - baseline.AhSentBytes);
            sum.DecryptedBytes += state.DecryptedBytes - baseline.DecryptedBytes - (state.AhReceivedBytes - baseline.AhReceivedBytes);
            sum.EncryptedPackets += state.EncryptedPackets - baseline.EncryptedPackets - (state.AhSentPackets - baseline.AhSentPackets);
            sum.DecryptedPackets +=
                state.DecryptedPackets - baseline.DecryptedPackets - (state.AhReceivedPackets - baseline.AhReceivedPackets);
            sum.ReplayErrors += state.Replayed - baseline.Replayed;
            sum.AuthenticationFailures += state.AuthenticationFailed - baseline.AuthenticationFailed
                - (state.AhAuthenticationFailed - baseline.AhAuthenticationFailed);
            sum.DecryptionFailures += state.DecryptionFailed - baseline.DecryptionFailed;
            sum.BadHeaders += state.BadHeader - baseline.BadHeader;
            sum.SentInnerBytes += state.SentInnerBytes - baseline.SentInnerBytes;
            sum.ReceivedOuterBytes += state.ReceivedOuterBytes - baseline.ReceivedOuterBytes;
            sum.ReceivedPolicyErrors += state.ReceivedMismatch - baseline.ReceivedMismatch;
            sum.SentPolicyErrors += state.SentMismatch - baseline.SentMismatch;
            sum.OtherSendErrors += state.NotSent + state.NoSa - baseline.NotSent - baseline.NoSa;
            sum.BadTrailers += state.BadTrailer - baseline.BadTrailer;
        }

        return sum;
    }

    private static bool HasRestarted(ProtectionState state, ProtectionState baseline) =>
        state.EncryptedBytes < baseline.EncryptedBytes || state.DecryptedBytes < baseline.DecryptedBytes
        || state.EncryptedPackets < baseline.EncryptedPackets || state.DecryptedPackets < baseline.DecryptedPackets
        || state.Replayed < baseline.Replayed || state.AuthenticationFailed < baseline.AuthenticationFailed
        || state.DecryptionFailed < baseline.DecryptionFailed || state.BadHeader < baseline.BadHeader
        || state.BadTrailer < baseline.BadTrailer;
}
