using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Packets;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>Packets made by hand.</summary>
internal static class EspPackets
{
    public static readonly CryptoSuite NullMd5 = new(CipherAlgorithm.Null, 0, MacAlgorithm.HmacMd5);
    public static readonly CryptoSuite AesSha1 = new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1);
    public static readonly CryptoSuite TripleDesMd5 = new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5);

    /// <summary>An inner IPv4 packet of <paramref name="length"/> bytes with UDP ports.</summary>
    public static byte[] Inner(
        int length, bool dontFragment = false, byte tos = 0, uint source = 0x0A000001, uint destination = 0x0A010001,
        IpProtocol protocol = IpProtocol.Udp, ushort sourcePort = 1000, ushort destinationPort = 2000)
    {
        byte[] packet = new FixedRandom((ulong)length).Bytes(length);
        Ipv4Header.Write(packet, length, protocol, source, destination, 63, 7, dontFragment, tos);
        if (length >= 24)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), sourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), destinationPort);
        }

        return packet;
    }

    /// <summary>An outer packet with NULL encryption and HMAC-MD5 under the keys of <see cref="EspRig.Sa"/>, any text.</summary>
    public static byte[] Sealed(uint sequence, byte[] text, uint spi = 0x1000, byte tos = 0, byte fill = 1) =>
        Sealed(sequence, null, text, spi, tos, fill);

    /// <summary>The same with a number of 64 bits.</summary>
    public static byte[] SealedExtended(ulong sequence, byte[] text) => Sealed((uint)sequence, (uint)(sequence >> 32), text, 0x1000, 0, 1);

    /// <summary>A text around an inner packet: padded to 4, trailer behind it.</summary>
    public static byte[] Text(byte[] inner, byte nextHeader = 4)
    {
        int padding = (4 - ((inner.Length + 2) % 4)) % 4;
        return [.. inner, .. Enumerable.Range(1, padding).Select(i => (byte)i), (byte)padding, nextHeader];
    }

    private static byte[] Sealed(uint sequence, uint? upperHalf, byte[] text, uint spi, byte tos, byte fill)
    {
        byte[] packet = new byte[20 + 8 + text.Length + 12];
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Esp, EspRig.LocalAddress, EspRig.RemoteAddress, tos: tos);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), spi);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), sequence);
        text.CopyTo(packet.AsSpan(28));
        byte[] key = EspRig.Sa(NullMd5, fill: fill).MacKey.ToByteArray();
        byte[] upper = new byte[upperHalf is null ? 0 : 4];
        if (upperHalf is { } half)
        {
            BinaryPrimitives.WriteUInt32BigEndian(upper, half);
        }

        new BclMac().Mac(MacAlgorithm.HmacMd5, key, [.. packet.AsSpan(20, 8 + text.Length), .. upper]).AsSpan(0, 12).CopyTo(packet.AsSpan(28 + text.Length));
        return packet;
    }
}
