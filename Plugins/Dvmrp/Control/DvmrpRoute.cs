using RouterOS.Dvmrp.Wire;

namespace RouterOS.Dvmrp.Control;

/// <summary>The way back to a network of sources.</summary>
internal sealed class DvmrpRoute(uint prefix, int prefixLength, long now)
{
    private readonly Dictionary<uint, DvmrpDownstream> _downstream = [];

    /// <summary>Network.</summary>
    public uint Prefix { get; } = prefix;

    /// <summary>Its bits.</summary>
    public int PrefixLength { get; } = prefixLength;

    /// <summary>Since when it is as it is.</summary>
    public long Since { get; set; } = now;

    /// <summary>1 to 31; 32 while it has gone.</summary>
    public int Metric { get; set; }

    /// <summary>Metric before it went.</summary>
    public int MetricBefore { get; set; }

    /// <summary>Index of the interface towards the sources.</summary>
    public uint Interface { get; set; }

    /// <summary>Neighbour that told it; 0 for the router's own.</summary>
    public uint Upstream { get; set; }

    /// <summary>It is a unicast route that is announced.</summary>
    public bool IsImported { get; set; }

    /// <summary>When it is held to have gone, or, once that is so, forgotten.</summary>
    public long ExpiresAt { get; set; } = long.MaxValue;

    /// <summary>It differs from what neighbours were told.</summary>
    public bool IsChanged { get; set; } = true;

    /// <summary>It can be used.</summary>
    public bool IsReachable => Metric < DvmrpReport.Infinity;

    /// <summary>It has gone, and nothing else is believed for a while.</summary>
    public bool IsHeldDown => Metric >= DvmrpReport.Infinity;

    /// <summary>What is known of the other interfaces, by index.</summary>
    public IReadOnlyDictionary<uint, DvmrpDownstream> Downstream => _downstream;

    /// <summary>The same of one interface, made if need be.</summary>
    public DvmrpDownstream DownstreamAt(uint index)
    {
        if (!_downstream.TryGetValue(index, out DvmrpDownstream? found))
        {
            found = new DvmrpDownstream();
            _downstream.Add(index, found);
        }

        return found;
    }

    /// <summary>A neighbour is not one any more; true when something was known of it.</summary>
    public bool Forget(uint index, uint neighbor) => _downstream.TryGetValue(index, out DvmrpDownstream? at)
        && (at.Reported.Remove(neighbor) | at.Dependents.Remove(neighbor));

    /// <summary>The neighbour that brings the network's packets to an interface, because it is nearer; 0: this router does.</summary>
    public uint ForwarderOn(DvmrpInterface link)
    {
        uint best = 0;
        int metric = Math.Min(Metric + link.MetricOut, DvmrpReport.Infinity);
        uint address = link.Address;
        if (_downstream.TryGetValue(link.Index, out DvmrpDownstream? at))
        {
            foreach ((uint neighbor, int reported) in at.Reported)
            {
                // The lower metric, then the lower address.
                if (reported < metric || (reported == metric && neighbor < address))
                {
                    (best, metric, address) = (neighbor, reported, neighbor);
                }
            }
        }

        return best;
    }
}
