using System.Buffers.Binary;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Esp;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Fuzz.Esp;

/// <summary>
/// A gateway whose peer sends ESP inside UDP, both ways at once: true packets late and twice, changed ones, overlapping fragments of them,
/// anything at all to port 4500, and from inside super-packets that lie. Numbers never repeat, and every buffer comes back.
/// </summary>
public sealed class EspFloodTests : IDisposable
{
    private const byte Fill = 9;

    private static readonly byte[] s_link = [2, 0, 0, 0, 1, 9];

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _outside = new() { Keep = true };
    private readonly SinkPort _inside = new();
    private readonly Chassis _chassis;
    private readonly EspRig _peer;
    private readonly List<byte[]> _sent = [];
    private uint _lastNumber;

    public EspFloodTests()
    {
        _chassis = new Chassis(_clock, [("p0", _outside), ("p1", _inside)], _engines.For, [new EspNodePackage()]);
        _chassis.Interface(1, "p0", "198.51.100.2/24");
        _chassis.Interface(2, "p1", "10.1.0.254/16");
        _chassis.Interface(EspRig.TunnelInterface, "", "10.255.0.1/30", linkType: "esp");
        _chassis.Route("192.0.2.0/24", Kind.Forward, 1, "198.51.100.9");
        _chassis.Route("10.0.0.0/16", Kind.Forward, EspRig.TunnelInterface);
        _chassis.Set("protection", "3", InUdp(EspRig.Protection(mirrored: true, df: DfBit.Copy)));
        _chassis.Set("sa-in", "4096", EspRig.Sa(EspPackets.AesSha1, fill: Fill));
        _chassis.Set("sa-out", "3/4096", EspRig.Sa(EspPackets.AesSha1, fill: Fill));
        _chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, s_link, "10.1.0.1", new byte[6], "10.1.0.254"), port: 1);
        _chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, s_link, "198.51.100.9", new byte[6], "198.51.100.2"));
        _outside.Frames.Clear();

        _peer = new EspRig(_engines);
        Assert.Null(_peer.Set("protection", "3", InUdp(EspRig.Protection())));
        Assert.Null(_peer.Set("sa-out", "3/4096", EspRig.Sa(EspPackets.AesSha1, fill: Fill)));
    }

    [Fact]
    public void Both_ways()
    {
        ByteMutator mutator = new(Corpus.Bytes("esp"));
        FuzzLoop.Run("esp-flood", 6_000, (random, input) =>
        {
            switch (random.Next(6))
            {
                case 0:
                    Receive(input.Bytes = Next(random));
                    break;
                case 1:
                    Refused(input.Bytes = _sent.Count == 0 ? Datagram([0xFF]) : _sent[Math.Max(0, _sent.Count - 1 - random.Next(200))], random);
                    break;
                case 2:
                    byte[] sound = Next(random);
                    byte[] changed = mutator.Mutate(sound[28..], random);
                    if (!changed.AsSpan().SequenceEqual(sound.AsSpan(28)))
                    {
                        Refused(input.Bytes = Datagram(changed), random);
                    }

                    break;
                case 3:
                    Fragments(input.Bytes = Next(random), random);
                    break;
                case 4:
                    byte[] any = new byte[random.Next(random.OneIn(2) ? 12 : 200)];
                    for (int i = 0; i < any.Length; i++)
                    {
                        any[i] = (byte)random.Edge();
                    }

                    Refused(input.Bytes = Datagram(any), random);
                    break;
                default:
                    SendSuper(random, input);
                    break;
            }

            Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
            CheckNumbers();
            if (random.OneIn(50))
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                // What is due by then, as asking again for a neighbour, is no answer to the next packet.
                _chassis.Plane.RunOnce();
                _chassis.Punted.Clear();
                _chassis.Events.Clear();
            }
        });

        SaState state = State();
        Assert.True(state.Packets > 500 && state.Replayed > 500 && state.AuthenticationFailed > 100, $"the target has lost its way: {state}");
        Assert.True(_lastNumber > 5000, "hardly anything was sealed: the target has lost its way");
        _chassis.AssertNothingLeaks();
    }

    public void Dispose()
    {
        _chassis.Dispose();
        _peer.Dispose();
        _engines.Dispose();
    }

    private static ProtectionRow InUdp(ProtectionRow row)
    {
        (row.LocalPort, row.RemotePort) = (4500, 4500);
        return row;
    }

    private static byte[] Datagram(byte[] payload)
    {
        byte[] packet = new byte[28 + payload.Length];
        payload.CopyTo(packet, 28);
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Udp, EspRig.LocalAddress, EspRig.RemoteAddress);
        UdpHeader.Write(packet.AsSpan(20), 4500, 4500, EspRig.LocalAddress, EspRig.RemoteAddress);
        return packet;
    }

    private byte[] Next(FuzzRandom random) => Assert.Single(_peer.Encrypt(EspPackets.Inner(20 + random.Next(1200))));

    private void Receive(byte[] outer)
    {
        long before = _inside.Sent;
        Feed(outer);
        Assert.Equal(before + 1, _inside.Sent);
        _sent.Add(outer);
        if (_sent.Count > 400)
        {
            _sent.RemoveRange(0, 200);
        }
    }

    // Dropped and counted, or IKE's: nothing is forwarded.
    private void Refused(byte[] outer, FuzzRandom random)
    {
        (long before, SaState state) = (_inside.Sent, State());
        for (int i = random.Next(3); i >= 0; i--)
        {
            Feed(outer);
        }

        Assert.Equal(before, _inside.Sent);
        Assert.Equal((state.Packets, state.Sequence), (State().Packets, State().Sequence));
    }

    private void Fragments(byte[] outer, FuzzRandom random)
    {
        byte[] datagram = outer[20..];
        for (int i = random.Next(8); i >= 0; i--)
        {
            int offset = random.Next(datagram.Length / 8) * 8;
            int size = Math.Min(8 + (random.Next(100) * 8), datagram.Length - offset);
            Feed(Build.Fragment(
                Ipv4Address.Format(EspRig.LocalAddress), Ipv4Address.Format(EspRig.RemoteAddress), datagram, offset, size,
                more: offset + size < datagram.Length, id: (ushort)random.Next(4), protocol: IpProtocol.Udp));
        }
    }

    private void SendSuper(FuzzRandom random, FuzzCase input)
    {
        bool isTcp = random.OneIn(2);
        byte[] packet = new byte[28 + random.Next(random.OneIn(4) ? 20_000 : 4000)];
        Ipv4Header.Write(packet, packet.Length, isTcp ? IpProtocol.Tcp : IpProtocol.Udp, 0x0A010001, 0x0A000001, 60, 1, random.OneIn(2));
        packet[Math.Min(32, packet.Length - 1)] = (byte)(random.OneIn(4) ? random.Edge() : 0x50);
        if (random.OneIn(10))
        {
            packet[random.Next(28)] = (byte)random.Edge();
            packet[10] = packet[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 20)));
        }

        input.Bytes = packet;
        ushort segment = (ushort)(random.OneIn(3) ? random.Edge() : 400 + (ulong)random.Next(1200));
        ushort count = (ushort)random.Edge();
        _chassis.Feed(KernelNodes.Ip4Input, packet, ingress: 2, prepare: handle =>
        {
            PacketBuffer.At(handle).SegmentBytes = segment;
            PacketBuffer.At(handle).SegmentCount = Math.Max((ushort)1, count);
        });
    }

    private void CheckNumbers()
    {
        foreach (byte[] frame in _outside.Frames)
        {
            bool isEsp = frame.Length > 50 && frame[23] == 17 && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(36)) == 4500
                && (frame[20] & 0x1f) == 0 && frame[21] == 0;
            if (isEsp)
            {
                uint number = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(46));
                Assert.True(number == _lastNumber + 1, $"{number} follows {_lastNumber}");
                _lastNumber = number;
            }
        }

        _outside.Frames.Clear();
    }

    private void Feed(byte[] outer) => _chassis.Feed(KernelNodes.PortInput, Build.Frame(SinkPort.Address, s_link, outer));

    private SaState State() => SaState.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("sa-in", "4096")).Value);
}
