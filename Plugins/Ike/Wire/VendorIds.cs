namespace RouterOS.Ike.Wire;

/// <summary>Vendor ids that mean something here; every other one is ignored.</summary>
internal static class VendorIds
{
    /// <summary>Dead peer detection 1.0, RFC 3706 section 5.1.</summary>
    public static ReadOnlySpan<byte> DeadPeerDetection =>
        [0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00];

    /// <summary>Fragmentation of messages, in main and in aggressive mode.</summary>
    public static ReadOnlySpan<byte> Fragmentation =>
        [0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7, 0xde, 0x7f, 0x00, 0xd6, 0xc2, 0xd3, 0xc0, 0, 0, 0];

    /// <summary>Extended authentication of users (draft-beaulieu-ike-xauth-02 section 2).</summary>
    public static ReadOnlySpan<byte> Xauth => [0x09, 0x00, 0x26, 0x89, 0xdf, 0xd6, 0xb7, 0x12];

    /// <summary>Clients that take their settings by mode-config from gateways that say the same.</summary>
    public static ReadOnlySpan<byte> Unity =>
        [0x12, 0xf5, 0xf2, 0x8c, 0x45, 0x71, 0x68, 0xa9, 0x70, 0x2d, 0x9f, 0xe2, 0x74, 0xcc, 0x01, 0x00];

    /// <summary>
    /// Ours: of SAs that both sides began at once, the one with the greater cookie of the initiator stays, and the pair with the greater SPIs; each side ends
    /// the other one. The first half of the SHA-256 of "RouterOS: crossed exchanges are settled 1".
    /// </summary>
    public static ReadOnlySpan<byte> SettlesCrossings => 
        [0x8c, 0x96, 0xe0, 0x9d, 0x28, 0x5e, 0x01, 0x96, 0x76, 0x9b, 0x2d, 0x74, 0xdb, 0x30, 0xe9, 0xe3];

    /// <summary>True when the peer puts fragments together. What its flags say about modes is not uniform and not needed.</summary>
    public static bool OffersFragmentation(PayloadChain chain)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.VendorId && payload.Body.Length is 16 or 20 && payload.Body[..16].SequenceEqual(Fragmentation[..16]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the chain says that the peer answers DPD. The last byte is a minor version: any will do.</summary>
    public static bool OffersDeadPeerDetection(PayloadChain chain)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.VendorId && payload.Body.Length == DeadPeerDetection.Length
                && payload.Body[..^1].SequenceEqual(DeadPeerDetection[..^1]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the chain has exactly this vendor id.</summary>
    public static bool Has(PayloadChain chain, ReadOnlySpan<byte> vendorId)
    {
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.VendorId && payload.Body.SequenceEqual(vendorId))
            {
                return true;
            }
        }

        return false;
    }
}
