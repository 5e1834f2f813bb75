namespace RouterOS.Ike.Control;

/// <summary>Messages of one phase 1 SA, those of its negotiation included.</summary>
internal sealed class TrafficCount
{
    public ulong InputPackets { get; set; }

    public ulong InputBytes { get; set; }

    public ulong OutputPackets { get; set; }

    public ulong OutputBytes { get; set; }

    public void In(int bytes)
    {
        InputPackets++;
        InputBytes += (ulong)bytes;
    }

    public void Out(int bytes)
    {
        OutputPackets++;
        OutputBytes += (ulong)bytes;
    }
}
