namespace RouterOS.Flow.Nodes;

/// <summary>Life of a session.</summary>
internal enum FlowSessionState : byte
{
    /// <summary>The row is free.</summary>
    Free = 0,

    /// <summary>TCP: packets have not passed both ways yet.</summary>
    Opening,

    /// <summary>Packets pass both ways; without TCP from the first packet on.</summary>
    Established,

    /// <summary>TCP: one side has closed or reset.</summary>
    Closing,
}
