using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Metadata values as header values: text as it is, bytes as base64.</summary>
internal static class MetadataText
{
    /// <summary>The header value of an entry.</summary>
    /// <remarks>Without padding, which the protocol recommends to leave out.</remarks>
    public static string Encode(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return Convert.ToBase64String(entry.Bytes).TrimEnd('=');
        }

        if (entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new RpcException(new(
                StatusCode.Internal,
                $"The value of metadata \"{entry.Key}\" has characters outside printable ASCII: use a key that ends with -bin."));
        }

        return entry.Value;
    }

    /// <summary>Adds a received header, unless it belongs to the transport or has a name that HTTP allows and gRPC does not.</summary>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (GrpcNames.IsReserved(name) || !Metadata.Entry.IsKey(name))
        {
            return;
        }

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        // One header line may carry several binary values.
        foreach (Range part in value.AsSpan().Split(','))
        {
            metadata.Add(name, Decode(name, value.AsSpan()[part].Trim()));
        }
    }

    private static byte[] Decode(string name, ReadOnlySpan<char> text)
    {
        text = text.TrimEnd('=');
        byte[] bytes = new byte[text.Length * 3 / 4];
        Span<char> padded = text.Length <= 256 ? stackalloc char[text.Length + 3] : new char[text.Length + 3];
        text.CopyTo(padded);
        int length = text.Length;
        while (length % 4 != 0)
        {
            padded[length++] = '=';
        }

        return Convert.TryFromBase64Chars(padded[..length], bytes, out int written) && written == bytes.Length
            ? bytes
            : throw new RpcException(new(StatusCode.Internal, $"The value of metadata \"{name}\" is not base64."));
    }
}
