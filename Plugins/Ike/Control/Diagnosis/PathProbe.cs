namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Finds an MTU black hole: asks a peer for signs of life with packets of several sizes that must not be cut on the way.</summary>
internal sealed class PathProbe(IkeRuntime runtime, IkeSessions sessions)
{
    private const int EthernetMtu = 1500;

    private static readonly int[] s_sizes = [576, 1000, 1200, 1300, 1400, EthernetMtu];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>The path's width, where it is narrower than an Ethernet; null where all sizes pass or nobody answers.</summary>
    public async Task<PathWidth?> MeasureAsync(IkeSession session)
    {
        if (session.Current is not { State.PeerAnswersProbes: true } sa)
        {
            return null;
        }

        HashSet<int> passed = [];
        // A packet may be lost once by chance.
        for (int round = 0; round < 2 && !sa.IsDead; round++)
        {
            Dictionary<uint, int> sent = [];
            foreach (int size in s_sizes.Where(s => !passed.Contains(s)))
            {
                uint number = sessions.Informational.ProbePath(sa, size);
                sent[number] = size;
                _ = sa.PathProbes.Add(number);
            }

            if (sent.Count == 0)
            {
                return null;
            }

            await PauseAsync();
            foreach ((uint number, int size) in sent)
            {
                if (!sa.PathProbes.Remove(number))
                {
                    _ = passed.Add(size);
                }
            }
        }

        int passing = s_sizes.TakeWhile(passed.Contains).DefaultIfEmpty(0).Last();
        return passing is 0 or EthernetMtu ? null : new(passing, s_sizes.First(s => s > passing));
    }

    private Task PauseAsync()
    {
        TaskCompletionSource over = new();
        _ = runtime.After(s_patience, () => over.SetResult());
        return over.Task;
    }
}
