using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Crypto;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

public sealed class EspHostileTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();

    public void Dispose() => _engines.Dispose();

    /// <summary>Cut, lengthened or with changed bits anywhere behind the IP header: dropped, counted once, and nothing else has changed.</summary>
    [Fact]
    public void Mutated_packets_are_counted_and_leave_the_sa_as_it_was()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1);
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.AesSha1);
        Arbitrary<(int Length, int Kind, int Place, byte Bits)> mutations = Arb.From(
            from length in Gen.Choose(20, 300)
            from kind in Gen.Choose(0, 2)
            from place in Gen.Choose(0, 100_000)
            from bits in Gen.Choose(1, 255)
            select (length, kind, place, (byte)bits));
        Check.One(Seeded.Config.WithMaxTest(2000), Prop.ForAll(mutations, m =>
        {
            byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(m.Length)));
            byte[] mutated = m.Kind switch
            {
                0 => outer[..(20 + (m.Place % (outer.Length - 20)))],
                1 => [.. outer, .. new byte[1 + (m.Place % 40)]],
                _ => [.. outer],
            };
            if (m.Kind == 2)
            {
                mutated[20 + (m.Place % (outer.Length - 20))] ^= m.Bits;
            }

            SaState before = receiver.Read<SaState>("sa-in", "4096");
            ulong drops = receiver.DroppedInAll();
            Assert.Null(receiver.Decrypt(mutated));
            Assert.Equal(drops + 1, receiver.DroppedInAll());
            SaState after = receiver.Read<SaState>("sa-in", "4096");
            Assert.Equal((before.Sequence, before.Packets, before.Bytes), (after.Sequence, after.Packets, after.Bytes));
            Assert.NotNull(receiver.Decrypt(outer));
        }));
    }

    [Fact]
    public void No_bytes_at_all_crash_the_nodes()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        FixedRandom random = new(99);
        byte[] good = EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(40)));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] roll = random.Bytes(4);
            byte[] bytes = random.Bytes(roll[0] % 100);
            if ((roll[1] & 1) == 0)
            {
                bytes = [.. good];
                bytes[roll[2] % bytes.Length] = roll[3];
            }

            ulong drops = receiver.DroppedInAll();
            bool passed = receiver.Decrypt(bytes) is not null;
            Assert.Equal(drops + (passed ? 0ul : 1ul), receiver.DroppedInAll());
            receiver.Icmp(random.Bytes(roll[0] % 100));
        }
    }

    [Fact]
    public void Sealed_nonsense_is_counted_for_what_it_is()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        byte[] inner = EspPackets.Inner(40);
        uint sequence = 0;
        byte[] Seal(byte[] text) => EspPackets.Sealed(++sequence, text);

        // Padding that is not 1, 2, 3; a pad length past the text; a next header that is no IP.
        Assert.Null(receiver.Decrypt(Seal([.. inner, 0, 0, 2, 4])));
        Assert.Null(receiver.Decrypt(Seal([.. inner, 1, 2, 200, 4])));
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text(inner, nextHeader: 42))));
        Assert.Equal(3ul, receiver.Dropped("bad-trailer"));

        // No IPv4, a total length past the text, a header length past the packet.
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text([0x65, .. inner[1..]]))));
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text([0x45, 0, 0, 41, .. inner[4..]]))));
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text([0x4f, 0, 0, 40, .. inner[4..]]))));
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text([0x45, 0, 0]))));
        Assert.Equal(4ul, receiver.Dropped("decryption-failed"));

        // A dummy packet is no error; traffic-flow padding behind the inner packet is cut off.
        Assert.Null(receiver.Decrypt(Seal(EspPackets.Text(inner, nextHeader: 59))));
        Assert.Equal(1ul, receiver.Dropped("dummy"));
        Assert.Equal(inner, receiver.Decrypt(Seal(EspPackets.Text([.. inner, .. new byte[50]]))));

        SaState state = receiver.Read<SaState>("sa-in", "4096");
        Assert.Equal((3ul, 4ul, 1ul), (state.BadTrailer, state.DecryptionFailed, state.Packets));
    }

    [Fact]
    public void Impossible_lengths_and_unknown_spis_cost_no_cryptography()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.AesSha1);
        byte[] outer = new byte[20 + 8 + 16 + 15 + 12];
        Ipv4Header.Write(outer, outer.Length, IpProtocol.Esp, EspRig.LocalAddress, EspRig.RemoteAddress);
        BinaryPrimitives.WriteUInt32BigEndian(outer.AsSpan(20), 0x1000);
        Assert.Null(receiver.Decrypt(outer));
        Assert.Null(receiver.Decrypt(outer[..56]));
        Assert.Equal(2ul, receiver.Read<SaState>("sa-in", "4096").BadHeader);
        BinaryPrimitives.WriteUInt32BigEndian(outer.AsSpan(20), 0x1001);
        Assert.Null(receiver.Decrypt(outer));
        Assert.Equal(1ul, receiver.Dropped("unknown-spi"));
        Assert.Empty(receiver.FakeWorker.Punted);
        _ = receiver.Set("esp", "settings", new EspSettingsRow { ReportUnknownSpi = true });
        Assert.Null(receiver.Decrypt(outer));
        Assert.Equal(2ul, receiver.Dropped("unknown-spi"));
        (string channel, byte[] told) = Assert.Single(receiver.FakeWorker.Punted);
        Assert.Equal(("esp-unknown-spi", 0x1001u), (channel, BinaryPrimitives.ReadUInt32BigEndian(told.AsSpan(20))));
        receiver.Remove("esp", "settings");
        Assert.Null(receiver.Decrypt(outer));
        Assert.Single(receiver.FakeWorker.Punted);
        BinaryPrimitives.WriteUInt32BigEndian(outer.AsSpan(20), 255);
        Assert.Null(receiver.Decrypt(outer));
        Assert.Null(receiver.Decrypt(outer[..27]));
        Assert.Equal(4ul, receiver.Dropped("bad-header"));
    }
}
