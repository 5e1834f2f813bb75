namespace RouterOS.Gre.Nodes;

/// <summary>What is special about a tunnel.</summary>
[Flags]
internal enum TunnelFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Packets leave with a checksum.</summary>
    Checksum = 1,

    /// <summary>Packets have a key.</summary>
    Key = 2,

    /// <summary>Packets leave with a sequence number, and are dropped when they come late.</summary>
    Sequence = 4,

    /// <summary>Packets come and go under a protection alone.</summary>
    Secured = 8,

    /// <summary>Nothing is sent.</summary>
    Blocked = 16,

    /// <summary>Outer packets may always be fragmented.</summary>
    AllowFragmentation = 32,

    /// <summary>IP in IP in place of GRE.</summary>
    IpInIp = 64,
}
