using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

/// <summary>Sequence numbers of 64 bits (RFC 4303 section 2.2.1, RFC 4302 section 2.5.1).</summary>
public sealed class ExtendedSequenceTests
{
    private const ulong Near = (1ul << 32) - 40;

    public static TheoryData<string, CipherAlgorithm, int, MacAlgorithm> Engines { get; } = new()
    {
        { "libcrypto", CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1 }, { "libcrypto", CipherAlgorithm.AesGcm, 20, MacAlgorithm.None },
        { "libcrypto", CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5 }, { "ipsec-mb", CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1 },
        { "ipsec-mb", CipherAlgorithm.AesCbc, 32, MacAlgorithm.HmacSha256 }, { "ipsec-mb", CipherAlgorithm.AesGcm, 36, MacAlgorithm.None },
        { "ipsec-mb", CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5 }, { "managed", CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha256 },
        { "managed", CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1 }, { "bit-slice", CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1 },
    };

    [Theory]
    [MemberData(nameof(Engines))]
    public void Tunnel_goes_on_over_the_end_of_32_bits(string name, CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac)
    {
        if (Engine(name) is { } engine)
        {
            using CryptoEngines engines = new([engine], []);
            CrossOver(engines, new CryptoSuite(cipher, keyBytes, mac), EspProtocol.Esp, SaMode.Tunnel);
        }
    }

    [Theory]
    [InlineData(EspProtocol.Ah, SaMode.Tunnel, CipherAlgorithm.Null)]
    [InlineData(EspProtocol.Ah, SaMode.Transport, CipherAlgorithm.Null)]
    [InlineData(EspProtocol.Esp, SaMode.Transport, CipherAlgorithm.AesCbc)]
    [InlineData(EspProtocol.Esp, SaMode.Transport, CipherAlgorithm.AesGcm)]
    public void So_do_ah_and_transport_mode(EspProtocol protocol, SaMode mode, CipherAlgorithm cipher)
    {
        using CryptoEngines engines = CryptoEngines.Open();
        CrossOver(engines, cipher switch
        {
            CipherAlgorithm.Null => new(cipher, 0, MacAlgorithm.HmacSha256),
            CipherAlgorithm.AesCbc => new(cipher, 16, MacAlgorithm.HmacSha1),
            _ => new(cipher, 20, MacAlgorithm.None),
        }, protocol, mode);
    }

    [Fact]
    public void Packets_made_elsewhere_open_at_their_number_only()
    {
        using CryptoEngines engines = CryptoEngines.Open();
        foreach (Dictionary<string, string> vector in VectorFile.Read("rfc4303/esn.txt"))
        {
            using HeapArena arena = new();
            using EspRig receiver = new(engines, arena);
            bool isAh = vector["name"].StartsWith("ah", StringComparison.Ordinal);
            ulong number = Convert.ToUInt64(vector["sequence"], 16);
            SaRow row = new()
            {
                Spi = 0x2000, Protection = 3, ReplayWindow = 64, ExtendedSequence = true, CipherKey = ByteString.CopyFrom(vector.Bytes("cipherkey")),
                MacKey = ByteString.CopyFrom(vector.Bytes("mackey")), Protocol = isAh ? EspProtocol.Ah : EspProtocol.Esp,
                Cipher = isAh ? Cipher.Null : vector.Bytes("mackey").Length == 0 ? Cipher.AesGcm16 : Cipher.AesCbc,
                Mac = vector.Bytes("mackey").Length == 0 ? Mac.None : Mac.HmacSha256128,
            };
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
            Assert.Null(receiver.Set("sa-in", "8192", row));
            byte[] packet = vector.Bytes("packet");
            byte[]? Open() => isAh ? receiver.DecryptAh([.. packet]) : receiver.Decrypt([.. packet]);
            arena.Sequence("sa-in", 8192) = number + (1ul << 33);
            Assert.Null(Open());
            Assert.Equal(1ul, receiver.Dropped("authentication-failed"));
            arena.Sequence("sa-in", 8192) = number - 1;
            Assert.Equal(vector.Bytes("inner"), Open());
            Assert.Null(Open());
            Assert.Equal((1ul, number), (receiver.Dropped("replayed"), receiver.Read<SaState>("sa-in", "8192").Sequence));
        }
    }

    [Fact]
    public void One_end_with_and_one_without_understand_nothing()
    {
        using CryptoEngines engines = CryptoEngines.Open();
        using EspRig sender = new EspRig(engines).AsSender(EspPackets.AesSha1);
        SaRow row = EspRig.Sa(EspPackets.AesSha1);
        row.ExtendedSequence = true;
        using EspRig receiver = new(engines);
        Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(receiver.Set("sa-in", "4096", row));
        Assert.Null(receiver.Decrypt(Assert.Single(sender.Encrypt(EspPackets.Inner(60)))));
        Assert.Equal(1ul, receiver.Dropped("authentication-failed"));
    }

    private static void CrossOver(CryptoEngines engines, CryptoSuite suite, EspProtocol protocol, SaMode mode)
    {
        using HeapArena sending = new();
        using HeapArena receiving = new();
        using EspRig sender = new(engines, sending);
        using EspRig receiver = new(engines, receiving);
        SaRow row = EspRig.Sa(suite);
        (row.ExtendedSequence, row.Protocol, row.Mode) = (true, protocol, mode);
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(receiver.Set("sa-in", "4096", row));
        sending.Sequence("sa-out", (3ul << 32) | 4096) = Near;
        receiving.Sequence("sa-in", 4096) = Near;
        List<(byte[] Inner, byte[] Outer)> packets = [];
        for (int i = 0; i < 80; i++)
        {
            byte[] inner = mode == SaMode.Tunnel ? EspPackets.Inner(40 + i)
                : EspPackets.Inner(40 + i, source: EspRig.LocalAddress, destination: EspRig.RemoteAddress);
            packets.Add((inner, Assert.Single(sender.Encrypt(inner))));
        }

        byte[]? Open(byte[] outer) => protocol == EspProtocol.Ah ? receiver.DecryptAh(outer) : receiver.Decrypt(outer);
        // Backward by fours: late ones from before the end of 32 bits come after the first ones from behind it.
        foreach ((byte[] inner, byte[] outer) in packets.Chunk(4).SelectMany(c => c.Reverse()))
        {
            Assert.Equal(inner, Open(outer));
            Assert.Null(Open(outer));
        }

        Assert.Equal((Near + 80, 80ul), (sender.Read<SaState>("sa-out", "3/4096").Sequence, receiver.Read<SaState>("sa-in", "4096").Packets));
        Assert.Equal((0ul, 80ul, Near + 80), (sender.DroppedInAll(), receiver.Dropped("replayed"), receiver.Read<SaState>("sa-in", "4096").Sequence));
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
