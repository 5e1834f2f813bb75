using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Esp.Wire;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

public sealed class EspWireTests
{
    [Fact]
    public void Published_packets_have_the_header_padding_and_payload_that_they_should()
    {
        foreach (Dictionary<string, string> stanza in VectorFile.Read("rfc3602/esp.txt"))
        {
            byte[] packet = stanza.Bytes("packet");
            Assert.True(EspHeader.TryParse(packet, out EspHeader header, out _));
            Assert.Equal(stanza["next"] == "01" ? 0x4321u : 0x8765u, header.Spi);
            Assert.InRange(header.Sequence, 1u, 8u);
            byte[] text = packet[24..];
            new LibcryptoCipher().Decrypt(CipherAlgorithm.AesCbc, stanza.Bytes("key"), packet.AsSpan(8, 16), text, text);
            Assert.True(EspTrailer.TryParse(text, out EspTrailer trailer, out _));
            Assert.Equal(stanza.Bytes("payload"), text[..trailer.PayloadLength]);
            Assert.Equal(stanza.Bytes("next")[0], trailer.NextHeader);
            Assert.Equal(text.Length, new EspSizes(new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None)).Text(trailer.PayloadLength));
        }
    }

    [Fact]
    public void Written_trailers_read_back_for_every_padding()
    {
        for (int padding = 0; padding <= 255; padding++)
        {
            byte[] text = new byte[10 + padding + 2];
            EspTrailer.Write(text.AsSpan(10), EspTrailer.Ipv4);
            Assert.True(EspTrailer.TryParse(text, out EspTrailer trailer, out EspError error));
            Assert.Equal((10, EspTrailer.Ipv4, EspError.None), (trailer.PayloadLength, trailer.NextHeader, error));
            if (padding > 0)
            {
                text[10 + (padding / 2)] ^= 1;
                Assert.False(EspTrailer.TryParse(text, out _, out error));
                Assert.Equal(EspError.BadPadding, error);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_parsed_or_refused_with_a_reason() =>
        Check.One(Seeded.Config, Prop.ForAll<byte[]>(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            bool isHeader = EspHeader.TryParse(bytes, out EspHeader header, out EspError error);
            Assert.Equal(isHeader, error == EspError.None);
            Assert.True(!isHeader || header.Spi >= EspHeader.FirstSpi);
            bool isTrailer = EspTrailer.TryParse(bytes, out EspTrailer trailer, out error);
            Assert.Equal(isTrailer, error == EspError.None);
            Assert.InRange(trailer.PayloadLength, 0, bytes.Length);
        }));

    [Fact]
    public void Sizes_are_those_of_the_vendors_figures_and_largest_inner_is_exact()
    {
        // 84 bytes in 3DES and MD5 are 20 + 8 + 8 + 88 + 12.
        Assert.Equal(136, new EspSizes(EspPackets.TripleDesMd5).Outer(84));
        foreach (CryptoSuite suite in (CryptoSuite[])[EspPackets.NullMd5, EspPackets.AesSha1, EspPackets.TripleDesMd5])
        {
            EspSizes sizes = new(suite);
            for (int mtu = 576; mtu < 1600; mtu++)
            {
                int largest = sizes.LargestInner(mtu);
                Assert.True(sizes.Outer(largest) <= mtu && sizes.Outer(largest + 1) > mtu);
            }
        }
    }
}
