namespace RouterOS.Dvmrp.Wire;

/// <summary>Codes of DVMRP messages (draft-ietf-idmr-dvmrp-v3 section 4).</summary>
public enum DvmrpCode : byte
{
    /// <summary>Finds neighbours and keeps them.</summary>
    Probe = 1,

    /// <summary>Routes to sources.</summary>
    Report = 2,

    /// <summary>Asks for neighbours, the old way.</summary>
    AskNeighbors = 3,

    /// <summary>Neighbours, the old way.</summary>
    Neighbors = 4,

    /// <summary>Asks for neighbours.</summary>
    AskNeighbors2 = 5,

    /// <summary>Neighbours.</summary>
    Neighbors2 = 6,

    /// <summary>Packets of a source to a group are not wanted.</summary>
    Prune = 7,

    /// <summary>They are wanted again.</summary>
    Graft = 8,

    /// <summary>A graft has come.</summary>
    GraftAck = 9,
}
