namespace RouterOS.Flow.Nodes;

/// <summary>How often a policy decided.</summary>
internal sealed class PolicyHitCount
{
    /// <summary>Packets, those of its sessions included.</summary>
    public ulong Packets { get; set; }

    /// <summary>Sessions it opened.</summary>
    public ulong Sessions { get; set; }
}
