using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;
using RouterOS.Crypto.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>HMAC-SHA-256 cut to 96 bits, as in draft-ietf-ipsec-ciph-sha-256-00.</summary>
public sealed class EspShortTagTests
{
    public static TheoryData<string, CipherAlgorithm, int> Engines { get; } = new()
    {
        { "libcrypto", CipherAlgorithm.AesCbc, 16 }, { "libcrypto", CipherAlgorithm.TripleDesCbc, 24 }, { "libcrypto", CipherAlgorithm.Null, 0 },
        { "ipsec-mb", CipherAlgorithm.AesCbc, 16 }, { "ipsec-mb", CipherAlgorithm.DesCbc, 8 }, { "ipsec-mb", CipherAlgorithm.Null, 0 },
        { "managed", CipherAlgorithm.AesCbc, 32 }, { "managed", CipherAlgorithm.Null, 0 }, { "bit-slice", CipherAlgorithm.TripleDesCbc, 24 },
    };

    /// <summary>Two SAs in one batch, one with whole tags: what an engine writes behind a short one is nobody's.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Short_and_whole_tags_go_through_one_batch(string name, CipherAlgorithm cipher, int keyBytes)
    {
        if (Engine(name) is not { } engine)
        {
            return;
        }

        using CryptoEngines engines = new([engine], []);
        CryptoSuite suite = new(cipher, keyBytes, MacAlgorithm.HmacSha256);
        using EspRig sender = new EspRig(engines).AsSender(suite);
        using EspRig receiver = new EspRig(engines).AsReceiver(suite);
        Assert.Null(sender.Set("sa-out", "4/8192", Short(suite, 4)));
        ProtectionRow other = EspRig.Protection(4, 0x2000);
        other.Interface = EspRig.TunnelInterface + 1;
        Assert.Null(sender.Set("protection", "4", other));
        Assert.Null(receiver.Set("sa-in", "8192", Short(suite, 3)));
        const int Packets = 60;
        byte[][] inner = [.. Enumerable.Range(0, Packets).Select(i => EspPackets.Inner(40 + i))];
        for (int i = 0; i < Packets; i++)
        {
            sender.Batch[i] = sender.Rent(inner[i]);
            RouterOS.Packets.PacketBuffer.At(sender.Batch[i]).EgressInterface += (uint)(i % 3 == 0 ? 1 : 0);
        }

        sender.Run("esp-encrypt", Packets);
        for (int i = 0; i < Packets; i++)
        {
            byte[] outer = RouterOS.Packets.PacketBuffer.At(sender.Batch[i]).Data.ToArray();
            int tag = i % 3 == 0 ? 12 : 16;
            byte[] expected = new BclMac().Mac(MacAlgorithm.HmacSha256, EspRig.Sa(suite).MacKey.ToByteArray(), outer.AsSpan(20..^tag));
            Assert.Equal(expected[..tag], outer[^tag..]);
            receiver.Batch[i] = receiver.Rent(outer);
            sender.Free(sender.Batch[i]);
        }

        receiver.Run("esp-decrypt", Packets);
        for (int i = 0; i < Packets; i++)
        {
            Assert.Equal(inner[i], RouterOS.Packets.PacketBuffer.At(receiver.Batch[i]).Data.ToArray());
            receiver.Free(receiver.Batch[i]);
        }

        Assert.Equal((20ul, 0ul), (receiver.Read<SaState>("sa-in", "8192").Packets, receiver.DroppedInAll()));
    }

    [Fact]
    public void Published_digests_and_packets_made_elsewhere()
    {
        foreach (Dictionary<string, string> vector in VectorFile.Read("draft-ipsec-ciph-sha-256/hmac-96.txt"))
        {
            Assert.Equal(vector.Bytes("tag"), new BclMac().Mac(MacAlgorithm.HmacSha256, vector.Bytes("key"), vector.Bytes("data")).AsSpan(0, 12).ToArray());
        }

        using CryptoEngines engines = CryptoEngines.Open();
        foreach (Dictionary<string, string> vector in VectorFile.Read("draft-ipsec-ciph-sha-256/esp.txt"))
        {
            using EspRig receiver = new(engines);
            SaRow row = Short(new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha256), 3);
            row.CipherKey = ByteString.CopyFrom(vector.Bytes("cipherkey"));
            row.MacKey = ByteString.CopyFrom(vector.Bytes("mackey"));
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
            Assert.Null(receiver.Set("sa-in", "8192", row));
            byte[] packet = vector.Bytes("packet");
            packet[^12] ^= 1;
            Assert.Null(receiver.Decrypt(packet));
            packet[^12] ^= 1;
            Assert.Equal(vector.Bytes("inner"), receiver.Decrypt(packet));
        }
    }

    private static SaRow Short(CryptoSuite suite, uint protection)
    {
        SaRow row = EspRig.Sa(suite, 0x2000, protection);
        row.Mac = Mac.HmacSha25696;
        return row;
    }

    // Null where this host lacks what the engine needs.
    private static ICryptoEngine? Engine(string name) => name switch
    {
        "ipsec-mb" => IpsecMbEngine.TryCreate(out _),
        "managed" => ManagedEngine.TryCreate(out _),
        "bit-slice" => BitSliceEngine.Create(),
        _ => new LibcryptoEngine(),
    };
}
