namespace RouterOS.Dvmrp.Wire;

/// <summary>What a router says in probes that it can do (draft-ietf-idmr-dvmrp-v3 section 3.2.1).</summary>
[Flags]
public enum DvmrpCapabilities : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has neighbours on one interface only.</summary>
    Leaf = 0x01,

    /// <summary>It prunes.</summary>
    Prune = 0x02,

    /// <summary>Its probes have a generation.</summary>
    Generation = 0x04,

    /// <summary>It answers traces.</summary>
    Mtrace = 0x08,

    /// <summary>It has a MIB.</summary>
    Snmp = 0x10,

    /// <summary>It takes masks in prunes and grafts.</summary>
    Netmask = 0x20,
}
