namespace RouterOS.Flow.Nodes;

/// <summary>What a packet means to its session's life: nothing but that it is there, or TCP's flags.</summary>
internal readonly record struct FlowSegment(bool IsTcp, byte TcpFlags)
{
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;

    /// <summary>First segment of a connection.</summary>
    public bool IsTcpSyn => (TcpFlags & (Syn | Ack)) == Syn;

    /// <summary>A segment of the handshake, from either side.</summary>
    public bool HasTcpSyn => (TcpFlags & Syn) != 0;

    public bool IsTcpAck => (TcpFlags & Ack) != 0;

    public bool IsTcpFin => (TcpFlags & Fin) != 0;

    public bool IsTcpReset => (TcpFlags & Rst) != 0;
}
