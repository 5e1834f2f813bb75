using System.Formats.Asn1;
using System.Net;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>The alternative names of a certificate (RFC 5280 section 4.2.1.6): those kinds that an identity of IKE can be.</summary>
internal static class SubjectAlternativeNames
{
    private const int Email = 1;
    private const int Dns = 2;
    private const int Address = 7;

    /// <summary>Reads an extension's value; what is malformed ends the list.</summary>
    public static void Read(byte[] extension, List<string> dns, List<string> mail, List<IPAddress> addresses)
    {
        try
        {
            AsnReader names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                Asn1Tag tag = names.PeekTag();
                switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
                {
                    case Email:
                        mail.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case Dns:
                        dns.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case Address:
                        byte[] bytes = names.ReadOctetString(tag);
                        if (bytes.Length is 4 or 16)
                        {
                            addresses.Add(new IPAddress(bytes));
                        }

                        break;
                    default:
                        _ = names.ReadEncodedValue();
                        break;
                }
            }
        }
        catch (AsnContentException)
        {
            // The names before it are those of a signed certificate and count.
        }
    }
}
