using System.Buffers.Binary;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>
/// Addresses before any NAT changed them, which transport mode needs to put checksums right (NAT-OA, RFC 3947 section 5.2); 0 where the
/// peer does not say.
/// </summary>
/// <param name="Local">Ours, as the peer knows it.</param>
/// <param name="Remote">The peer's, as it has it itself.</param>
internal readonly record struct OriginalAddresses(uint Local, uint Remote)
{
    /// <summary>Reads the payloads of a quick mode message; the first one is the initiator's address.</summary>
    public static OriginalAddresses Read(PayloadChain chain, bool weInitiated)
    {
        uint first = 0;
        uint second = 0;
        int count = 0;
        foreach (Payload payload in chain)
        {
            if (payload.Type is not (PayloadType.NatOriginalAddress or PayloadType.NatOriginalAddressDraft))
            {
                continue;
            }

            if (!IdentificationPayload.TryParse(payload.Body, out IdentificationPayload address, out _)
                || address.Type != IdentityType.Ipv4Address || ++count > 2)
            {
                return default;
            }

            uint value = BinaryPrimitives.ReadUInt32BigEndian(address.Data);
            (first, second) = count == 1 ? (value, 0) : (first, value);
        }

        return weInitiated ? new(first, second) : new(second, first);
    }

    /// <summary>Adds our own words to a quick mode message: both addresses as we know them, the initiator's first.</summary>
    public static void Write(IsakmpWriter writer, IkeSaState sa, bool weInitiated)
    {
        PayloadType type = sa.UdpTunnel == EncapsulationMode.UdpTunnelDraft ? PayloadType.NatOriginalAddressDraft : PayloadType.NatOriginalAddress;
        writer.Add(type, Body(weInitiated ? sa.Local : sa.Remote));
        writer.Add(type, Body(weInitiated ? sa.Remote : sa.Local));
    }

    private static byte[] Body(PeerAddress address) => PeerIdentity.OfAddress(address);
}
