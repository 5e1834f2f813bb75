using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>Compresses and decompresses messages under one encoding name.</summary>
public interface ICompressionProvider
{
    /// <summary>Name of the encoding on the wire.</summary>
    string EncodingName { get; }

    /// <summary>A stream that compresses into <paramref name="stream"/>.</summary>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>A stream that decompresses <paramref name="stream"/>.</summary>
    Stream CreateDecompressionStream(Stream stream);
}
