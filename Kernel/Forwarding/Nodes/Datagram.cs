namespace RouterOS.Forwarding.Nodes;

/// <summary>One datagram whose fragments are being collected.</summary>
internal sealed class Datagram
{
    public FragmentKey Key;
    public ReassemblyCounts Counts = new();

    // Fragments in the order of their offsets, linked by PacketBuffer.Link.
    public nint First;
    public int Fragments;
    public int ReceivedBytes;

    // Bytes of the whole payload; -1 until the last fragment has come.
    public int TotalBytes;
    public long Started;

    // Neighbours by age.
    public Datagram? Older;
    public Datagram? Newer;
}
