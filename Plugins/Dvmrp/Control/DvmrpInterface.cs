using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Dvmrp.Control;

/// <summary>An interface with DVMRP.</summary>
internal sealed class DvmrpInterface(string name)
{
    /// <summary>Full name.</summary>
    public string Name { get; } = name;

    /// <summary>Index in the modules' tables.</summary>
    public uint Index { get; set; }

    /// <summary>Own address; 0 for none.</summary>
    public uint Address { get; set; }

    /// <summary>Bits of the link's network.</summary>
    public int PrefixLength { get; set; }

    /// <summary>Messages come and go.</summary>
    public bool IsUp { get; set; }

    /// <summary>Configured, but not to run.</summary>
    public bool IsDisabled { get; set; }

    /// <summary>A tunnel.</summary>
    public bool IsTunnel { get; set; }

    /// <summary>Added to metrics that come.</summary>
    public int MetricIn { get; set; } = 1;

    /// <summary>Added to metrics that go.</summary>
    public int MetricOut { get; set; }

    /// <summary>Which routes are taken.</summary>
    public IReadOnlyList<AcceptFilter> Accept { get; set; } = [];

    /// <summary>Which routes are told; null: all.</summary>
    public AccessList? Announce { get; set; }

    /// <summary>Routes that filters have kept out.</summary>
    public ulong FilteredRoutes { get; set; }

    /// <summary>Routers that are heard, by address.</summary>
    public Dictionary<uint, DvmrpNeighbor> Neighbors { get; } = [];

    /// <summary>Messages received.</summary>
    public ulong Received { get; set; }

    /// <summary>Messages sent.</summary>
    public ulong Sent { get; set; }

    /// <summary>Messages that were none.</summary>
    public ulong BadPackets { get; set; }

    /// <summary>Routes that cannot be.</summary>
    public ulong BadRoutes { get; set; }

    /// <summary>Routes in the last report of all.</summary>
    public int RoutesSent { get; set; }

    /// <summary>The link's network.</summary>
    public uint Network => Address & Ipv4Number.Mask(PrefixLength);

    /// <summary>True for an address of the link.</summary>
    public bool IsOnLink(uint address) => ((address ^ Address) & Ipv4Number.Mask(PrefixLength)) == 0;
}
