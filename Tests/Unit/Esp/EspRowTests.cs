using System.Runtime.CompilerServices;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Esp;

public sealed class EspRowTests : IDisposable
{
    private readonly CryptoEngines _engines = new([new LibcryptoEngine()], []);

    public void Dispose() => _engines.Dispose();

    [Fact]
    public void Run_time_records_fill_a_row_of_the_arena_and_sa_records_two_cache_lines()
    {
        Assert.Equal(RuntimeArena.RowBytes, Unsafe.SizeOf<SaRuntimeRecord>());
        Assert.Equal(RuntimeArena.RowBytes, Unsafe.SizeOf<ProtectionRuntimeRecord>());
        Assert.Equal(SaRecord.Size, Unsafe.SizeOf<SaRecord>());
    }

    [Fact]
    public void A_row_written_again_changes_no_run_time_field()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        byte[] outer = sender.Encrypt(EspPackets.Inner(60)).Single();
        Assert.NotNull(receiver.Decrypt(outer));
        sender.AsSender(EspPackets.NullMd5);
        receiver.AsReceiver(EspPackets.NullMd5);
        Assert.Null(receiver.Decrypt(outer));
        Assert.Equal(1ul, receiver.Dropped("replayed"));
        Assert.Equal(2, sender.Encrypt(EspPackets.Inner(60)).Single()[27]);
    }

    [Fact]
    public void A_restarted_process_goes_on_where_the_last_one_was_killed()
    {
        using HeapArena sending = new();
        using HeapArena receiving = new();
        EspRig sender = new EspRig(_engines, sending).AsSender(EspPackets.AesSha1);
        EspRig receiver = new EspRig(_engines, receiving).AsReceiver(EspPackets.AesSha1);
        byte[][] sent = [.. Enumerable.Range(0, 10).Select(_ => sender.Encrypt(EspPackets.Inner(60)).Single())];
        Assert.NotNull(receiver.Decrypt(sent[9]));
        Assert.NotNull(receiver.Decrypt(sent[3]));

        // Killed: nothing is removed, the arena stays. The routing engine sends the rows again.
        using EspRig newSender = new EspRig(_engines, sending).AsSender(EspPackets.AesSha1);
        using EspRig newReceiver = new EspRig(_engines, receiving).AsReceiver(EspPackets.AesSha1);
        Assert.Null(newReceiver.Decrypt(sent[9]));
        Assert.Null(newReceiver.Decrypt(sent[3]));
        Assert.NotNull(newReceiver.Decrypt(sent[4]));
        byte[] next = newSender.Encrypt(EspPackets.Inner(60)).Single();
        Assert.Equal(11, next[27]);
        Assert.NotNull(newReceiver.Decrypt(next));
        Assert.Equal(4ul, newReceiver.Read<ProtectionState>("protection", "3").DecryptedPackets);
        Assert.Equal(2ul, newReceiver.Read<SaState>("sa-in", "4096").Replayed);
    }

    [Fact]
    public void New_keys_under_an_old_spi_are_a_new_sa()
    {
        using HeapArena arena = new();
        EspRig receiver = new EspRig(_engines, arena).AsReceiver(EspPackets.NullMd5);
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(500, EspPackets.Text(EspPackets.Inner(60)))));
        Assert.Null(receiver.Set("sa-in", "4096", EspRig.Sa(EspPackets.NullMd5, fill: 9)));
        Assert.Null(receiver.Decrypt(EspPackets.Sealed(501, EspPackets.Text(EspPackets.Inner(60)))));
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(60)), fill: 9)));

        // Also when the SA was replaced while the process was dead.
        using EspRig restarted = new EspRig(_engines, arena).AsReceiver(EspPackets.NullMd5);
        Assert.NotNull(restarted.Decrypt(EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(60)))));
    }

    [Fact]
    public void A_protection_remembers_what_its_dead_sas_counted()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        sender.Encrypt(EspPackets.Inner(60));
        Assert.Null(sender.Set("sa-out", "3/4097", EspRig.Sa(EspPackets.NullMd5, spi: 0x1001, fill: 2)));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection(outboundSpi: 0x1001)));
        sender.Remove("sa-out", "3/4096");
        byte[] outer = sender.Encrypt(EspPackets.Inner(60)).Single();
        Assert.Equal((0x10, 0x01, 1), (outer[22], outer[23], outer[27]));
        ProtectionState state = sender.Read<ProtectionState>("protection", "3");
        Assert.Equal((2ul, (ulong)(2 * outer.Length)), (state.EncryptedPackets, state.EncryptedBytes));
        Assert.Equal(["3/4097"], sender.Keys("sa-out"));
    }

    [Fact]
    public void A_row_of_an_sa_leaves_no_garbage_on_the_worker()
    {
        using EspRig rig = new EspRig(_engines).AsReceiver(EspPackets.AesSha1);
        SaRow source = EspRig.Sa(EspPackets.AesSha1);
        source.Selector = new Selector { SourceLast = 5, DestinationLast = 7, Protocol = 17 };
        byte[] row = source.ToByteArray();
        Assert.Null(rig.SetRaw("sa-in", "4096", row));
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                rig.SetRaw("sa-in", "4096", row);
            }
        }));
    }

    [Fact]
    public void A_large_table_is_read_in_pages()
    {
        using EspRig rig = new(_engines);
        uint[] spis = [.. Enumerable.Range(0, 1200).Select(i => 0x2000u + (uint)i)];
        foreach (uint spi in spis)
        {
            Assert.Null(rig.Set("sa-in", $"{spi}", EspRig.Sa(EspPackets.NullMd5, spi: spi)));
        }

        foreach (uint spi in spis.Where(spi => spi % 3 == 0))
        {
            rig.Remove("sa-in", $"{spi}");
        }

        List<string> found = [];
        ulong next = 0;
        int pages = 0;
        do
        {
            int before = found.Count;
            next = rig.Source("sa-in").ReadSome(next, 64, (key, _) => found.Add(key));
            Assert.InRange(found.Count - before, 0, 64);
            pages++;
        }
        while (next != 0);
        Assert.True(pages > 10);
        Assert.Equal(spis.Where(spi => spi % 3 != 0).Select(spi => $"{spi}").Order(), found.Order());
    }

    [Fact]
    public void Nothing_is_left_when_all_rows_are_removed_in_any_order()
    {
        foreach (string[] order in (string[][])[["protection", "sa-in", "sa-out"], ["sa-out", "sa-in", "protection"]])
        {
            using EspRig rig = new EspRig(_engines).AsReceiver(EspPackets.NullMd5).AsSender(EspPackets.NullMd5);
            Assert.Equal(3, rig.HeapArena.Count);
            Assert.Equal(3u, rig.Tables.ProtectionOf(EspRig.TunnelInterface));
            foreach (string table in order)
            {
                rig.Remove(table, table switch { "protection" => "3", "sa-in" => "4096", _ => "3/4096" });
                rig.Remove(table, "17");
            }

            Assert.Equal(0, rig.HeapArena.Count);
            Assert.Equal(0u, rig.Tables.ProtectionOf(EspRig.TunnelInterface));
            Assert.Empty(rig.Encrypt(EspPackets.Inner(60)));
            Assert.Null(rig.Decrypt(EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(60)))));
        }
    }

    [Fact]
    public void An_interface_moves_between_protections()
    {
        using EspRig rig = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        Assert.Null(rig.Set("protection", "4", EspRig.Protection(4, outboundSpi: 0)));
        Assert.Equal(4u, rig.Tables.ProtectionOf(EspRig.TunnelInterface));
        Assert.Empty(rig.Encrypt(EspPackets.Inner(60)));
        rig.Remove("protection", "4");
        Assert.Equal(3u, rig.Tables.ProtectionOf(EspRig.TunnelInterface));
        Assert.Single(rig.Encrypt(EspPackets.Inner(60)));
        ProtectionRow moved = EspRig.Protection();
        moved.Interface = 71;
        Assert.Null(rig.Set("protection", "3", moved));
        Assert.Equal((0u, 3u), (rig.Tables.ProtectionOf(EspRig.TunnelInterface), rig.Tables.ProtectionOf(71)));
    }

    [Fact]
    public void Rows_that_cannot_be_programmed_say_why_and_change_nothing()
    {
        using EspRig rig = new(_engines);
        SaRow reserved = EspRig.Sa(EspPackets.NullMd5, spi: 255);
        SaRow orphan = EspRig.Sa(EspPackets.NullMd5, protection: 0);
        SaRow shortKey = EspRig.Sa(EspPackets.AesSha1);
        shortKey.MacKey = ByteString.CopyFrom(new byte[19]);
        SaRow oddKey = EspRig.Sa(EspPackets.AesSha1);
        oddKey.CipherKey = ByteString.CopyFrom(new byte[17]);
        SaRow unknown = EspRig.Sa(EspPackets.AesSha1);
        unknown.Cipher = (RouterOS.Proto.Esp.V1.Cipher)77;
        SaRow nothing = EspRig.Sa(new CryptoSuite(CipherAlgorithm.Null, 0, MacAlgorithm.None));
        Assert.Equal("SPI 255 is reserved: the first is 256.", rig.Set("sa-in", "255", reserved));
        Assert.Equal("SA 4096 names no protection.", rig.Set("sa-in", "4096", orphan));
        Assert.Equal("SA 4096 has a key of 19 bytes for its keyed hash in place of 20.", rig.Set("sa-in", "4096", shortKey));
        Assert.Equal("No crypto engine does aes-136-cbc/hmac-sha1 (encrypt).", rig.Set("sa-out", "3/4096", oddKey));
        Assert.Equal("SA 4096 has an algorithm that this module does not know.", rig.Set("sa-in", "4096", unknown));
        Assert.Equal("No crypto engine does null/none (decrypt).", rig.Set("sa-in", "4096", nothing));
        Assert.Equal("A replay window of 8193 packets is over 8192.", rig.Set("sa-in", "4096", EspRig.Sa(EspPackets.NullMd5, window: 8193)));
        Assert.Equal("The key '9' is not the one of SA 4096 of protection 3.", rig.Set("sa-in", "9", EspRig.Sa(EspPackets.NullMd5)));
        Assert.StartsWith("Not an SaRow", rig.SetRaw("sa-in", "4096", [0xff]), StringComparison.Ordinal);
        Assert.StartsWith("Not a ProtectionRow", rig.SetRaw("protection", "3", [0xff]), StringComparison.Ordinal);
        Assert.Equal("The key '4' is not the id 3, or the id is 0.", rig.Set("protection", "4", EspRig.Protection()));
        Assert.Equal("Protection 3 lacks an outer address.", rig.Set("protection", "3", new ProtectionRow { Id = 3 }));
        Assert.Equal(0, rig.HeapArena.Count);
        rig.HeapArena.Limit = 1;
        Assert.Equal("The arena of run-time rows is full.", rig.Set("sa-in", "4096", EspRig.Sa(EspPackets.NullMd5)));
        Assert.Equal(0, rig.HeapArena.Count);
    }

    [Fact]
    public void Ten_thousand_spis_are_each_found_while_others_come_and_go()
    {
        using EspRig rig = new(_engines);
        Assert.Null(rig.Set("protection", "3", EspRig.Protection(outboundSpi: 0)));
        byte[] text = EspPackets.Text(EspPackets.Inner(22));
        for (uint i = 0; i < 10_000; i++)
        {
            // Spread as random SPIs are, with neighbours in between.
            uint spi = 256 + (i % 2 == 0 ? i : i * 2654435761 % 4_000_000_000);
            Assert.Null(rig.Set("sa-in", $"{spi}", EspRig.Sa(EspPackets.NullMd5, spi: spi)));
            if (i % 3 == 0)
            {
                rig.Remove("sa-in", $"{spi}");
            }
        }

        for (uint i = 0; i < 10_000; i += 7)
        {
            uint spi = 256 + (i % 2 == 0 ? i : i * 2654435761 % 4_000_000_000);
            Assert.Equal(i % 3 != 0, rig.Decrypt(EspPackets.Sealed(1, text, spi: spi)) is not null);
        }
    }
}
