using RouterOS.Esp.Wire;

namespace RouterOS.Fuzz.Esp;

/// <summary>The views of ESP: whatever the bytes, no exception and no allocation.</summary>
public sealed class EspParserTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void Header() => FuzzLoop.Parse("esp", Iterations, bytes =>
    {
        bool accepted = EspHeader.TryParse(bytes, out EspHeader header, out EspError error);
        Assert.True(accepted == (error == EspError.None));
        if (accepted)
        {
            _ = header.Sequence;
            Assert.True(header.Spi >= EspHeader.FirstSpi);
        }
    });

    [Fact]
    public void Authentication_header() => FuzzLoop.Parse("esp", Iterations, bytes =>
    {
        bool accepted = AhHeader.TryParse(bytes, out AhHeader header, out EspError error);
        Assert.True(accepted == (error == EspError.None));
        if (accepted)
        {
            Assert.True(header.Spi >= EspHeader.FirstSpi && header.Length <= bytes.Length && header.Check.Length == header.Length - AhHeader.FixedLength);
            int tag = header.Check.Length;
            Span<byte> written = stackalloc byte[AhHeader.LengthOf(tag)];
            AhHeader.Write(written, header.NextHeader, header.Spi, header.Sequence);
            Assert.True(AhHeader.Fits(written.Length, tag) && AhHeader.TryParse(written, out AhHeader again, out _)
                && again.Spi == header.Spi && again.Sequence == header.Sequence && again.NextHeader == header.NextHeader);
        }
    });

    /// <summary>Headers as they come, with options and extension headers of any kind: never an exception, never a byte behind them touched.</summary>
    [Fact]
    public void Mutable_fields() => FuzzLoop.Parse("ipv4", Iterations, bytes =>
    {
        Span<byte> copy = stackalloc byte[Math.Min(bytes.Length, 200)];
        bytes[..copy.Length].CopyTo(copy);
        int header = copy.Length == 0 ? 0 : (copy[0] & 15) * 4;
        if (header >= 20 && header <= copy.Length)
        {
            AhMutableFields.Clear(copy[..header]);
            Assert.True(copy[header..].SequenceEqual(bytes[header..copy.Length]));
        }
    });

    /// <summary>The same over IPv6: where AH stands lies inside, and what is behind it stays as it was.</summary>
    [Fact]
    public void Mutable_fields_of_ipv6() => FuzzLoop.Parse("ipv6", Iterations, bytes =>
    {
        Span<byte> copy = stackalloc byte[Math.Min(bytes.Length, 400)];
        bytes[..copy.Length].CopyTo(copy);
        if (copy.Length > 0 && AhMutableFields6.Clear(copy, out int start))
        {
            Assert.True(start >= AhMutableFields6.HeaderLength && start + AhHeader.FixedLength <= copy.Length);
            Assert.True(copy[start..].SequenceEqual(bytes[start..copy.Length]));
        }
    });

    [Fact]
    public void Trailer() => FuzzLoop.Parse("esp-text", Iterations, bytes =>
    {
        bool accepted = EspTrailer.TryParse(bytes, out EspTrailer trailer, out EspError error);
        Assert.True(accepted == (error == EspError.None));
        if (accepted)
        {
            Assert.True(trailer.PayloadLength >= 0 && trailer.PayloadLength + EspTrailer.Length <= bytes.Length);
            Assert.True(trailer.NextHeader == bytes[^1]);
            int padding = bytes.Length - trailer.PayloadLength;
            Span<byte> written = stackalloc byte[256 + EspTrailer.Length];
            EspTrailer.Write(written[..padding], trailer.NextHeader);
            Assert.True(written[..padding].SequenceEqual(bytes[trailer.PayloadLength..]));
        }
    });
}
