using FsCheck;
using FsCheck.Fluent;
using RouterOS.Radius.Wire;

namespace RouterOS.Unit.Radius;

public sealed class RadiusPacketTests
{
    [Fact]
    public void What_was_written_is_read_back_in_order() => Check.One(Seeded.Config, Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte[])[]>(),
        attributes =>
        {
            RadiusWriter writer = new(RadiusCode.AccessRequest, 5, new byte[16]);
            List<(byte Type, string Value)> wanted = [];
            foreach ((byte type, byte[] value) in attributes.Where(a => a.Item1 is not (26 or 80)).Take(16))
            {
                byte[] cut = [.. value.Take(253)];
                writer.Add((RadiusType)type, cut);
                wanted.Add((type, Convert.ToHexString(cut)));
            }

            byte[] bytes = writer.Finish();
            Assert.True(RadiusPacket.TryParse([.. bytes, 1, 2, 3], out RadiusPacket packet, out RadiusError error), error.ToString());
            List<(byte, string)> read = [];
            foreach (RadiusAttribute attribute in packet.Attributes)
            {
                read.Add(((byte)attribute.Number, Convert.ToHexString(attribute.Value)));
            }

            return packet.Bytes.Length == bytes.Length && read.SequenceEqual(wanted);
        }));

    [Fact]
    public void Several_attributes_of_a_vendor_in_one_are_read_one_by_one()
    {
        RadiusWriter writer = new(RadiusCode.AccessAccept, 5, new byte[16]);
        // Vendor 4874: virtual router "v" and pool "p" in one attribute of RFC 2865.
        writer.Add(RadiusType.VendorSpecific, [0, 0, 0x13, 0x0a, 1, 3, (byte)'v', 2, 3, (byte)'p']);
        // Vendor with a form of its own: passed over.
        writer.Add(RadiusType.VendorSpecific, [0, 0, 0, 9, 1]);
        writer.Add(VendorType.MsPrimaryDns, [10, 0, 0, 1]);
        Assert.True(RadiusPacket.TryParse(writer.Finish(), out RadiusPacket packet, out _));
        List<string> read = [];
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            read.Add($"{(VendorType)attribute.Number} {Convert.ToHexString(attribute.Value)}");
        }

        Assert.Equal(["VirtualRouter 76", "LocalAddressPool 70", "MsPrimaryDns 0A000001"], read);
    }

    [Theory]
    [InlineData("", nameof(RadiusError.Truncated))]
    [InlineData("02000014000000000000000000000000000000", nameof(RadiusError.Truncated))]
    [InlineData("0200001300000000000000000000000000000000", nameof(RadiusError.BadLength))]
    [InlineData("0200100100000000000000000000000000000000", nameof(RadiusError.BadLength))]
    [InlineData("0200001500000000000000000000000000000000", nameof(RadiusError.Truncated))]
    [InlineData("020000150000000000000000000000000000000001", nameof(RadiusError.BadAttribute))]
    [InlineData("02000016000000000000000000000000000000000101", nameof(RadiusError.BadAttribute))]
    [InlineData("02000016000000000000000000000000000000000103", nameof(RadiusError.BadAttribute))]
    [InlineData("02000018000000000000000000000000000000005004AABB", nameof(RadiusError.BadMessageAuthenticator))]
    public void Bytes_that_are_no_packet_are_refused_with_the_reason(string hex, string wanted)
    {
        Assert.False(RadiusPacket.TryParse(Convert.FromHexString(hex), out _, out RadiusError error));
        Assert.Equal(wanted, error.ToString());
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_said()
    {
        RadiusWriter writer = new(RadiusCode.AccessRequest, 5, new byte[16]);
        for (int i = 0; i < 16; i++)
        {
            writer.Add(RadiusType.Class, new byte[253]);
        }

        Assert.False(writer.IsWhole);
        Assert.True(RadiusPacket.TryParse(writer.Finish(), out _, out _));
    }
}
