using RouterOS.Radius.Wire;

namespace RouterOS.Fuzz.Radius;

/// <summary>RADIUS packets: whatever the bytes, no exception; what is accepted can be read whole.</summary>
public sealed class RadiusParserTests
{
    [Fact]
    public void Packet() => FuzzLoop.Parse("radius", 20_000, bytes =>
    {
        bool accepted = RadiusPacket.TryParse(bytes, out RadiusPacket packet, out RadiusError error);
        Assert.True(accepted == (error == RadiusError.None));
        if (!accepted)
        {
            return;
        }

        Assert.True(packet.Bytes.Length is >= RadiusPacket.HeaderBytes and <= RadiusPacket.MaximumBytes && packet.Bytes.Length <= bytes.Length);
        int values = 0;
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            values += attribute.Value.Length;
            _ = attribute.Integer;
        }

        Assert.True(values <= packet.Bytes.Length - RadiusPacket.HeaderBytes);
    });
}
