using FsCheck;
using FsCheck.Fluent;
using RouterOS.Dvmrp.Wire;

namespace RouterOS.Unit.Dvmrp;

public sealed class DvmrpReportTests
{
    [Fact]
    public void Networks_are_written_with_the_octets_that_their_masks_cover()
    {
        byte[] report = Assert.Single(DvmrpReport.Write(
        [
            new ReportedRoute(0x0a010000, 16, 3), new ReportedRoute(0x0a020000, 16, 35), new ReportedRoute(0, 0, 1), new ReportedRoute(0xc0000204, 30, 32),
        ]));
        Assert.Equal("1302", Convert.ToHexString(report[..2]));
        Assert.Equal("0000FF03", Convert.ToHexString(report[4..8]));
        // Mask 255.0.0.0 (the default route), 255.255.0.0 with two networks, 255.255.255.252.
        Assert.Equal("000000" + "0081" + "FF0000" + "0A0103" + "0A02A3" + "FFFFFC" + "C0000204A0", Convert.ToHexString(report[8..]));
    }

    [Fact]
    public void What_is_written_comes_back() => Prop.ForAll(
        ArbMap.Default.ArbFor<(uint Prefix, byte Length, byte Metric)[]>(), drawn =>
        {
            HashSet<ReportedRoute> routes = [];
            foreach ((uint prefix, byte length, byte metric) in (drawn ?? []).Concat(drawn ?? []).Concat(Many(drawn ?? [])))
            {
                int bits = length % 25 + 8;
                uint network = (prefix & 0x7fffffff | 0x01000000) & (uint.MaxValue << (32 - bits));
                if (network >> 24 is not (0 or 127))
                {
                    routes.Add(new ReportedRoute(network, bits, metric % 63 + 1));
                }
            }

            List<ReportedRoute> read = [];
            foreach (byte[] report in DvmrpReport.Write(routes))
            {
                Assert.True(report.Length <= DvmrpReport.MaximumBytes + DvmrpMessage.HeaderLength);
                Assert.True(DvmrpMessage.TryParse(report, out DvmrpMessage message, out _));
                Assert.True(DvmrpReport.TryRead(message.Body, read, out int impossible, out _));
                Assert.Equal(0, impossible);
            }

            Assert.Equal(routes.OrderBy(r => r.ToString(), StringComparer.Ordinal), read.OrderBy(r => r.ToString(), StringComparer.Ordinal));
        }).Check(Seeded.Config);

    [Theory]
    [InlineData("FFFF")]
    [InlineData("FFFF00" + "0A0100")]
    [InlineData("FFFF00" + "0A010103")]
    [InlineData("FF00FF" + "0A010183")]
    public void What_ends_too_soon_or_has_a_mask_with_gaps_is_refused_whole(string body)
    {
        List<ReportedRoute> routes = [];
        Assert.False(DvmrpReport.TryRead(Convert.FromHexString(body), routes, out _, out DvmrpError error));
        Assert.NotEqual(DvmrpError.None, error);
    }

    [Theory]
    [InlineData("FFFF00" + "0A010180")]
    [InlineData("FFFF00" + "0A0101C0")]
    [InlineData("FFFF00" + "E0010183")]
    [InlineData("FFFF00" + "7F000183")]
    [InlineData("FE0000" + "0A0183")]
    public void Routes_that_cannot_be_are_left_out(string body)
    {
        List<ReportedRoute> routes = [];
        Assert.True(DvmrpReport.TryRead(Convert.FromHexString(body), routes, out int impossible, out _));
        Assert.Equal(1, impossible);
        Assert.Empty(routes);
    }

    [Fact]
    public void Probes_prunes_and_grafts_come_back()
    {
        Assert.True(DvmrpMessage.TryParse(DvmrpWriter.Probe(DvmrpCapabilities.Prune, 77, [1, 2]), out DvmrpMessage probe, out _));
        Assert.Equal((DvmrpCode.Probe, 77u, 2, 2u), (probe.Code, probe.Generation, probe.NeighborCount, probe.Neighbor(1)));
        Assert.Equal((3, 255, DvmrpCapabilities.Prune), (probe.Major, probe.Minor, probe.Capabilities));
        Assert.True(DvmrpMessage.TryParse(DvmrpWriter.Prune(0x0a010001, 0xef010203, 7200), out DvmrpMessage prune, out _));
        Assert.Equal((0x0a010001u, 0xef010203u, 7200u, uint.MaxValue), (prune.Source, prune.Group, prune.LifetimeSeconds, prune.SourceMask));
        Assert.True(DvmrpMessage.TryParse(DvmrpWriter.Graft(0x0a010001, 0xef010203), out DvmrpMessage graft, out _));
        Assert.Equal(DvmrpCode.Graft, graft.Code);
        Assert.False(DvmrpMessage.TryParse(DvmrpWriter.Graft(0xe0000001, 0xef010203), out _, out DvmrpError error));
        Assert.Equal(DvmrpError.BadAddress, error);
    }

    // Enough of one mask to fill several reports.
    private static IEnumerable<(uint, byte, byte)> Many((uint Prefix, byte Length, byte Metric)[] drawn) =>
        drawn.Length < 3 ? [] : Enumerable.Range(0, 1000).Select(i => (0x0a000000u + ((uint)i << 8), (byte)16, drawn[0].Metric));
}
