namespace RouterOS.Forwarding.Tables;

/// <summary>Packets that wait for a neighbour's answer, linked by <c>PacketBuffer.Link</c>, oldest first.</summary>
internal struct WaitingPackets
{
    public nint Head;
    public nint Tail;
    public int Count;
}
