using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Crypto.Managed;

namespace RouterOS.Unit.Crypto;

public sealed unsafe class LaneMacTests
{
    private static readonly (MacAlgorithm Mac, int KeyBytes, int TagBytes)[] s_macs =
        [(MacAlgorithm.HmacMd5, 16, 12), (MacAlgorithm.HmacSha1, 20, 12), (MacAlgorithm.HmacSha256, 32, 16)];

    /// <summary>Every width of lanes that this processor can run.</summary>
    public static TheoryData<string> Widths =>
        [.. from width in (string[])["scalar", "avx2", "avx512"] where Open(width) is { } mac && Close(mac) select width];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Batches_of_any_count_with_mixed_lengths_and_keys_equal_the_reference(string width)
    {
        using ILaneMac batch = Open(width)!;
        FixedRandom random = new(42);
        foreach ((MacAlgorithm mac, int keyBytes, int tagBytes) in s_macs)
        {
            foreach (int count in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100, 256])
            {
                Check(batch, mac, keyBytes, tagBytes, [.. Enumerable.Range(0, count).Select(_ => BitConverter.ToUInt16(random.Bytes(2)) % 1600)], random);
            }
        }
    }

    /// <summary>Every place of the end inside a block, alone and beside the others.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_up_to_three_blocks_is_padded_right(string width)
    {
        using ILaneMac batch = Open(width)!;
        FixedRandom random = new(43);
        foreach ((MacAlgorithm mac, int keyBytes, int tagBytes) in s_macs)
        {
            Check(batch, mac, keyBytes, tagBytes, [.. Enumerable.Range(0, 193)], random);
            for (int bytes = 0; bytes < 193; bytes++)
            {
                Check(batch, mac, keyBytes, tagBytes, [bytes], random);
            }
        }
    }

    [Fact]
    public void One_jumbo_message_among_small_ones_is_right()
    {
        using ILaneMac batch = LaneMacs.Create();
        Check(batch, MacAlgorithm.HmacSha1, 20, 12, [64, 65_000, 100, 9_000, 12, 0, 1_400], new FixedRandom(44));
    }

    private static bool Close(ILaneMac mac)
    {
        mac.Dispose();
        return true;
    }

    private static ILaneMac? Open(string width) => width switch
    {
        "avx512" => LaneMacs.HasAvx512 ? new LaneMac<Avx512Lanes, Vector512<uint>>() : null,
        "avx2" => Avx2.IsSupported ? new LaneMac<Avx2Lanes, Vector256<uint>>() : null,
        _ => new LaneMac<ScalarLane, uint>(),
    };

    private static void Check(ILaneMac batch, MacAlgorithm mac, int keyBytes, int tagBytes, int[] lengths, FixedRandom random)
    {
        BclMac reference = new();
        byte[] data = random.Bytes(lengths.Sum() + 1);
        byte[][] keys = [.. lengths.Select(_ => random.Bytes(keyBytes))];
        byte[] tags = new byte[(lengths.Length + 1) * 32];
        Array.Fill(tags, (byte)0xa5);
        byte* states = (byte*)NativeMemory.AlignedAlloc((nuint)((lengths.Length + 1) * HmacStates.Bytes), 64);
        LaneMessage[] jobs = new LaneMessage[lengths.Length];
        fixed (byte* text = data)
        fixed (byte* tag = tags)
        {
            int start = 0;
            for (int i = 0; i < lengths.Length; i++)
            {
                HmacStates.Derive(mac, keys[i], states + (i * HmacStates.Bytes));
                jobs[i] = new LaneMessage
                {
                    Data = text + start, Bytes = lengths[i], Tag = tag + (i * 32), TagBytes = tagBytes, States = states + (i * HmacStates.Bytes),
                };
                start += lengths[i];
            }

            fixed (LaneMessage* first = jobs)
            {
                batch.Compute(mac, first, jobs.Length);
            }
        }

        int at = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] expected = [.. reference.Mac(mac, keys[i], data.AsSpan(at, lengths[i])).AsSpan(0, tagBytes), .. Enumerable.Repeat((byte)0xa5, 32 - tagBytes)];
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(tags.AsSpan(i * 32, 32)));
            at += lengths[i];
        }

        NativeMemory.AlignedFree(states);
    }
}
