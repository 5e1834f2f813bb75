namespace RouterOS.Forwarding.Workers;

/// <summary>Lets a rate through with bursts: tokens flow in by the clock and each packet takes one.</summary>
internal struct TokenBucket
{
    private long _emptyAt;
    private bool _started;

    /// <summary>Takes a token if there is one.</summary>
    /// <param name="now">Nanoseconds of the worker's clock.</param>
    /// <param name="perSecond">Tokens that flow in per second.</param>
    /// <param name="burst">Tokens that a full bucket holds.</param>
    public bool Take(long now, int perSecond, int burst)
    {
        // The bucket is kept as the time at which it was, or would have been, empty: a full one was empty `burst` tokens ago.
        long cost = 1_000_000_000L / perSecond;
        long full = now - (cost * burst);
        if (!_started || _emptyAt < full)
        {
            _emptyAt = full;
            _started = true;
        }

        if (now - _emptyAt < cost)
        {
            return false;
        }

        _emptyAt += cost;
        return true;
    }
}
