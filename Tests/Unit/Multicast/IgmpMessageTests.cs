using FsCheck;
using FsCheck.Fluent;
using RouterOS.Multicast.Wire;
using RouterOS.Sdk.Packets;

namespace RouterOS.Unit.Multicast;

public sealed class IgmpMessageTests
{
    private const uint Group = 0xef010203;

    [Theory]
    // Bytes of a Linux host and router, checksums included.
    [InlineData("1164ee9b00000000", IgmpType.Query)]
    [InlineData("1600f8faef010203", IgmpType.ReportVersion2)]
    [InlineData("1700f7faef010203", IgmpType.Leave)]
    [InlineData("1200fcfaef010203", IgmpType.ReportVersion1)]
    public void Messages_of_old_versions_are_read(string hex, IgmpType type)
    {
        Assert.True(IgmpMessage.TryParse(Convert.FromHexString(hex), out IgmpMessage message, out _));
        Assert.Equal(type, message.Type);
        Assert.Equal(type == IgmpType.Query ? 0u : Group, message.Group);
    }

    [Fact]
    public void A_query_of_version_3_has_its_sources_and_timers()
    {
        byte[] bytes = IgmpWriter.Query(3, Group, 10, 3, 200, suppress: true, [0x0a000001, 0x0a000002]);
        Assert.True(IgmpMessage.TryParse(bytes, out IgmpMessage query, out _));
        Assert.Equal((3, 10, 3, true), (query.QueryVersion, query.ResponseTenths, query.Robustness, query.Suppress));
        Assert.Equal(200, query.IntervalSeconds);
        Assert.Equal((2, 0x0a000002u), (query.Sources.Count, query.Sources[1]));
    }

    [Fact]
    public void Versions_are_told_by_length_and_response_time()
    {
        Assert.True(IgmpMessage.TryParse(IgmpWriter.Query(1, 0, 100), out IgmpMessage one, out _));
        Assert.Equal(1, one.QueryVersion);
        Assert.True(IgmpMessage.TryParse(IgmpWriter.Query(2, 0, 100), out IgmpMessage two, out _));
        Assert.Equal(2, two.QueryVersion);
    }

    [Fact]
    public void Records_of_a_report_come_back() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Type, ushort Group, uint[] Sources)[]>(), records =>
        {
            (GroupRecordType, uint, uint[])[] wanted =
                [.. (records ?? []).Select(r => ((GroupRecordType)r.Type, 0xe000_0000 | r.Group, r.Sources ?? []))];
            Assert.True(IgmpMessage.TryParse(IgmpWriter.Report(wanted), out IgmpMessage report, out _));
            int at = 0;
            foreach (GroupRecord record in report.Records)
            {
                Assert.Equal(wanted[at].Item1, record.Type);
                Assert.Equal(wanted[at].Item2, record.Group);
                Assert.Equal(wanted[at].Item3.Length, record.Sources.Count);
                for (int i = 0; i < record.Sources.Count; i++)
                {
                    Assert.Equal(wanted[at].Item3[i], record.Sources[i]);
                }

                at++;
            }

            Assert.Equal(wanted.Length, at);
        }).Check(Seeded.Config);

    [Fact]
    public void Codes_with_an_exponent_come_back_as_near_as_they_can()
    {
        for (int value = 0; value <= 31_744; value++)
        {
            int back = IgmpMessage.Decode(IgmpWriter.Encode(value));
            Assert.InRange(back, value - (value / 16), value);
        }
    }

    [Theory]
    [InlineData("", IgmpError.Truncated)]
    [InlineData("1164ee9b000000", IgmpError.Truncated)]
    [InlineData("1164ee9c00000000", IgmpError.BadChecksum)]
    [InlineData("990066ff00000000", IgmpError.UnknownType)]
    public void What_is_none_is_refused(string hex, IgmpError expected)
    {
        Assert.False(IgmpMessage.TryParse(Convert.FromHexString(hex), out _, out IgmpError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_report_whose_last_record_is_cut_is_refused_whole()
    {
        byte[] bytes = IgmpWriter.Report((GroupRecordType.IsExclude, Group, []), (GroupRecordType.IsInclude, Group, [1, 2, 3]));
        byte[] cut = bytes[..^4];
        cut[2] = cut[3] = 0;
        ushort sum = InternetChecksum.Of(cut);
        (cut[2], cut[3]) = ((byte)(sum >> 8), (byte)sum);
        Assert.False(IgmpMessage.TryParse(cut, out _, out IgmpError error));
        Assert.Equal(IgmpError.Truncated, error);
    }
}
