using System.Formats.Asn1;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>Certificates wrapped in PKCS #7 (RFC 2315 section 9.1): signed data of nothing, with no signer.</summary>
internal static class Pkcs7Certificates
{
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string Data = "1.2.840.113549.1.7.1";

    // The content of a wrapping, and the certificates in it.
    private static readonly Asn1Tag s_zero = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Wraps certificates; their order stays.</summary>
    public static byte[] Wrap(IEnumerable<byte[]> certificates)
    {
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignedData);
            using (writer.PushSequence(s_zero))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                {
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Data);
                }

                using (writer.PushSequence(s_zero))
                {
                    foreach (byte[] certificate in certificates)
                    {
                        writer.WriteEncodedValue(certificate);
                    }
                }

                using (writer.PushSetOf())
                {
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>Adds the certificates of a wrapping to a list, up to a number; what is malformed ends them.</summary>
    public static void Unwrap(ReadOnlySpan<byte> wrapping, List<byte[]> certificates, int most)
    {
        try
        {
            AsnReader outer = new AsnReader(wrapping.ToArray(), AsnEncodingRules.BER).ReadSequence();
            if (outer.ReadObjectIdentifier() != SignedData)
            {
                return;
            }

            AsnReader signed = outer.ReadSequence(s_zero).ReadSequence();
            _ = signed.ReadInteger();
            _ = signed.ReadEncodedValue();
            _ = signed.ReadEncodedValue();
            if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(s_zero))
            {
                return;
            }

            AsnReader inside = signed.ReadSequence(s_zero);
            while (inside.HasData && certificates.Count < most)
            {
                certificates.Add(inside.ReadEncodedValue().ToArray());
            }
        }
        catch (AsnContentException)
        {
            // Those before are what there is.
        }
    }
}
