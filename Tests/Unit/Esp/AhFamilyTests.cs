using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Esp;

/// <summary>AH with both families inside and outside (RFC 4302 sections 2.2, 3.1.2, 3.3.3.1.2).</summary>
public sealed class AhFamilyTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<bool, bool, MacAlgorithm> Combinations
    {
        get
        {
            TheoryData<bool, bool, MacAlgorithm> all = [];
            foreach (MacAlgorithm mac in (MacAlgorithm[])[MacAlgorithm.HmacMd5, MacAlgorithm.HmacSha1, MacAlgorithm.HmacSha256])
            {
                foreach ((bool outer6, bool inner6) in (ReadOnlySpan<(bool, bool)>)[(false, true), (true, false), (true, true)])
                {
                    all.Add(outer6, inner6, mac);
                }
            }

            return all;
        }
    }

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Packets_of_either_family_arrive_over_either(bool outer6, bool inner6, MacAlgorithm mac)
    {
        EspRig sender = Sender(mac, outer6);
        EspRig receiver = Receiver(mac, outer6);
        for (int length = inner6 ? 40 : 20; length <= 1400; length += 97)
        {
            byte[] inner = inner6 ? EspFamilyTests.Inner6(length, trafficClass: 0xb8) : EspPackets.Inner(length, tos: 0xb8);
            byte[] outer = Assert.Single(Seal(sender, inner, outer6));
            int header = outer6 ? 40 : 20;
            Assert.Equal(inner6 ? 41 : 4, outer[header]);
            // Over IPv6 the header is a multiple of eight.
            Assert.Equal(mac == MacAlgorithm.HmacSha256 ? outer6 ? 32 : 28 : 24, (outer[header + 1] + 2) * 4);
            Assert.Equal(0xb8, outer6 ? (byte)((outer[0] << 4) | (outer[1] >> 4)) : outer[1]);
            Assert.Equal(inner, Open(receiver, outer, inner6));
        }

        Assert.Equal(0ul, sender.DroppedInAll() + receiver.DroppedInAll());
    }

    [Fact]
    public void The_check_value_covers_the_ipv6_header_but_for_what_routers_change()
    {
        byte[] outer = Assert.Single(Seal(Sender(MacAlgorithm.HmacSha1, outer6: true), EspFamilyTests.Inner6(100), outer6: true));
        Assert.Equal((51, 64, outer.Length - 40), (outer[6], outer[7], BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(4))));
        byte[] covered = [.. outer];
        (covered[0], covered[1], covered[2], covered[3], covered[7]) = (0x60, 0, 0, 0, 0);
        covered.AsSpan(52, 12).Clear();
        byte[] key = AhPackets.Sa(MacAlgorithm.HmacSha1).MacKey.ToByteArray();
        Assert.Equal(new BclMac().Mac(MacAlgorithm.HmacSha1, key, covered)[..12], outer[52..64]);

        bool[] mutable = new bool[outer.Length];
        (mutable[1], mutable[2], mutable[3], mutable[7]) = (true, true, true, true);
        for (int i = 0; i < outer.Length; i++)
        {
            byte[] changed = [.. outer];
            changed[i] ^= (byte)(i == 0 ? 0x0f : 0x01);
            EspRig receiver = Receiver(MacAlgorithm.HmacSha1, outer6: true);
            Assert.True(mutable[i] || i == 0 == (Open(receiver, changed, inner6: true) is not null), $"byte {i}");
        }
    }

    [Fact]
    public void Extension_headers_are_covered_but_for_options_that_may_change()
    {
        byte[] plain = Assert.Single(Seal(Sender(MacAlgorithm.HmacSha1, outer6: true), EspFamilyTests.Inner6(100), outer6: true));
        // Hop-by-hop: an option that may change on the way, and one that may not.
        byte[] outer = [.. plain[..40], 51, 1, 0x3e, 2, 7, 7, 0x1e, 2, 9, 9, 1, 2, 0, 0, 0, 0, .. plain[40..]];
        (outer[6], outer[7]) = (0, 9);
        BinaryPrimitives.WriteUInt16BigEndian(outer.AsSpan(4), (ushort)(outer.Length - 40));
        byte[] covered = [.. outer];
        (covered[0], covered[1], covered[2], covered[3], covered[7], covered[44], covered[45]) = (0x60, 0, 0, 0, 0, 0, 0);
        covered.AsSpan(68, 12).Clear();
        byte[] key = AhPackets.Sa(MacAlgorithm.HmacSha1).MacKey.ToByteArray();
        new BclMac().Mac(MacAlgorithm.HmacSha1, key, covered).AsSpan(0, 12).CopyTo(outer.AsSpan(68));
        outer[44] = 0x55;
        Assert.Equal(plain[64..], Open(Receiver(MacAlgorithm.HmacSha1, outer6: true), outer, inner6: true));
        outer[48] ^= 1;
        EspRig receiver = Receiver(MacAlgorithm.HmacSha1, outer6: true);
        Assert.Null(Open(receiver, outer, inner6: true));
        Assert.Equal(1ul, receiver.Dropped("authentication-failed"));
    }

    [Fact]
    public void A_mark_of_congestion_comes_in_from_ipv6()
    {
        EspRig sender = Sender(MacAlgorithm.HmacSha1, outer6: true);
        EspRig receiver = Receiver(MacAlgorithm.HmacSha1, outer6: true);
        byte[] outer = Assert.Single(Seal(sender, EspFamilyTests.Inner6(80, trafficClass: 1), outer6: true));
        outer[1] |= 0x30;
        Assert.Equal(0x30, Open(receiver, outer, inner6: true)![1] & 0x30);
        outer = Assert.Single(Seal(sender, EspPackets.Inner(80, tos: 2), outer6: true));
        outer[1] |= 0x30;
        Assert.Equal(3, Open(receiver, outer, inner6: false)![1]);
    }

    [Fact]
    public void Ipv6_too_big_is_told_and_1280_bytes_pass()
    {
        EspRig sender = Sender(MacAlgorithm.HmacSha1, outer6: false);
        sender.SetLinkMtu(1200);
        Assert.Empty(Seal(sender, EspFamilyTests.Inner6(1281), outer6: false));
        Assert.Equal(1ul, sender.Dropped("too-big6"));
        byte[] whole = Assert.Single(Seal(sender, EspFamilyTests.Inner6(1280), outer6: false));
        Assert.Equal((1324, 0), (whole.Length, whole[6] & 0x40));
    }

    private static List<byte[]> Seal(EspRig sender, byte[] inner, bool outer6)
    {
        nint packet = sender.Rent(inner);
        return sender.Take("esp-encrypt", packet, outer6 ? "ip6-local-out" : "ip4-local-out");
    }

    private static byte[]? Open(EspRig receiver, byte[] outer, bool inner6) =>
        receiver.Take("ah-decrypt", receiver.Rent(outer), inner6 ? "ip6-input" : "ip4-input").SingleOrDefault();

    private EspRig Sender(MacAlgorithm mac, bool outer6)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("sa-out", "3/4096", AhPackets.Sa(mac)));
        Assert.Null(rig.Set("protection", "3", outer6 ? EspRig.Protection6(df: DfBit.Copy) : EspRig.Protection(df: DfBit.Copy)));
        return rig;
    }

    private EspRig Receiver(MacAlgorithm mac, bool outer6)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("protection", "3", outer6 ? EspRig.Protection6(outboundSpi: 0, mirrored: true) : EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(rig.Set("sa-in", "4096", AhPackets.Sa(mac, window: 0)));
        return rig;
    }

    private EspRig Rig()
    {
        EspRig rig = new(_engines);
        _rigs.Add(rig);
        return rig;
    }
}
