namespace RouterOS.Linux.Packet;

/// <summary>The open sockets of a packet port and the mapped ring of the first.</summary>
internal readonly record struct PacketSockets(int Receiver, int Sender, nint Map)
{
    /// <summary>Bytes of a block: over the largest super-frame.</summary>
    public const int BlockBytes = 1 << 18;

    /// <summary>Blocks of the ring: 4 MB hold some 2,500 full frames.</summary>
    public const int Blocks = 16;

    /// <summary>Bytes of the whole ring.</summary>
    public const int MapBytes = BlockBytes * Blocks;
}
