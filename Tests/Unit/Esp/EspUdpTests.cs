using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>ESP inside UDP (RFC 3948).</summary>
public sealed class EspUdpTests : IDisposable
{
    private const uint Nat = 0xCB007101;
    private const ushort NatPort = 31007;

    private readonly CryptoEngines _engines = new([new LibcryptoEngine()], []);
    private readonly EspRig _sender;
    private readonly EspRig _receiver;

    public EspUdpTests()
    {
        _sender = new EspRig(_engines).AsSender(EspPackets.AesSha1);
        _receiver = new EspRig(_engines).AsReceiver(EspPackets.AesSha1);
        Assert.Null(_sender.Set("protection", "3", InUdp(EspRig.Protection())));
        ProtectionRow mirrored = InUdp(EspRig.Protection(outboundSpi: 0, mirrored: true));
        (mirrored.RemoteAddress, mirrored.RemotePort) = (EspRig.LocalAddress, 4500);
        Assert.Null(_receiver.Set("protection", "3", mirrored));
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _engines.Dispose();
    }

    [Fact]
    public void Packets_of_all_lengths_arrive_as_they_were_sent()
    {
        for (int length = 20; length <= 1500; length += length < 80 ? 1 : 71)
        {
            byte[] inner = EspPackets.Inner(length, tos: 0x28);
            byte[] outer = Assert.Single(_sender.Encrypt(inner));
            Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header ip, out _));
            Assert.Equal((IpProtocol.Udp, 0x28, outer.Length), (ip.Protocol, ip.Tos, ip.TotalLength));
            Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
            Assert.Equal((4500, NatPort, 0), (udp.SourcePort, udp.DestinationPort, udp.Checksum));
            Assert.Equal(outer.Length - 28, udp.Payload.Length);
            Assert.Equal(0x1000u, BinaryPrimitives.ReadUInt32BigEndian(udp.Payload));
            Assert.Equal(inner, _receiver.DecryptUdp(outer));
        }

        Assert.Empty(_receiver.FakeWorker.Events);
        Assert.Equal(0ul, _receiver.DroppedInAll());
    }

    [Fact]
    public void Identifications_count_up_by_one_so_that_the_kernel_takes_datagrams_as_one_train()
    {
        ushort[] found = [.. Enumerable.Range(0, 300).Select(number =>
        {
            Assert.True(Ipv4Header.TryParse(Assert.Single(_sender.Encrypt(EspPackets.Inner(100))), out Ipv4Header ip, out _));
            return ip.Identification;
        })];
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (ushort)(found[0] + i)), found);
    }

    [Fact]
    public void The_udp_header_counts_against_the_mtu()
    {
        _sender.SetLinkMtu(1500);
        Assert.Null(_sender.Set("protection", "3", InUdp(EspRig.Protection(df: DfBit.Copy))));
        // 1500 - 20 - 8 - 8 - 16 - 12 leaves 1436, 89 blocks, less the trailer: 1422.
        Assert.Equal(1488, Assert.Single(_sender.Encrypt(EspPackets.Inner(1422, dontFragment: true))).Length);
        Assert.Empty(_sender.Encrypt(EspPackets.Inner(1423, dontFragment: true)));
        Assert.Equal(1ul, _sender.Dropped("too-big"));
    }

    [Fact]
    public void Port_4500_is_split_by_what_comes_first()
    {
        byte[] ike = Udp([0, 0, 0, 0, 1, 2, 3, 4, 5]);
        Assert.Null(_receiver.DecryptUdp(ike));
        (string channel, byte[] punted) = Assert.Single(_receiver.FakeWorker.Punted);
        Assert.Equal("udp:4500", channel);
        Assert.Equal(ike, punted);

        Assert.Null(_receiver.DecryptUdp(Udp([0xFF])));
        Assert.Equal(1ul, _receiver.Dropped("keepalive"));
        foreach (byte[] wrong in (byte[][])[[], [0xFE], [1, 2], [0, 0, 0], [0xFF, 0xFF], [1, 2, 3, 4], [0, 0, 0, 255, 0, 0, 0, 1, 9, 9, 9, 9]])
        {
            Assert.Null(_receiver.DecryptUdp(Udp(wrong)));
        }

        Assert.Equal(7ul, _receiver.Dropped("bad-header"));
        Assert.Null(_receiver.DecryptUdp(Udp([9, 9, 9, 9, 0, 0, 0, 1, 9, 9, 9, 9])));
        Assert.Equal(1ul, _receiver.Dropped("unknown-spi"));
        Assert.Single(_receiver.FakeWorker.Punted);
    }

    [Fact]
    public void Bytes_behind_the_datagram_are_not_part_of_it()
    {
        byte[] outer = Assert.Single(_sender.Encrypt(EspPackets.Inner(100)));
        Assert.Equal(EspPackets.Inner(100), _receiver.DecryptUdp([.. outer, 1, 2, 3, 4]));
    }

    [Fact]
    public void An_inbound_sa_takes_both_forms()
    {
        byte[] outer = Assert.Single(_sender.Encrypt(EspPackets.Inner(100)));
        byte[] plain = [.. outer[..20], .. outer[28..]];
        Ipv4Header.Write(plain, plain.Length, IpProtocol.Esp, EspRig.LocalAddress, EspRig.RemoteAddress);
        Assert.Equal(EspPackets.Inner(100), _receiver.Decrypt(plain));
        Assert.Null(_receiver.DecryptUdp(outer));
        Assert.Equal(1ul, _receiver.Dropped("replayed"));
        Assert.Empty(_receiver.FakeWorker.Events);
    }

    [Fact]
    public void A_peer_that_has_moved_is_told_once_it_is_proved()
    {
        byte[] first = Assert.Single(_sender.Encrypt(EspPackets.Inner(100)));
        byte[] second = Assert.Single(_sender.Encrypt(EspPackets.Inner(100)));
        byte[] third = Assert.Single(_sender.Encrypt(EspPackets.Inner(100)));
        byte[] forged = From(third, Nat, NatPort);
        forged[^1] ^= 1;
        Assert.Null(_receiver.DecryptUdp(forged));
        Assert.Empty(_receiver.FakeWorker.Events);
        Assert.Equal(0u, State().PeerPort);

        Assert.NotNull(_receiver.DecryptUdp(From(second, Nat, NatPort)));
        Assert.Equal(["protection 3 peer-moved"], _receiver.FakeWorker.Events);
        Assert.Equal((Nat, (uint)NatPort), (State().PeerAddress, State().PeerPort));

        // Older and seen packets say nothing, wherever they come from.
        Assert.NotNull(_receiver.DecryptUdp(From(first, Nat + 1, 1)));
        Assert.Null(_receiver.DecryptUdp(From(second, Nat + 2, 2)));
        Assert.Single(_receiver.FakeWorker.Events);
        Assert.Equal((Nat, (uint)NatPort), (State().PeerAddress, State().PeerPort));

        // The writer's answer: the row follows, and nothing is new any more.
        ProtectionRow moved = InUdp(EspRig.Protection(outboundSpi: 0, mirrored: true));
        (moved.RemoteAddress, moved.RemotePort) = (Nat, NatPort);
        Assert.Null(_receiver.Set("protection", "3", moved));
        Assert.Equal(0u, State().PeerPort);
        Assert.NotNull(_receiver.DecryptUdp(From(third, Nat, NatPort)));
        Assert.Single(_receiver.FakeWorker.Events);
    }

    [Fact]
    public void A_peer_that_comes_back_before_the_writer_answers_is_where_it_was()
    {
        byte[][] sent = [.. Enumerable.Range(0, 2).Select(_ => Assert.Single(_sender.Encrypt(EspPackets.Inner(100))))];
        Assert.NotNull(_receiver.DecryptUdp(From(sent[0], Nat, NatPort)));
        Assert.NotNull(_receiver.DecryptUdp(sent[1]));
        Assert.Equal((0u, 0u), (State().PeerAddress, State().PeerPort));
    }

    [Fact]
    public void Peers_behind_one_address_are_told_apart_by_spi()
    {
        ProtectionRow other = InUdp(EspRig.Protection(4, 0x2000));
        other.RemotePort = 40000;
        other.Interface = 71;
        Assert.Null(_sender.Set("protection", "4", other));
        Assert.Null(_sender.Set("sa-out", "4/8192", EspRig.Sa(EspPackets.AesSha1, 0x2000, 4, fill: 7)));
        ProtectionRow mirrored = InUdp(EspRig.Protection(4, 0, mirrored: true));
        mirrored.Interface = 71;
        Assert.Null(_receiver.Set("protection", "4", mirrored));
        Assert.Null(_receiver.Set("sa-in", "8192", EspRig.Sa(EspPackets.AesSha1, 0x2000, 4, fill: 7)));
        nint packet = _sender.Rent(EspPackets.Inner(100));
        PacketBuffer.At(packet).EgressInterface = 71;
        Assert.Equal(0, _sender.RunOne("esp-encrypt", packet).Edge);
        byte[] outer = PacketBuffer.At(packet).Data.ToArray();
        _sender.Free(packet);
        Assert.Equal(40000, BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(22)));
        Assert.NotNull(_receiver.DecryptUdp(outer));
        Assert.NotNull(_receiver.DecryptUdp(Assert.Single(_sender.Encrypt(EspPackets.Inner(100)))));
        Assert.Equal(1ul, _receiver.Read<ProtectionState>("protection", "3").DecryptedPackets);
        Assert.Equal(1ul, _receiver.Read<ProtectionState>("protection", "4").DecryptedPackets);
    }

    [Fact]
    public void A_report_about_a_datagram_lowers_the_path_mtu()
    {
        _sender.SetLinkMtu(1500);
        byte[] sent = Assert.Single(_sender.Encrypt(EspPackets.Inner(1000)));
        // Too little of it to know whose it was; another port; then one that counts.
        Assert.False(_sender.Icmp(FragmentationNeeded(sent[..28])));
        Assert.False(_sender.Icmp(FragmentationNeeded([.. sent[..23], 1, .. sent[24..36]])));
        Assert.Equal(0u, _sender.Read<ProtectionState>("protection", "3").PathMtu);
        Assert.True(_sender.Icmp(FragmentationNeeded(sent[..36])));
        Assert.Equal(1400u, _sender.Read<ProtectionState>("protection", "3").PathMtu);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        byte[] inner = EspPackets.Inner(100);
        for (int i = 0; i < 64; i++)
        {
            _sender.Batch[i] = _sender.Rent(inner);
        }

        ulong rounds = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int round = 0; round < 1000; round++, rounds++)
            {
                for (int i = 0; i < 64; i++)
                {
                    ref PacketBuffer packet = ref PacketBuffer.At(_sender.Batch[i]);
                    packet.EgressInterface = EspRig.TunnelInterface;
                    packet.AvoidProtection = 0;
                }

                _sender.Run("esp-encrypt", 64);
                _sender.Batch[..64].CopyTo(_receiver.Batch);
                _receiver.Run("esp-udp", 64);
                _receiver.Run("esp-decrypt", 64);
            }
        }));
        Assert.Equal(64 * rounds, _receiver.Read<SaState>("sa-in", "4096").Packets);
    }

    [Theory]
    [InlineData(4500, 0)]
    [InlineData(0, 4500)]
    [InlineData(65536, 4500)]
    public void Ports_that_cannot_be_are_refused(uint local, uint remote)
    {
        ProtectionRow row = EspRig.Protection();
        (row.LocalPort, row.RemotePort) = (local, remote);
        Assert.Contains("UDP ports", _sender.Set("protection", "3", row));
    }

    private static ProtectionRow InUdp(ProtectionRow row)
    {
        row.LocalPort = 4500;
        row.RemotePort = NatPort;
        return row;
    }

    private static byte[] Udp(byte[] payload)
    {
        byte[] packet = new byte[28 + payload.Length];
        payload.CopyTo(packet, 28);
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Udp, EspRig.LocalAddress, EspRig.RemoteAddress);
        UdpHeader.Write(packet.AsSpan(20), NatPort, 4500, EspRig.LocalAddress, EspRig.RemoteAddress);
        return packet;
    }

    private static byte[] FragmentationNeeded(byte[] quoted)
    {
        byte[] icmp = new byte[28 + quoted.Length];
        Ipv4Header.Write(icmp, icmp.Length, IpProtocol.Icmp, Nat, EspRig.LocalAddress);
        (icmp[20], icmp[21]) = (3, 4);
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(26), 1400);
        quoted.CopyTo(icmp, 28);
        return icmp;
    }

    private static byte[] From(byte[] outer, uint address, ushort port)
    {
        byte[] changed = [.. outer];
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(12), address);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(20), port);
        return changed;
    }

    private ProtectionState State() => _receiver.Read<ProtectionState>("protection", "3");
}
