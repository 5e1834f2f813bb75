namespace RouterOS.Esp.Nodes;

/// <summary>Packets may stay with the engines for one round, so that more come together; no longer.</summary>
internal struct RoundHold
{
    private long _since;

    /// <summary>True when the packets that wait may stay; false when they must be completed now.</summary>
    /// <param name="moreIsComing">Input waits.</param>
    /// <param name="now">Time of the round.</param>
    public bool Holds(bool moreIsComing, long now)
    {
        bool holds = moreIsComing && (_since == 0 || _since == now);
        _since = holds ? now : 0;
        return holds;
    }
}
