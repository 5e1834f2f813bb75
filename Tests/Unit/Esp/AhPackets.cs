using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

/// <summary>AH packets made by hand, with a check value of the test's own.</summary>
internal static class AhPackets
{
    public static readonly CryptoSuite Sha1 = new(CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1);

    /// <summary>A row of an SA of AH.</summary>
    public static SaRow Sa(MacAlgorithm mac, uint spi = 0x1000, uint window = 64, byte fill = 1)
    {
        SaRow row = EspRig.Sa(new CryptoSuite(CipherAlgorithm.Null, 0, mac), spi, window: window, fill: fill);
        row.Protocol = EspProtocol.Ah;
        return row;
    }

    public static EspRig AsAhSender(this EspRig rig, MacAlgorithm mac, DfBit df = DfBit.Clear)
    {
        Assert.Null(rig.Set("sa-out", "3/4096", Sa(mac)));
        Assert.Null(rig.Set("protection", "3", EspRig.Protection(df: df)));
        return rig;
    }

    public static EspRig AsAhReceiver(this EspRig rig, MacAlgorithm mac, uint window = 64)
    {
        Assert.Null(rig.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(rig.Set("sa-in", "4096", Sa(mac, window: window)));
        return rig;
    }

    /// <summary>An outer packet with HMAC-SHA1-96 under the key of <see cref="Sa"/>.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="inner">What it carries.</param>
    /// <param name="options">Options of the outer header: kind and bytes, and whether routers may change what is behind kind and length.</param>
    /// <param name="mutable">Which bytes of the packet may change on the way.</param>
    public static byte[] Sealed(uint sequence, byte[] inner, IReadOnlyList<(byte[] Bytes, bool Mutable)> options, out bool[] mutable, byte next = 4)
    {
        int optionBytes = options.Sum(o => o.Bytes.Length);
        int header = 20 + ((optionBytes + 3) / 4 * 4);
        byte[] packet = new byte[header + 24 + inner.Length];
        packet[0] = (byte)(0x40 | (header / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[5] = 77;
        packet[9] = 51;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), EspRig.LocalAddress);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), EspRig.RemoteAddress);
        packet[header] = next;
        packet[header + 1] = 4;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(header + 4), 0x1000);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(header + 8), sequence);
        inner.CopyTo(packet, header + 24);
        mutable = new bool[packet.Length];
        foreach (int place in (int[])[1, 6, 7, 8, 10, 11])
        {
            mutable[place] = true;
        }

        byte[] real = [.. packet];
        int at = 20;
        foreach ((byte[] bytes, bool changes) in options)
        {
            bytes.CopyTo(real, at);
            if (!changes)
            {
                bytes.CopyTo(packet, at);
            }

            // Whoever changes kind or length changes which bytes are what.
            mutable.AsSpan(at + Math.Min(2, bytes.Length), Math.Max(0, bytes.Length - 2)).Fill(changes);
            at += bytes.Length;
        }

        byte[] key = Sa(MacAlgorithm.HmacSha1).MacKey.ToByteArray();
        byte[] check = new BclMac().Mac(MacAlgorithm.HmacSha1, key, packet)[..12];
        check.CopyTo(real, header + 12);
        real[8] = 64;
        return real;
    }
}
