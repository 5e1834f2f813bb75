using System.Text.Json;
using System.Text.Json.Serialization;

namespace RouterOS.Ike.Control;

/// <summary>Addresses in what survives the process: IPv4 as a number, as it always was, IPv6 as text.</summary>
internal sealed class PeerAddressJson : JsonConverter<PeerAddress>
{
    /// <inheritdoc/>
    public override PeerAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetUInt32()
        : PeerAddress.TryParse(reader.GetString() ?? string.Empty, out PeerAddress address) ? address
        : throw new JsonException("not an address");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PeerAddress value, JsonSerializerOptions options)
    {
        if (value.IsVersion6)
        {
            writer.WriteStringValue(value.ToString());
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
