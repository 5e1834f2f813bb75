namespace RouterOS.Flow.Nodes;

/// <summary>How often a policy decided.</summary>
internal struct PolicyHitCount
{
    /// <summary>Packets, those of its sessions included.</summary>
    public ulong Packets;

    /// <summary>Sessions it opened.</summary>
    public ulong Sessions;

    /// <summary>True when there is, or was, a policy of this number.</summary>
    public bool IsKnown;

    /// <summary>What is logged of it: sessions that begin, or packets that it refuses; sessions that end.</summary>
    public bool LogsBegin;

    public bool LogsEnd;
}
