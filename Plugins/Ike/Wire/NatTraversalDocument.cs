namespace RouterOS.Ike.Wire;

/// <summary>A document of NAT traversal: its vendor id, and the numbers that hold once both sides have named it.</summary>
/// <param name="Name">Name in words.</param>
/// <param name="VendorId">Vendor id, matched exactly.</param>
/// <param name="IsOffered">We name it as initiator; the others are only understood.</param>
/// <param name="Detection">Payload of the NAT-D hashes.</param>
/// <param name="UdpTunnel">Encapsulation mode of a tunnel inside UDP.</param>
internal sealed record NatTraversalDocument(
    string Name, byte[] VendorId, bool IsOffered, PayloadType Detection, EncapsulationMode UdpTunnel)
{
    /// <summary>All that are understood, the best first. The first two drafts never change the port: they are not here.</summary>
    public static IReadOnlyList<NatTraversalDocument> All { get; } =
    [
        new("RFC 3947", Convert.FromHexString("4a131c81070358455c5728f20e95452f"),
            true, PayloadType.NatDetection, EncapsulationMode.UdpTunnel),
        new("draft 03", Convert.FromHexString("7d9419a65310ca6f2c179d9215529d56"),
            true, PayloadType.NatDetectionDraft, EncapsulationMode.UdpTunnelDraft),
        // Some hashed the draft's name with the line's end behind it.
        new("draft 02", Convert.FromHexString("90cb80913ebb696e086381b5ec427b1f"),
            true, PayloadType.NatDetectionDraft, EncapsulationMode.UdpTunnelDraft),
        new("draft 02", Convert.FromHexString("cd60464335df21f87cfdb2fc68b6a448"),
            true, PayloadType.NatDetectionDraft, EncapsulationMode.UdpTunnelDraft),
        // These took the number of another protocol's payload, which the RFC gave back: it means NAT-D only after this vendor id.
        new("draft 08", Convert.FromHexString("8f8d83826d246b6fc7a8a6a428c11de8"),
            false, PayloadType.NatDetectionLateDraft, EncapsulationMode.UdpTunnel),
        new("draft", Convert.FromHexString("4df37928e9fc4fd1b3262170d515c662"),
            false, PayloadType.NatDetectionLateDraft, EncapsulationMode.UdpTunnel),
    ];

    /// <summary>The best one that the peer names, or null.</summary>
    public static NatTraversalDocument? Choose(PayloadChain chain)
    {
        foreach (NatTraversalDocument document in All)
        {
            if (VendorIds.Has(chain, document.VendorId))
            {
                return document;
            }
        }

        return null;
    }
}
