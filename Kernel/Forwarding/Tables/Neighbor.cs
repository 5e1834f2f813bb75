namespace RouterOS.Forwarding.Tables;

/// <summary>One IPv4 neighbour on an Ethernet interface.</summary>
internal sealed class Neighbor
{
    public uint Interface;
    public uint Address;
    public NeighborState State;

    // The Ethernet address as two words in memory order.
    public uint LinkFirst;
    public ushort LinkLast;

    // Requests since the last answer, and when the last one was sent.
    public int Tries;
    public long AskedAt;
    public long ConfirmedAt;

    // Packets that wait for the answer.
    public WaitingPackets Waiting;
}
