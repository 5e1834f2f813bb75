namespace RouterOS.Benchmarks.Esp;

/// <summary>Times of one direction.</summary>
internal sealed class EspTimes
{
    public Median Raw { get; } = new();

    public Median Engine { get; } = new();

    public Median Nodes { get; } = new();

    public long AllocatedBytes { get; set; }

    public long NodePackets { get; set; }

    public double AllocatedPerPacket => (double)AllocatedBytes / NodePackets;
}
