using System.Security.Cryptography.X509Certificates;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Ike.Wire;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Certificates in PKCS #7 (RFC 2408 section 3.9, encoding 1).</summary>
public sealed class Pkcs7Tests
{
    private const int Most = 8;

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [Trait("rfc", "2408:3.9")]
    public void Peers_get_the_encoding_that_they_ask_for(bool left, bool right, bool aggressive)
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        (lab.LeftGateway.PrefersPkcs7, lab.RightGateway.PrefersPkcs7) = (left, right);
        if (aggressive)
        {
            lab.With(i => i.Gateways[0].Mode = RouterOS.Proto.Ike.V1.Mode.Aggressive);
        }

        lab.Up();
        Assert.Equal(0, lab.Traffic(0.5));
        byte[] asked = [.. lab.Network.Sent.Where(d => d.Source == Lab.LeftAddress).SelectMany(Requests).Distinct()];
        Assert.Equal([left ? (byte)1 : (byte)4], asked);
    }

    [Fact]
    public void A_wrapping_is_sent_to_who_asks_for_it() => Assert.InRange(BytesFromRight(true) - BytesFromRight(false), 30, 200);

    [Fact]
    public void What_is_wrapped_comes_out_and_others_read_it()
    {
        byte[] one = SimulatedAuthority.Usual.Certificate;
        byte[] two = new SimulatedAuthority("CN=Other CA, O=Example").Certificate;
        byte[] wrapping = Pkcs7Certificates.Wrap([one, two]);
        List<byte[]> read = [];
        Pkcs7Certificates.Unwrap(wrapping, read, Most);
        Assert.Equal([one, two], read);
        read.Clear();
        Pkcs7Certificates.Unwrap(wrapping, read, 1);
        Assert.Equal([one], read);
        // The runtime's own writer sorts them.
        using X509Certificate2 first = X509CertificateLoader.LoadCertificate(one);
        using X509Certificate2 second = X509CertificateLoader.LoadCertificate(two);
        read.Clear();
        Pkcs7Certificates.Unwrap(new X509Certificate2Collection { first, second }.Export(X509ContentType.Pkcs7), read, Most);
        Assert.Equal(2, read.Count);
        Assert.Contains(read, der => der.AsSpan().SequenceEqual(one));
    }

    [Fact]
    public void Wrappings_that_are_cut_or_changed_throw_nothing()
    {
        byte[] wrapping = Pkcs7Certificates.Wrap([SimulatedAuthority.Usual.Certificate]);
        for (int length = 0; length < wrapping.Length; length++)
        {
            Pkcs7Certificates.Unwrap(wrapping.AsSpan(0, length), [], Most);
        }

        for (int i = 0; i < wrapping.Length; i++)
        {
            byte[] changed = [.. wrapping];
            changed[i] ^= 0x55;
            List<byte[]> read = [];
            Pkcs7Certificates.Unwrap(changed, read, Most);
            _ = CertificateCheck.Verify(read, [], DateTimeOffset.UnixEpoch);
        }
    }

    // The certificate itself is encrypted: what its wrapping adds is seen from outside.
    private static int BytesFromRight(bool pkcs7)
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        lab.LeftGateway.PrefersPkcs7 = pkcs7;
        lab.Up();
        return lab.Network.Sent.Where(d => d.Source == Lab.RightAddress && d.Payload[18] == (byte)ExchangeType.IdentityProtection).Sum(d => d.Payload.Length);
    }

    private static IEnumerable<byte> Requests(Datagram datagram) => Bodies(datagram, PayloadType.CertificateRequest).Select(body => body[0]);

    private static List<byte[]> Bodies(Datagram datagram, PayloadType type)
    {
        List<byte[]> found = [];
        if (IsakmpHeader.TryParse(datagram.Payload, out IsakmpHeader header, out _) && !header.IsEncrypted
            && PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _))
        {
            foreach (Payload payload in chain)
            {
                if (payload.Type == type)
                {
                    found.Add(payload.Body.ToArray());
                }
            }
        }

        return found;
    }
}
