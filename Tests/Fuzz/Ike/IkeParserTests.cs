using RouterOS.Ike.Wire;

namespace RouterOS.Fuzz.Ike;

/// <summary>The views of ISAKMP: whatever the bytes, no exception and no allocation; what is accepted can be walked whole.</summary>
public sealed class IkeParserTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void Message() => FuzzLoop.Parse("isakmp", Iterations, bytes =>
    {
        bool accepted = IsakmpHeader.TryParse(bytes, out IsakmpHeader header, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (!accepted)
        {
            return;
        }

        _ = header.ResponderCookie + header.MessageId + (uint)header.Exchange;
        _ = header.IsEncrypted;
        Assert.True(header.InitiatorCookie != 0);
        Assert.True(header.Body.Length == bytes.Length - IsakmpHeader.Length && header.Datagram.Length == bytes.Length);
        Chain(header.NextPayload, header.Body);
    });

    // The first octet of an entry is the type of the first payload.
    [Fact]
    public void Payload_chain() => FuzzLoop.Parse("isakmp-chain", Iterations, bytes =>
    {
        if (!bytes.IsEmpty)
        {
            Chain((PayloadType)bytes[0], bytes[1..]);
        }
    });

    [Fact]
    public void Security_association() => FuzzLoop.Parse("isakmp-sa", Iterations, SecurityAssociation);

    [Fact]
    public void Proposal() => FuzzLoop.Parse("isakmp-proposal", Iterations, bytes =>
    {
        bool accepted = ProposalPayload.TryParse(bytes, out ProposalPayload proposal, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            Walk(proposal);
        }
    });

    [Fact]
    public void Transform() => FuzzLoop.Parse("isakmp-transform", Iterations, bytes =>
    {
        bool accepted = TransformPayload.TryParse(bytes, out TransformPayload transform, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            Walk(transform);
        }
    });

    [Fact]
    public void Fragment() => FuzzLoop.Parse("isakmp-fragment", Iterations, bytes =>
    {
        bool accepted = FragmentPayload.TryParse(bytes, out FragmentPayload fragment, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            Assert.True(fragment.Number > 0 && fragment.Part.Length == bytes.Length - FragmentPayload.FixedLength && fragment.Id >= 0);
            _ = fragment.IsLast;
        }
    });

    [Fact]
    public void Attributes() => FuzzLoop.Parse("isakmp-attributes", Iterations, bytes =>
    {
        bool accepted = DataAttributes.TryParse(bytes, out DataAttributes attributes, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            Walk(attributes, bytes.Length);
        }
    });

    [Fact]
    public void Delete() => FuzzLoop.Parse("isakmp-delete", Iterations, Deletion);

    [Fact]
    public void Notification() => FuzzLoop.Parse("isakmp-notification", Iterations, Notice);

    [Fact]
    public void Transaction() => FuzzLoop.Parse("isakmp-transaction", Iterations, Settings);

    [Fact]
    public void Identification() => FuzzLoop.Parse("isakmp-identification", Iterations, Identity);

    private static void Chain(PayloadType first, ReadOnlySpan<byte> body)
    {
        bool accepted = PayloadChain.TryParse(first, body, out PayloadChain chain, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (!accepted)
        {
            return;
        }

        int bytes = 0;
        int count = 0;
        foreach (Payload payload in chain)
        {
            Assert.True(payload.Type != PayloadType.None && payload.Whole.Length == payload.Body.Length + PayloadChain.GenericHeader);
            bytes += payload.Whole.Length;
            count++;
            switch (payload.Type)
            {
                case PayloadType.SecurityAssociation:
                    SecurityAssociation(payload.Body);
                    break;
                case PayloadType.Notification:
                    Notice(payload.Body);
                    break;
                case PayloadType.Delete:
                    Deletion(payload.Body);
                    break;
                case PayloadType.Identification:
                    Identity(payload.Body);
                    break;
                case PayloadType.Attributes:
                    Settings(payload.Body);
                    break;
                default:
                    break;
            }
        }

        Assert.True(bytes == chain.Bytes.Length && bytes <= body.Length && count <= PayloadChain.Maximum);
        Assert.True(chain.TryFind(PayloadType.Hash, out _) == (chain.Count(PayloadType.Hash) > 0));
        Assert.True(chain.TryFindOnly(PayloadType.Nonce, out _) == (chain.Count(PayloadType.Nonce) == 1));
        _ = VendorIds.OffersDeadPeerDetection(chain);
    }

    private static void SecurityAssociation(ReadOnlySpan<byte> body)
    {
        bool accepted = SaPayload.TryParse(body, out SaPayload payload, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (!accepted)
        {
            return;
        }

        int bytes = SaPayload.FixedLength;
        foreach (ProposalPayload proposal in payload)
        {
            bytes += proposal.Whole.Length;
            Walk(proposal);
        }

        Assert.True(bytes == body.Length);
    }

    private static void Walk(ProposalPayload proposal)
    {
        int bytes = ProposalPayload.FixedLength + proposal.Spi.Length;
        int count = 0;
        foreach (TransformPayload transform in proposal)
        {
            bytes += transform.Whole.Length;
            count++;
            Walk(transform);
        }

        Assert.True(bytes == proposal.Whole.Length && count == proposal.TransformCount);
        _ = proposal.Number + (int)proposal.Protocol;
    }

    private static void Walk(TransformPayload transform)
    {
        _ = transform.Number + transform.Id;
        Walk(transform.Attributes, transform.Whole.Length - TransformPayload.FixedLength);
    }

    private static void Walk(DataAttributes attributes, int bytes)
    {
        int count = 0;
        foreach ((ushort type, ulong _) in attributes)
        {
            Assert.True(type < 0x8000);
            count++;
        }

        Assert.True(count * 4 <= bytes);
    }

    private static void Deletion(ReadOnlySpan<byte> body)
    {
        bool accepted = DeletePayload.TryParse(body, out DeletePayload payload, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        for (int i = 0; accepted && i < payload.Count; i++)
        {
            Assert.True(payload.Spi(i).Length == (payload.Protocol == SecurityProtocol.Isakmp ? 16 : 4));
        }
    }

    private static void Notice(ReadOnlySpan<byte> body)
    {
        bool accepted = NotificationPayload.TryParse(body, out NotificationPayload payload, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            _ = (int)payload.Protocol + (int)payload.Type;
            Assert.True(payload.Spi.Length + payload.Data.Length + NotificationPayload.FixedLength == body.Length);
        }
    }

    private static void Settings(ReadOnlySpan<byte> body)
    {
        bool accepted = TransactionPayload.TryParse(body, out TransactionPayload payload, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (!accepted)
        {
            return;
        }

        _ = (int)payload.Type + payload.Identifier;
        int bytes = 4;
        DataAttributes.Enumerator attributes = payload.Attributes.GetEnumerator();
        while (attributes.MoveNext())
        {
            Assert.True(attributes.Current.Type < 0x8000);
            bytes += 2 + attributes.Bytes.Length;
        }

        Assert.True(bytes <= body.Length);
    }

    private static void Identity(ReadOnlySpan<byte> body)
    {
        bool accepted = IdentificationPayload.TryParse(body, out IdentificationPayload payload, out IsakmpError error);
        Assert.True(accepted == (error == IsakmpError.None));
        if (accepted)
        {
            _ = (int)payload.Type + payload.Protocol + payload.Port;
            Assert.True(payload.Data.Length + IdentificationPayload.FixedLength == body.Length);
        }
    }
}
