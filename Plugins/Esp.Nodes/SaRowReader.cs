using System.Buffers.Binary;
using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding.Rows;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Reads and checks the rows of the SA tables, without garbage: a hundred thousand of them may come while packets pass.</summary>
internal static class SaRowReader
{
    // More than any cipher's key and salt.
    private const int LargestKey = 64;

    /// <summary>Reads a row; false and one sentence when it cannot be programmed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> row, out SaRowSource source, out string? error)
    {
        source = new SaRowSource { Selector = TrafficSelector.Any };
        if (!ReadFields(row, ref source))
        {
            error = "Not an SaRow: the message is malformed.";
            return false;
        }

        source.Suite = SuiteOf(source);
        error = Check(source);
        return error is null;
    }

    /// <summary>Tells SAs with other algorithms or keys apart, without keeping a key.</summary>
    public static ulong Fingerprint(in SaRowSource source)
    {
        Span<byte> text = stackalloc byte[3 + (2 * LargestKey) + sizeof(uint)];
        text[0] = (byte)((byte)source.Suite.Cipher | ((int)source.Protocol << 6) | ((int)source.Mode << 7));
        text[1] = (byte)(source.Suite.CipherKeyBytes | (source.IsExtended ? 0x80 : 0));
        text[2] = (byte)((int)source.Mac | (source.PartnerSpi != 0 ? 0x80 : 0));
        source.CipherKey.CopyTo(text[3..]);
        int end = 3 + source.CipherKey.Length;
        source.MacKey.CopyTo(text[end..]);
        end += source.MacKey.Length;
        if (source.PartnerSpi != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(text[end..], source.PartnerSpi);
            end += sizeof(uint);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..end], digest);
        CryptographicOperations.ZeroMemory(text);
        // 0 marks a row that was never used.
        return BinaryPrimitives.ReadUInt64BigEndian(digest) | 1;
    }

    private static bool ReadFields(ReadOnlySpan<byte> row, ref SaRowSource source)
    {
        ProtobufReader reader = new(row);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case SaRow.SpiFieldNumber:
                    source.Spi = (uint)reader.Number;
                    break;
                case SaRow.ProtectionFieldNumber:
                    source.Protection = (uint)reader.Number;
                    break;
                case SaRow.CipherFieldNumber:
                    source.Cipher = (Cipher)reader.Number;
                    break;
                case SaRow.CipherKeyFieldNumber:
                    source.CipherKey = reader.Bytes;
                    break;
                case SaRow.MacFieldNumber:
                    source.Mac = (Mac)reader.Number;
                    break;
                case SaRow.MacKeyFieldNumber:
                    source.MacKey = reader.Bytes;
                    break;
                case SaRow.ReplayWindowFieldNumber:
                    source.ReplayWindow = (uint)reader.Number;
                    break;
                case SaRow.SelectorFieldNumber:
                    if (!TrafficSelector.TryRead(reader.Bytes, out source.Selector))
                    {
                        return false;
                    }

                    break;
                case SaRow.SoftBytesFieldNumber:
                    source.SoftBytes = reader.Number;
                    break;
                case SaRow.ProtocolFieldNumber:
                    source.Protocol = (Protocol)reader.Number;
                    break;
                case SaRow.ModeFieldNumber:
                    source.Mode = (SaMode)reader.Number;
                    break;
                case SaRow.OriginalSourceFieldNumber:
                    source.OriginalSource = (uint)reader.Number;
                    break;
                case SaRow.OriginalDestinationFieldNumber:
                    source.OriginalDestination = (uint)reader.Number;
                    break;
                case SaRow.ExtendedSequenceFieldNumber:
                    source.IsExtended = reader.Number != 0;
                    break;
                case SaRow.PartnerSpiFieldNumber:
                    source.PartnerSpi = (uint)reader.Number;
                    break;
                case SaRow.HardBytesFieldNumber:
                    source.HardBytes = reader.Number;
                    break;
                default:
                    break;
            }
        }

        return !reader.Failed;
    }

    private static CryptoSuite SuiteOf(in SaRowSource source) => new(
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
            Mac.HmacSha256128 or Mac.HmacSha25696 => MacAlgorithm.HmacSha256,
            _ => MacAlgorithm.None,
        });

    private static string? Check(in SaRowSource source)
    {
        if (source.Spi < EspHeader.FirstSpi)
        {
            return $"SPI {source.Spi} is reserved: the first is {EspHeader.FirstSpi}.";
        }

        if (source.Protection == 0)
        {
            return $"SA {source.Spi} names no protection.";
        }

        if (!Enum.IsDefined(source.Cipher) || !Enum.IsDefined(source.Mac) || source.Protocol is not (Protocol.Esp or Protocol.Ah) || !Enum.IsDefined(source.Mode))
        {
            return $"SA {source.Spi} has an algorithm that this module does not know.";
        }

        if (source.IsAh && (source.Cipher != Cipher.Null || source.Mac == Mac.None))
        {
            return $"SA {source.Spi} is one of AH, which has a keyed hash and no cipher.";
        }

        if (source.PartnerSpi == source.Spi)
        {
            return $"SA {source.Spi} is its own partner: ESP and AH of a bundle have an SPI each.";
        }

        if (source.CipherKey.Length > LargestKey)
        {
            return $"SA {source.Spi} has a key of {source.CipherKey.Length} bytes, more than any cipher takes.";
        }

        if (source.MacKey.Length != source.Suite.MacKeyBytes)
        {
            return $"SA {source.Spi} has a key of {source.MacKey.Length} bytes for its keyed hash in place of {source.Suite.MacKeyBytes}.";
        }

        if (source.IsExtended && source.TagBytes == 0)
        {
            return $"SA {source.Spi} has extended sequence numbers and no integrity check, which alone proves their upper half.";
        }

        return source.ReplayWindow > ReplayWindow.LargestPackets
            ? $"A replay window of {source.ReplayWindow} packets is over {ReplayWindow.LargestPackets}."
            : null;
    }
}
