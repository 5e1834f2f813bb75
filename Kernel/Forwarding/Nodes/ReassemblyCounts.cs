namespace RouterOS.Forwarding.Nodes;

/// <summary>What a worker has had to do with fragments of one protocol in one routing instance.</summary>
internal sealed class ReassemblyCounts
{
    /// <summary>Fragments that have come.</summary>
    public ulong Fragments { get; set; }

    /// <summary>Packets put together.</summary>
    public ulong Packets { get; set; }

    /// <summary>Fragments dropped.</summary>
    public ulong Dropped { get; set; }
}
