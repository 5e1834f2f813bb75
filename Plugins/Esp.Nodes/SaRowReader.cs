using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Reads and checks the rows of the SA tables.</summary>
internal static class SaRowReader
{
    /// <summary>Reads a row; null and one sentence when it cannot be programmed.</summary>
    public static SaRow? Read(ReadOnlySpan<byte> row, out CryptoSuite suite, out string? error)
    {
        suite = default;
        SaRow source;
        try
        {
            source = SaRow.Parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException failure)
        {
            error = $"Not an SaRow: {failure.Message}";
            return null;
        }

        suite = SuiteOf(source);
        error = Check(source, suite);
        if (error is null)
        {
            return source;
        }

        Wipe(source);
        return null;
    }

    /// <summary>Tells SAs with other algorithms or keys apart, without keeping a key.</summary>
    public static ulong Fingerprint(SaRow source, CryptoSuite suite)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)suite.Cipher, (byte)suite.CipherKeyBytes, (byte)suite.Mac]);
        hash.AppendData(source.CipherKey.Span);
        hash.AppendData(source.MacKey.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        // 0 marks a row that was never used.
        return BinaryPrimitives.ReadUInt64BigEndian(digest) | 1;
    }

    /// <summary>Zeroes the keys of a row that has been read.</summary>
    public static void Wipe(SaRow source)
    {
        // The parser made these arrays for this message alone; nobody else holds them.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(source.CipherKey.Memory).Span);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(source.MacKey.Memory).Span);
    }

    private static CryptoSuite SuiteOf(SaRow source) => new(
        source.Cipher switch
        {
            Cipher.DesCbc => CipherAlgorithm.DesCbc,
            Cipher.TripleDesCbc => CipherAlgorithm.TripleDesCbc,
            Cipher.AesCbc => CipherAlgorithm.AesCbc,
            Cipher.AesGcm16 => CipherAlgorithm.AesGcm,
            _ => CipherAlgorithm.Null,
        },
        source.CipherKey.Length,
        source.Mac switch
        {
            Mac.HmacMd596 => MacAlgorithm.HmacMd5,
            Mac.HmacSha196 => MacAlgorithm.HmacSha1,
            Mac.HmacSha256128 => MacAlgorithm.HmacSha256,
            _ => MacAlgorithm.None,
        });

    private static string? Check(SaRow source, CryptoSuite suite)
    {
        if (source.Spi < EspHeader.FirstSpi)
        {
            return $"SPI {source.Spi} is reserved: the first is {EspHeader.FirstSpi}.";
        }

        if (source.Protection == 0)
        {
            return $"SA {source.Spi} names no protection.";
        }

        if (!Enum.IsDefined(source.Cipher) || !Enum.IsDefined(source.Mac))
        {
            return $"SA {source.Spi} has an algorithm that this module does not know.";
        }

        if (source.MacKey.Length != suite.MacKeyBytes)
        {
            return $"SA {source.Spi} has a key of {source.MacKey.Length} bytes for its keyed hash in place of {suite.MacKeyBytes}.";
        }

        return source.ReplayWindow > ReplayWindow.LargestPackets
            ? $"A replay window of {source.ReplayWindow} packets is over {ReplayWindow.LargestPackets}."
            : null;
    }
}
