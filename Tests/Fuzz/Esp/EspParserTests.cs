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
    public void Trailer() => FuzzLoop.Parse("esp-text", Iterations, bytes =>
    {
        bool accepted = EspTrailer.TryParse(bytes, out EspTrailer trailer, out EspError error);
        Assert.True(accepted == (error == EspError.None));
        if (accepted)
        {
            Assert.True(trailer.PayloadLength >= 0 && trailer.PayloadLength + EspTrailer.Length <= bytes.Length);
            Assert.True(trailer.NextHeader == bytes[^1]);
        }
    });
}
