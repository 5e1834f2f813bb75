namespace RouterOS.Flow.Nodes;

/// <summary>Life of a session.</summary>
internal enum FlowSessionState : ushort
{
    /// <summary>The row is free.</summary>
    Free = 0,

    /// <summary>TCP: the handshake is not complete.</summary>
    Opening,

    /// <summary>Packets pass both ways.</summary>
    Established,

    /// <summary>TCP: one side has closed or reset.</summary>
    Closing,
}
