using System.Buffers.Binary;
using Grpc.Core;
using RouterOS.Ike.Control;
using RouterOS.Ike.Control.Captures;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class CaptureTests
{
    private static readonly byte[] s_esp = [0x45, 0, 0, 24, 0, 0, 0, 0, 64, 50, 0, 0, 198, 51, 100, 1, 198, 51, 100, 2, 0, 0, 16, 0];

    [Fact]
    public void A_capture_has_the_packets_of_its_tunnel_and_the_keys_of_both_phases()
    {
        Lab lab = WithASecondPeer().Up();
        Sink sink = Start(lab, new CaptureRequest { Vpn = "vpn1", Seconds = 10, Renegotiate = true, User = "op", File = "/tmp/x" });
        uint protection = lab.Left.Phase2()[0].Protection;
        Assert.Equal(protection, Assert.Single(Taps(lab)));
        lab.Left.Tap(protection, outbound: true, s_esp);
        lab.Left.Tap(protection + 100, outbound: true, s_esp);
        lab.Network.RunSeconds(12);

        CaptureState end = sink.End;
        Assert.Equal("10 seconds are over", end.Ended);
        // Main mode, quick mode, and the deletion of the IKE SA from before.
        Assert.Equal((10u, 1u, 0ul), (end.IkePackets, end.IpsecPackets, end.Lost));
        (uint Interface, uint Flags, byte[] Bytes)[] packets = sink.Packets();
        Assert.Equal(11, packets.Length);
        Assert.Equal(s_esp, Assert.Single(packets, p => p.Interface == 0).Bytes);
        Assert.All(packets, p => Assert.Contains("198.51.100.2", Addresses(p.Bytes)));
        Assert.Equal((7, 4), (packets.Count(p => p.Flags == 2), packets.Count(p => p.Flags == 1)));

        // The keys are those of both sides' SAs, of the pair before and of the new one.
        Assert.Equal((2u, 4u), (end.IkeKeys, end.IpsecKeys));
        string esp = sink.Keys("esp_sa");
        foreach (RouterOS.Proto.Esp.V1.SaRow sa in lab.Right.Module.Inbound)
        {
            Assert.Contains(
                $"\"IPv4\",\"198.51.100.1\",\"198.51.100.2\",\"0x{sa.Spi:x8}\",\"AES-CBC [RFC3602]\",\"0x{Convert.ToHexStringLower(sa.CipherKey.Span)}\","
                + $"\"HMAC-SHA-1-96 [RFC2404]\",\"0x{Convert.ToHexStringLower(sa.MacKey.Span)}\"\n", esp, StringComparison.Ordinal);
        }

        foreach (Phase1Sa sa in lab.Left.UpPhase1().Where(s => s.RemoteAddress == "198.51.100.2"))
        {
            Assert.Contains($"{sa.InitiatorCookie:x16},", sink.Keys("ikev1_decryption_table"), StringComparison.Ordinal);
        }

        Assert.Empty(Taps(lab));
        Assert.Contains(lab.Left.Lines, l => l.Id == 1030 && l.Text.Contains("vpn vpn1 with 198.51.100.2 started by op to /tmp/x", StringComparison.Ordinal));
        Assert.Contains(lab.Left.Lines, l => l.Id == 1031);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Messages_and_keys_of_other_peers_are_not_in_it()
    {
        Lab lab = WithASecondPeer().Start();
        Sink sink = Start(lab, new CaptureRequest { Peer = "198.51.100.2", Seconds = 60 }, run: 0);
        lab.Network.RunSeconds(62);
        // The first message left before.
        Assert.True(sink.End.IkePackets >= 8);
        Assert.All(sink.Packets(), p => Assert.DoesNotContain("198.51.100.9", Addresses(p.Bytes)));
        // The other peer never answered; ours was called all the same.
        Assert.Contains(lab.Left.Phase1(), s => s.RemoteAddress == "198.51.100.9");
        Assert.Equal(1u, sink.End.IkeKeys);
    }

    [Fact]
    public void The_key_of_a_phase_1_that_fails_late_is_in_it()
    {
        Lab lab = new();
        lab.RightGateway.RemoteIdentity = new() { Kind = Identity.Types.Kind.Fqdn, Value = "somebody.example.net" };
        lab.Start();
        Sink sink = Start(lab, new CaptureRequest { Vpn = "vpn1", Seconds = 20 }, run: 0);
        lab.Network.RunSeconds(22);
        Assert.True(sink.End.IkeKeys >= 1);
        Assert.Equal(0u, sink.End.IpsecKeys);
    }

    [Fact]
    public void Bounds_end_a_capture()
    {
        Lab lab = new Lab().Up();
        uint protection = lab.Left.Phase2()[0].Protection;
        Sink few = Start(lab, new CaptureRequest { Vpn = "vpn1", Packets = 3 });
        Send(lab, protection, 10);
        Assert.Equal((3u, "3 packets are there"), (few.End.IpsecPackets, few.End.Ended));
        Assert.Equal(3, few.Packets().Length);

        Sink small = Start(lab, new CaptureRequest { Index = lab.Left.Phase2()[0].TunnelId, Bytes = 5000 });
        Send(lab, protection, 1000);
        Assert.Equal("5000 bytes are full", small.End.Ended);
        Assert.InRange(small.File.Count, 4500, 5200);
    }

    [Fact]
    public void What_the_modules_could_not_copy_is_counted()
    {
        Lab lab = new Lab().Up();
        uint protection = lab.Left.Phase2()[0].Protection;
        lab.Left.Module.Taps[$"{protection}"] = new TapState { Protection = protection, Packets = 12, Lost = 5 };
        Sink sink = Start(lab, new CaptureRequest { Vpn = "vpn1", Seconds = 2 });
        Send(lab, protection, 10);
        lab.Network.RunSeconds(3);
        // Five were too many, two were lost on their way up.
        Assert.Equal((10u, 7ul), (sink.End.IpsecPackets, sink.End.Lost));
    }

    [Fact]
    public void A_capture_is_listed_and_stopped_and_there_is_one_for_a_tunnel()
    {
        Lab lab = new Lab().Up();
        Sink sink = Start(lab, new CaptureRequest { Vpn = "vpn1", User = "one" });
        CaptureState listed = Assert.Single(Ask(lab, s => s.ListCaptures(new(), null!)).Captures);
        Assert.Equal(("one", 60u), (listed.User, listed.Seconds));
        Assert.InRange(listed.SecondsLeft, 58u, 60u);
        Refused(lab, new CaptureRequest { Vpn = "vpn1" }, StatusCode.AlreadyExists, "one is capturing vpn vpn1 already");
        Refused(lab, new CaptureRequest { Vpn = "vpn9" }, StatusCode.NotFound, "no tunnel");
        Refused(lab, new CaptureRequest(), StatusCode.InvalidArgument, "one of vpn, peer and index");
        Assert.Equal(1u, Ask(lab, s => s.StopCapture(new() { Id = listed.Id }, null!)).Stopped);
        lab.Network.RunSeconds(1);
        Assert.Equal("an operator stopped it", sink.End.Ended);
        Assert.Empty(Ask(lab, s => s.ListCaptures(new(), null!)).Captures);
        // What was refused has left nothing behind.
        lab.Network.RunSeconds(70);
        Assert.Equal([1030, 1031], lab.Left.Lines.Select(l => l.Id).Where(id => id is 1030 or 1031));
    }

    [Fact]
    public void Every_suite_has_the_names_of_wireshark()
    {
        IpsecSaPairState Pair(RouterOS.Abstractions.Crypto.CipherAlgorithm cipher, RouterOS.Abstractions.Crypto.MacAlgorithm mac, bool inUdp = false, bool ah = false, bool isShort = false) => new()
        {
            Cipher = cipher, Mac = mac, Local = 0x0a000001, Remote = 0x0a000002, InboundSpi = 0x100, OutboundSpi = 0x200, IsInsideUdp = inUdp, IsAh = ah, IsTagShort = isShort,
            InboundCipherKey = [1], InboundMacKey = mac == 0 ? [] : [2], OutboundCipherKey = [3], OutboundMacKey = [4],
        };
        string First(IpsecSaPairState pair) => WiresharkKeys.Phase2(pair).First().Line;
        Assert.Equal(
            """ "IPv4","10.0.0.2","10.0.0.1","0x00000100","TripleDES-CBC [RFC2451]","0x01","HMAC-MD5-96 [RFC2403]","0x02" """.Trim(),
            First(Pair(RouterOS.Abstractions.Crypto.CipherAlgorithm.TripleDesCbc, RouterOS.Abstractions.Crypto.MacAlgorithm.HmacMd5)));
        Assert.Equal(
            """ "IPv4","*","*","0x00000100","AES-GCM with 16 octet ICV [RFC4106]","0x01","NULL","" """.Trim(),
            First(Pair(RouterOS.Abstractions.Crypto.CipherAlgorithm.AesGcm, 0, inUdp: true)));
        Assert.Contains("HMAC-SHA-256-96", First(Pair(0, RouterOS.Abstractions.Crypto.MacAlgorithm.HmacSha256, isShort: true)), StringComparison.Ordinal);
        Assert.Empty(WiresharkKeys.Phase2(Pair(0, RouterOS.Abstractions.Crypto.MacAlgorithm.HmacSha1, ah: true)));
    }

    [Fact]
    public void Headers_that_are_written_anew_have_right_checksums()
    {
        byte[] packet = IkePacket.Wrap(0xc6336401, 0xc6336402, 500, 500, 64, dontFragment: true, [1, 2, 3, 4, 5]);
        Assert.Equal(33, packet.Length);
        Assert.Equal(0xffff, Sum(packet.AsSpan(0, 20), 0));
        Assert.Equal(0xffff, Sum(packet.AsSpan(20), Sum(packet.AsSpan(12, 8), 17 + 13)));
        Assert.Empty(IkePacket.Wrap(1, 2, 500, 500, 64, dontFragment: true, new byte[65536]));
    }

    [Fact]
    public void And_so_have_those_of_ipv6()
    {
        Assert.True(PeerAddress.TryParse("2001:db8:f::1", out PeerAddress source));
        Assert.True(PeerAddress.TryParse("2001:db8:f::2", out PeerAddress destination));
        byte[] packet = IkePacket.Wrap(source, destination, 500, 4500, 63, dontFragment: true, [1, 2, 3, 4, 5]);
        Assert.Equal([0x60, 0, 0, 0, 0, 13, 17, 63], packet[..8]);
        Assert.Equal((byte[])[.. source.ToBytes(), .. destination.ToBytes()], packet[8..40]);
        Assert.Equal(0xffff, Sum(packet.AsSpan(40), Sum(packet.AsSpan(8, 32), 17 + 13)));
        Assert.Empty(IkePacket.Wrap(source, 1, 500, 500, 64, dontFragment: true, [1]));
    }

    private static int Sum(ReadOnlySpan<byte> bytes, int sum)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    private static void Send(Lab lab, uint protection, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            lab.Left.Tap(protection, outbound: false, s_esp);
        }

        lab.Network.RunSeconds(1);
    }

    private static Lab WithASecondPeer()
    {
        Lab lab = new();
        Gateway gateway = lab.LeftGateway.Clone();
        (gateway.Name, gateway.RemoteAddresses[0]) = ("gw9", "198.51.100.9");
        Vpn vpn = lab.LeftVpn.Clone();
        (vpn.Name, vpn.Gateway, vpn.BindInterface, vpn.EstablishImmediately) = ("vpn9", "gw9", "st0.1", true);
        lab.LeftIntent.Gateways.Add(gateway);
        lab.LeftIntent.Vpns.Add(vpn);
        return lab;
    }

    private static uint[] Taps(Lab lab) =>
        [.. lab.Left.Module.Rows.Where(r => r.Key.Table == "tap").Select(r => ((TapRow)r.Value).Protection)];

    private static string[] Addresses(byte[] packet) =>
        [.. new[] { 12, 16 }.Select(at => string.Join('.', packet[at..(at + 4)]))];

    private static T Ask<T>(Lab lab, Func<RouterOS.Proto.Ike.V1.Captures.CapturesBase, Task<T>> call)
    {
        Task<T> answer = call(lab.Left.Captures!);
        Assert.True(answer.IsCompletedSuccessfully);
        return answer.Result;
    }

    private static void Refused(Lab lab, CaptureRequest request, StatusCode code, string why)
    {
        RpcException refused = Assert.Throws<RpcException>(() => lab.Left.Captures!.Capture(request, new Sink(), new OpenCall()).GetAwaiter().GetResult());
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(why, refused.Status.Detail, StringComparison.Ordinal);
    }

    private static Sink Start(Lab lab, CaptureRequest request, double run = 0.02)
    {
        Sink sink = new();
        lab.Left.OwnStrand.Post(() => _ = lab.Left.Captures!.Capture(request, sink, new OpenCall()));
        lab.Network.RunSeconds(run);
        return sink;
    }

    private sealed class Sink : IServerStreamWriter<CaptureReply>
    {
        private readonly List<CaptureReply> _replies = [];

        public WriteOptions? WriteOptions { get; set; }

        public List<byte> File => [.. _replies.SelectMany(r => r.Pcapng)];

        public CaptureState End => _replies[^1].State;

        public string Keys(string file) => string.Concat(_replies.SelectMany(r => r.Keys).Where(k => k.File == file).Select(k => k.Line + "\n"));

        public Task WriteAsync(CaptureReply message)
        {
            _replies.Add(message);
            return Task.CompletedTask;
        }

        public (uint Interface, uint Flags, byte[] Bytes)[] Packets()
        {
            List<(uint, uint, byte[])> packets = [];
            byte[] file = [.. File];
            ulong last = 0;
            for (int at = 0; at < file.Length;)
            {
                uint type = Read(file, at);
                int length = (int)Read(file, at + 4);
                Assert.Equal(length, (int)Read(file, at + length - 4));
                if (type == 6)
                {
                    int bytes = (int)Read(file, at + 20);
                    ulong time = ((ulong)Read(file, at + 12) << 32) | Read(file, at + 16);
                    Assert.True(time >= last);
                    last = time;
                    packets.Add((Read(file, at + 8), Read(file, at + 28 + ((bytes + 3) & ~3) + 4), file[(at + 28)..(at + 28 + bytes)]));
                }

                at += length;
            }

            Assert.Equal(0x0a0d0d0au, Read(file, 0));
            return [.. packets];
        }

        private static uint Read(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
    }
}
