namespace RouterOS.Dvmrp.Control;

/// <summary>What neighbours of one interface have said of a route.</summary>
internal sealed class DvmrpDownstream
{
    /// <summary>Metrics that neighbours have for it.</summary>
    public Dictionary<uint, int> Reported { get; } = [];

    /// <summary>Neighbours that come by this router to the network.</summary>
    public HashSet<uint> Dependents { get; } = [];
}
