using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>What a job of an SA with extended sequence numbers needs beside its packet (RFC 4303 section 2.2.1).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExtendedJob
{
    /// <summary>Bytes of the upper half, which the check value covers and no packet carries.</summary>
    public const int HalfBytes = 4;

    /// <summary>Bytes that AES-GCM authenticates beside the text: SPI and the whole number (RFC 4106 section 5).</summary>
    public const int AdditionalBytes = 12;

    /// <summary>The whole number.</summary>
    public ulong Sequence;

    /// <summary><see cref="AdditionalBytes"/> in order.</summary>
    public fixed byte Additional[16];

    /// <summary>The check value that came with the packet, at the end.</summary>
    public fixed byte Tag[CryptoQueue.TagRoom];

    /// <summary>Writes what AES-GCM authenticates beside the text.</summary>
    public static void WriteAdditional(byte* destination, uint wireSpi, ulong sequence)
    {
        *(uint*)destination = wireSpi;
        *(ulong*)(destination + HalfBytes) = BinaryPrimitives.ReverseEndianness(sequence);
    }

    /// <summary>Writes the upper half of a number where the check value's text ends.</summary>
    public static void WriteHalf(byte* destination, ulong sequence) =>
        *(uint*)destination = BinaryPrimitives.ReverseEndianness((uint)(sequence >> 32));
}
