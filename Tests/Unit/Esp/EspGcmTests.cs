using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>AES-GCM (RFC 4106).</summary>
public sealed class EspGcmTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();

    public static TheoryData<int> Keys { get; } = [20, 28, 36];

    public void Dispose() => _engines.Dispose();

    [Theory]
    [MemberData(nameof(Keys))]
    public void Packets_of_all_lengths_arrive_as_they_were_sent(int keyBytes)
    {
        CryptoSuite suite = new(CipherAlgorithm.AesGcm, keyBytes, MacAlgorithm.None);
        using EspRig sender = new EspRig(_engines).AsSender(suite);
        using EspRig receiver = new EspRig(_engines).AsReceiver(suite);
        for (int length = 20; length <= 1500; length += length < 80 ? 1 : 71)
        {
            byte[] inner = EspPackets.Inner(length);
            byte[] outer = Assert.Single(sender.Encrypt(inner));
            Assert.Equal(20 + 8 + 8 + ((length + 5) / 4 * 4) + 16, outer.Length);
            Assert.Equal(inner, receiver.Decrypt(outer));
            Assert.Null(receiver.Decrypt(outer));
        }

        Assert.Equal(receiver.Read<SaState>("sa-in", "4096").Packets, receiver.Dropped("replayed"));
    }

    /// <summary>The library's own AES-GCM opens what was sealed: key and salt, nonce, and what is authenticated are as RFC 4106 says.</summary>
    [Theory]
    [MemberData(nameof(Keys))]
    public void A_sealed_packet_is_what_the_rfc_says(int keyBytes)
    {
        CryptoSuite suite = new(CipherAlgorithm.AesGcm, keyBytes, MacAlgorithm.None);
        using EspRig sender = new EspRig(_engines).AsSender(suite);
        byte[] inner = EspPackets.Inner(101);
        byte[] key = EspRig.Sa(suite).CipherKey.ToByteArray();
        using AesGcm gcm = new(key.AsSpan(..^4), 16);
        HashSet<ulong> vectors = [];
        for (int i = 0; i < 20; i++)
        {
            byte[] outer = Assert.Single(sender.Encrypt(inner));
            byte[] text = new byte[outer.Length - 36 - 16];
            gcm.Decrypt([.. key[^4..], .. outer[28..36]], outer.AsSpan(36..^16), outer.AsSpan(^16..), text, outer.AsSpan(20..28));
            Assert.Equal(EspPackets.Text(inner), text);
            Assert.True(vectors.Add(BinaryPrimitives.ReadUInt64BigEndian(outer.AsSpan(28))));
        }
    }

    [Fact]
    public void A_vector_is_not_used_again_by_a_restarted_process()
    {
        CryptoSuite suite = new(CipherAlgorithm.AesGcm, 20, MacAlgorithm.None);
        using HeapArena arena = new();
        EspRig first = new EspRig(_engines, arena).AsSender(suite);
        byte[] last = Enumerable.Range(0, 9).Select(_ => Assert.Single(first.Encrypt(EspPackets.Inner(60)))).Last();
        using EspRig second = new EspRig(_engines, arena).AsSender(suite);
        byte[] next = Assert.Single(second.Encrypt(EspPackets.Inner(60)));
        Assert.Equal(
            BinaryPrimitives.ReadUInt64BigEndian(last.AsSpan(28)) + 1, BinaryPrimitives.ReadUInt64BigEndian(next.AsSpan(28)));
    }

    [Fact]
    public void Published_packets_open()
    {
        foreach (Dictionary<string, string> stanza in VectorFile.Read("draft-mcgrew-gcm-test/esp.txt"))
        {
            byte[] key = stanza.Bytes("key");
            byte[] esp = stanza.Bytes("packet");
            byte[] text = stanza.Bytes("text");
            uint spi = BinaryPrimitives.ReadUInt32BigEndian(esp);
            using EspRig receiver = new(_engines);
            SaRow row = EspRig.Sa(new CryptoSuite(CipherAlgorithm.AesGcm, key.Length, MacAlgorithm.None), spi);
            row.CipherKey = ByteString.CopyFrom(key);
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0)));
            Assert.Null(receiver.Set("sa-in", $"{spi}", row));
            byte[] outer = new byte[20 + esp.Length];
            Ipv4Header.Write(outer, outer.Length, IpProtocol.Esp, EspRig.RemoteAddress, EspRig.LocalAddress);
            esp.CopyTo(outer, 20);
            nint packet = receiver.Rent(outer);
            receiver.RunOne("esp-decrypt", packet);
            Assert.Equal(text, PacketBuffer.At(packet).Data[36..^16].ToArray());
            receiver.Free(packet);
            // Authentic and deciphered, but no tunnel packet.
            SaState state = receiver.Read<SaState>("sa-in", $"{spi}");
            Assert.Equal((0ul, 1ul), (state.AuthenticationFailed, state.BadTrailer));

            outer[^1] ^= 1;
            outer[27] += 1;
            Assert.Null(receiver.Decrypt(outer));
            Assert.Equal(1ul, receiver.Read<SaState>("sa-in", $"{spi}").AuthenticationFailed);
        }
    }

    [Fact]
    public void A_key_without_its_salt_and_a_hash_beside_it_are_refused()
    {
        using EspRig rig = new(_engines);
        Assert.NotNull(rig.Set("sa-in", "4096", EspRig.Sa(new CryptoSuite(CipherAlgorithm.AesGcm, 16, MacAlgorithm.None))));
        Assert.NotNull(rig.Set("sa-in", "4096", EspRig.Sa(new CryptoSuite(CipherAlgorithm.AesGcm, 20, MacAlgorithm.HmacSha1))));
    }
}
