using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Esp.Wire;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

public sealed class AhWireTests
{
    [Fact]
    public void Header_is_read_as_it_was_written()
    {
        byte[] bytes = new byte[40];
        AhHeader.Write(bytes.AsSpan(0, AhHeader.LengthOf(16)), 4, 0x1234567, 99);
        Assert.True(AhHeader.TryParse(bytes, out AhHeader header, out _));
        Assert.Equal((4, 28, 0x1234567u, 99u, 16), (header.NextHeader, header.Length, header.Spi, header.Sequence, header.Check.Length));
        Assert.Equal(5, bytes[1]);
    }

    [Fact]
    public void Truncated_and_reserved_are_told_apart()
    {
        byte[] bytes = new byte[24];
        AhHeader.Write(bytes, 4, 255, 1);
        Assert.False(AhHeader.TryParse(bytes, out _, out EspError error));
        Assert.Equal(EspError.ReservedSpi, error);
        AhHeader.Write(bytes, 4, 256, 1);
        for (int length = 0; length < 24; length++)
        {
            Assert.False(AhHeader.TryParse(bytes.AsSpan(0, length), out _, out error));
            Assert.Equal(EspError.Truncated, error);
        }

        // A length below the fixed part: RFC 4302 section 2.2 counts words less two.
        bytes[1] = 0;
        Assert.False(AhHeader.TryParse(bytes, out _, out error));
    }

    [Theory]
    [InlineData(12, 24, true)]
    [InlineData(16, 28, true)]
    [InlineData(16, 32, true)]
    [InlineData(12, 28, false)]
    [InlineData(16, 24, false)]
    [InlineData(16, 36, false)]
    public void Header_has_the_length_of_its_suite_padded_to_four_or_eight(int tag, int length, bool fits) =>
        Assert.Equal(fits, AhHeader.Fits(length, tag));

    [Theory]
    [InlineData("4407000000000000000000000000000000000000" + "07030401")]
    [InlineData("4400000000000000000000000000000000000000" + "07000000")]
    [InlineData("4400000000000000000000000000000000000000" + "07010000")]
    [InlineData("4400000000000000000000000000000000000000" + "44080000")]
    [InlineData("4400000000000000000000000000000000000000" + "01010107")]
    [InlineData("4500000000000000000000000000000000000000" + "8306040000000000")]
    public void Malformed_options_are_refused(string hex)
    {
        byte[] header = Convert.FromHexString(hex);
        bool ok = AhMutableFields.Clear(header);
        // The first one is well formed: it shows that the others are refused for their options.
        Assert.Equal(hex[3] == '7', ok);
    }

    [Fact]
    public void Vectors_over_IPv6()
    {
        foreach (Dictionary<string, string> vector in VectorFile.Read("rfc4302/ah6.txt"))
        {
            byte[] packet = vector.Bytes("packet");
            Assert.True(AhMutableFields6.Clear(packet, out int ah), vector["name"]);
            Assert.Equal(vector["ah"], $"{ah}");
            Assert.True(AhHeader.TryParse(packet.AsSpan(ah), out AhHeader header, out _));
            byte[] check = header.Check.ToArray();
            packet.AsSpan(ah + AhHeader.FixedLength, check.Length).Clear();
            Assert.Equal(check, new BclMac().Mac(MacAlgorithm.HmacSha1, vector.Bytes("key"), packet)[..check.Length]);
        }
    }
}
