using System.Buffers.Binary;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Writes the nested parts of an SA payload.</summary>
internal static class Proposals
{
    /// <summary>The body of an SA payload with one proposal.</summary>
    public static byte[] SaBody(int number, SecurityProtocol protocol, ReadOnlySpan<byte> spi, IReadOnlyList<byte[]> transforms) =>
        SaBody([Proposal(number, last: true, protocol, spi, transforms)]);

    /// <summary>The body of an SA payload with proposals.</summary>
    public static byte[] SaBody(IReadOnlyList<byte[]> proposals)
    {
        byte[] body = new byte[SaPayload.FixedLength + proposals.Sum(p => p.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(body, SaPayload.IpsecDoi);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), SaPayload.IdentityOnly);
        Span<byte> rest = body.AsSpan(SaPayload.FixedLength);
        foreach (byte[] proposal in proposals)
        {
            proposal.CopyTo(rest);
            rest = rest[proposal.Length..];
        }

        return body;
    }

    /// <summary>One proposal.</summary>
    public static byte[] Proposal(int number, bool last, SecurityProtocol protocol, ReadOnlySpan<byte> spi, IReadOnlyList<byte[]> transforms)
    {
        byte[] proposal = new byte[ProposalPayload.FixedLength + spi.Length + transforms.Sum(t => t.Length)];
        Span<byte> header = proposal;
        header[0] = last ? (byte)0 : (byte)PayloadType.Proposal;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)proposal.Length));
        header[4] = (byte)number;
        header[5] = (byte)protocol;
        header[6] = (byte)spi.Length;
        header[7] = checked((byte)transforms.Count);
        spi.CopyTo(header[ProposalPayload.FixedLength..]);
        Span<byte> rest = header[(ProposalPayload.FixedLength + spi.Length)..];
        foreach (byte[] transform in transforms)
        {
            transform.CopyTo(rest);
            rest = rest[transform.Length..];
        }

        return proposal;
    }

    /// <summary>One transform.</summary>
    public static byte[] Transform(byte id, int number, bool last, (ushort Type, uint Value)[] attributes)
    {
        Span<byte> buffer = stackalloc byte[TransformPayload.FixedLength + (8 * attributes.Length)];
        buffer.Clear();
        int length = TransformPayload.FixedLength;
        foreach ((ushort type, uint value) in attributes)
        {
            length += DataAttributes.Write(buffer[length..], type, value);
        }

        buffer[0] = last ? (byte)0 : (byte)PayloadType.Transform;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)length);
        buffer[4] = checked((byte)number);
        buffer[5] = id;
        return buffer[..length].ToArray();
    }

    /// <summary>The responder's answer: the chosen transform exactly as it was offered (RFC 2408 section 4.2).</summary>
    public static byte[] Chosen(byte number, SecurityProtocol protocol, ReadOnlySpan<byte> spi, ReadOnlySpan<byte> transform)
    {
        byte[] copy = transform.ToArray();
        copy[0] = 0;
        return SaBody(number, protocol, spi, [copy]);
    }
}
