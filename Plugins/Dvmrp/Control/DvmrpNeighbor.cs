using RouterOS.Dvmrp.Wire;

namespace RouterOS.Dvmrp.Control;

/// <summary>A router on a link.</summary>
internal sealed class DvmrpNeighbor(uint address, long now)
{
    /// <summary>Its address.</summary>
    public uint Address { get; } = address;

    /// <summary>Since when it is heard, or both hear each other.</summary>
    public long Since { get; set; } = now;

    /// <summary>When it is given up.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>Changes when it starts anew.</summary>
    public uint Generation { get; set; }

    /// <summary>It hears this router, too.</summary>
    public bool IsTwoWay { get; set; }

    /// <summary>What it can do.</summary>
    public DvmrpCapabilities Capabilities { get; set; }

    /// <summary>Its version.</summary>
    public (byte Major, byte Minor) Version { get; set; }

    /// <summary>Routes that it has told.</summary>
    public ulong ReceivedRoutes { get; set; }

    /// <summary>Those that cannot be.</summary>
    public ulong BadRoutes { get; set; }

    /// <summary>Messages that were none.</summary>
    public ulong BadPackets { get; set; }
}
