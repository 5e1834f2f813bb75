using System.Buffers.Binary;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Finds the NATs between both ends of an exchange of phase 1 (RFC 3947 section 3).</summary>
internal sealed class NatDetection(IMac mac)
{
    /// <summary>The document that both sides go by; null: no NAT traversal.</summary>
    public NatTraversalDocument? Document { get; private set; }

    /// <summary>Our own address or port is not what the peer sees.</summary>
    public bool IsLocalBehindNat { get; private set; }

    /// <summary>The peer's address or port is not what it says; some say so on purpose, to have their packets inside UDP.</summary>
    public bool IsRemoteBehindNat { get; private set; }

    /// <summary>There is a NAT, and both sides can deal with it.</summary>
    public bool IsFound => IsLocalBehindNat || IsRemoteBehindNat;

    /// <summary>Adds the vendor ids of message 1, or the one that was chosen to message 2.</summary>
    public void AddVendorIds(IsakmpWriter writer, bool initiator)
    {
        foreach (NatTraversalDocument document in NatTraversalDocument.All.Where(d => initiator ? d.IsOffered : d == Document))
        {
            writer.Add(PayloadType.VendorId, document.VendorId);
        }
    }

    /// <summary>Takes the vendor ids of message 1 or 2.</summary>
    public void TakeVendorIds(PayloadChain chain) => Document = NatTraversalDocument.Choose(chain);

    /// <summary>Adds both hashes of message 3 or 4: over the peer's address and port first, then over our own.</summary>
    public void AddHashes(IsakmpWriter writer, MacAlgorithm hash, ulong initiatorCookie, ulong responderCookie, PeerEndpoints ends)
    {
        if (Document is not null)
        {
            writer.Add(Document.Detection, Hash(hash, initiatorCookie, responderCookie, ends.Remote, ends.RemotePort));
            writer.Add(Document.Detection, Hash(hash, initiatorCookie, responderCookie, ends.Local, ends.LocalPort));
        }
    }

    /// <summary>Compares the hashes of the peer with what we see.</summary>
    /// <remarks>
    /// In aggressive mode the initiator's hashes are on the message that changes the port: peers differ in whether they hash the ports
    /// before (<paramref name="before"/>) or after.
    /// </remarks>
    public void TakeHashes(
        PayloadChain chain, MacAlgorithm hash, ulong initiatorCookie, ulong responderCookie, PeerEndpoints ends, PeerEndpoints? before = null)
    {
        if (Document is null)
        {
            return;
        }

        byte[] local = Hash(hash, initiatorCookie, responderCookie, ends.Local, ends.LocalPort);
        byte[] remote = Hash(hash, initiatorCookie, responderCookie, ends.Remote, ends.RemotePort);
        PeerEndpoints other = before ?? ends;
        byte[] otherLocal = Hash(hash, initiatorCookie, responderCookie, other.Local, other.LocalPort);
        byte[] otherRemote = Hash(hash, initiatorCookie, responderCookie, other.Remote, other.RemotePort);
        int count = 0;
        IsRemoteBehindNat = true;
        foreach (Payload payload in chain)
        {
            if (payload.Type != Document.Detection)
            {
                continue;
            }

            if (count++ == 0)
            {
                IsLocalBehindNat = !payload.Body.SequenceEqual(local) && !payload.Body.SequenceEqual(otherLocal);
            }
            else if (payload.Body.SequenceEqual(remote) || payload.Body.SequenceEqual(otherRemote))
            {
                // A host with several addresses sends one hash for each that the packet may have left by.
                IsRemoteBehindNat = false;
            }
        }

        if (count < 2)
        {
            // Not a peer that traverses NATs after all, whatever its vendor id says.
            (Document, IsLocalBehindNat, IsRemoteBehindNat) = (null, false, false);
        }
    }

    private byte[] Hash(MacAlgorithm hash, ulong initiatorCookie, ulong responderCookie, PeerAddress address, ushort port)
    {
        byte[] bytes = [.. Bytes.Of(initiatorCookie, responderCookie), .. address.ToBytes(), 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - 2), port);
        return mac.Hash(hash, bytes);
    }
}
