using FsCheck;
using FsCheck.Fluent;
using RouterOS.Gre.Wire;
using RouterOS.Packets;

namespace RouterOS.Unit.Gre;

public sealed class GreHeaderTests
{
    private static readonly ushort[] s_flags =
        [.. from c in new[] { 0, 0x8000 } from k in new[] { 0, 0x2000 } from s in new[] { 0, 0x1000 } select (ushort)(c | k | s)];

    [Fact]
    public void What_is_written_is_read_again() => Check.One(Seeded.Config, Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(), ArbMap.Default.ArbFor<byte>(), (key, choice) =>
        {
            ushort flags = s_flags[choice % s_flags.Length];
            byte[] packet = new byte[GreHeader.MaximumLength + 3];
            int length = GreHeader.Write(packet, flags, GreProtocol.Ipv6, key);
            return GreHeader.TryParse(packet, out GreHeader header, out _) && header.Length == length && length == GreHeader.LengthOf(flags)
                && header.HasChecksum == ((flags & 0x8000) != 0) && header.HasKey == ((flags & 0x2000) != 0)
                && header.HasSequence == ((flags & 0x1000) != 0) && header.Protocol == GreProtocol.Ipv6
                && header.Key == (header.HasKey ? key : 0) && header.Sequence == 0;
        }));

    [Fact]
    public void Any_bytes_are_parsed_or_refused_and_nothing_is_read_behind_them() => Check.One(Seeded.Config, Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            if (bytes.Length > 0)
            {
                bytes[0] &= 0xb0;
            }

            if (!GreHeader.TryParse(bytes, out GreHeader header, out GreError error))
            {
                return error != GreError.None;
            }

            _ = (header.Key, header.Sequence, header.Protocol);
            return error == GreError.None && header.Length <= bytes.Length;
        }));

    [Theory]
    [InlineData(new byte[] { 0, 0, 8 }, GreError.Truncated)]
    [InlineData(new byte[] { 0x20, 0, 8, 0, 1, 2, 3 }, GreError.Truncated)]
    [InlineData(new byte[] { 0x30, 1, 0x88, 0x0b, 1, 2, 3, 4, 5, 6, 7, 8 }, GreError.BadVersion)]
    [InlineData(new byte[] { 0x40, 0, 8, 0 }, GreError.ReservedFlag)]
    [InlineData(new byte[] { 0x08, 0, 8, 0 }, GreError.ReservedFlag)]
    [InlineData(new byte[] { 0x04, 0, 8, 0 }, GreError.ReservedFlag)]
    public void What_is_no_GRE_of_RFC_2784_is_refused(byte[] bytes, GreError expected)
    {
        Assert.False(GreHeader.TryParse(bytes, out _, out GreError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Bits_that_receivers_ignore_change_nothing() =>
        // RFC 2784 section 2.3: bits 6 to 12.
        Assert.True(GreHeader.TryParse(new byte[] { 0x03, 0xf8, 8, 0 }, out _, out _));

    [Fact]
    public void A_packet_of_the_Linux_kernel_with_everything_is_read()
    {
        // ip tunnel add … mode gre key 7 csum seq: the sixth packet, an empty IPv4 header inside.
        byte[] inner = new byte[20];
        Ipv4Header.Write(inner, 20, IpProtocol.Udp, 0x0a050001, 0x0a050002);
        byte[] packet = [0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 5, .. inner];
        ushort checksum = InternetChecksum.Compute(packet);
        (packet[4], packet[5]) = ((byte)(checksum >> 8), (byte)checksum);
        Assert.True(GreHeader.TryParse(packet, out GreHeader header, out _));
        Assert.Equal((7u, 5u, 16), (header.Key, header.Sequence, header.Length));
        Assert.Equal(0, InternetChecksum.Compute(header.Packet));
    }
}
