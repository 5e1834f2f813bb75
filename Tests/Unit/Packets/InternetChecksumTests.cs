using System.Buffers.Binary;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Packets;

namespace RouterOS.Unit.Packets;

public sealed class InternetChecksumTests
{
    public static TheoryData<string, ushort, ushort> Vectors()
    {
        var cases = new TheoryData<string, ushort, ushort>();
        string path = Path.Combine(AppContext.BaseDirectory, "Vectors", "rfc1071", "checksums.txt");
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] parts = line.Split('|');
            cases.Add(
                parts[0],
                ushort.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                ushort.Parse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [Trait("rfc", "1071:3")]
    public void Published_sums_come_out(string hex, ushort sum, ushort checksum)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.Equal(sum, InternetChecksum.Sum(data));
        Assert.Equal(checksum, InternetChecksum.Compute(data));
    }

    [Fact]
    public void Any_bytes_sum_as_the_naive_loop_says() =>
        Prop.ForAll<byte[]>(data => InternetChecksum.Sum(data) == Naive(data)).Check(Seeded.Config);

    [Fact]
    public void Long_bytes_sum_as_the_naive_loop_says() =>
        Prop.ForAll<byte[], byte>((data, repeat) =>
        {
            byte[] large = [.. Enumerable.Range(0, 1 + repeat).SelectMany(_ => data), .. new byte[] { 0xff, 0xff, 0xff }];
            byte[] copy = new byte[large.Length + 1];
            return InternetChecksum.Sum(large) == Naive(large)
                && InternetChecksum.CopyAndSum(large, copy) == Naive(large)
                && copy.AsSpan(0, large.Length).SequenceEqual(large) && copy[^1] == 0;
        }).Check(Seeded.Config);

    [Fact]
    [Trait("rfc", "1624:3")]
    public void Changing_a_word_gives_the_checksum_that_a_full_count_gives() =>
        Prop.ForAll<byte[], ushort, int>((data, value, place) =>
        {
            // A header's sum is never zero (version and length); neither is this one.
            byte[] padded = [0x45, .. data, .. new byte[2 + (data.Length & 1 ^ 1)]];
            int at = (int)((uint)place % (uint)(padded.Length / 2)) * 2;
            ushort checksum = InternetChecksum.Compute(padded);
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(padded.AsSpan(at));
            BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(at), value);
            return padded.All(octet => octet == 0)
                || InternetChecksum.Update(checksum, before, value) == InternetChecksum.Compute(padded);
        }).Check(Seeded.Config);

    [Fact]
    public void A_zero_word_that_turns_all_ones_keeps_the_checksum_right()
    {
        // RFC 1624 section 4: where the older equation gives 0x0000 instead of 0xffff.
        Assert.Equal(0x0000, InternetChecksum.Update(0xdd2f, 0x5555, 0x3285));
    }

    private static uint Naive(byte[] data)
    {
        uint sum = 0;
        for (int i = 0; i < data.Length; i += 2)
        {
            sum += (uint)((data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0));
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }
}
