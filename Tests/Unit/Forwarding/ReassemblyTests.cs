using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

public sealed class ReassemblyTests : IDisposable
{
    private const string From = "192.0.2.9";
    private const string To = "192.0.2.1";
    private const int Pieces = 10;

    private readonly SimulatedClock _clock = new();
    private readonly TestNode _heard = new("heard", GraphEdge.Drop);
    private readonly Chassis _chassis;
    private readonly byte[] _whole = new byte[Pieces * 24 + 11];

    public ReassemblyTests()
    {
        for (int i = 0; i < _whole.Length; i++)
        {
            _whole[i] = (byte)((i * 31) ^ (i >> 3));
        }

        _chassis = new Chassis(
            _clock,
            [("p0", new SinkPort())],
            new TestPackage(registry =>
            {
                registry.AddNode(_heard);
                registry.AddLocalProtocol(200, "heard");
            }));
        _chassis.Interface(1, "p0", "192.0.2.1/24");
    }

    [Fact]
    public void Fragments_in_any_order_with_duplicates_give_the_datagram_once() =>
        Check.One(
            Seeded.Config.WithMaxTest(200),
            Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, Pieces + 1).ToArray()).ToArbitrary(), Gen.Choose(0, Pieces).ArrayOf().ToArbitrary(), (order, repeats) =>
            {
                _heard.Seen.Clear();
                ushort id = (ushort)(_clock.NowNanoseconds / 1_000_000_000);
                int split = repeats.Length % order.Length;
                foreach (int piece in order[..split].Concat(repeats.Where(order[..split].Contains)).Concat(order[split..]))
                {
                    Feed(piece, id);
                }

                (byte[] bytes, PacketBuffer metadata) = Assert.Single(_heard.Seen);
                Assert.Equal(_whole, bytes[20..]);
                Assert.True(Ipv4Header.TryParse(bytes, out Ipv4Header header, out _));
                Assert.False(header.IsFragment);
                Assert.True(metadata.Flags.HasFlag(PacketFlags.Reassembled));
                _clock.Advance(TimeSpan.FromSeconds(1));
            }));

    [Fact]
    public void Any_set_of_ranges_gives_what_the_naive_model_gives()
    {
        // Offsets and lengths on the same few boundaries, so that overlaps, holes and equal ends are common.
        Gen<(int Offset, int Bytes, bool More)[]> ranges =
            (from offset in Gen.Choose(0, 4)
             from length in Gen.Choose(1, 3)
             from more in Gen.Frequency((4, Gen.Constant(true)), (2, Gen.Constant(false)))
             select (offset * 8, length * 8, more)).ArrayOf();
        ushort id = 1000;
        Check.One(
            Seeded.Config.WithMaxTest(1000),
            Prop.ForAll(ranges.ToArbitrary(), pieces =>
            {
                _heard.Seen.Clear();
                id++;
                var model = new NaiveReassembly(_whole);
                var expected = new List<byte[]>();
                foreach ((int offset, int bytes, bool more) in pieces)
                {
                    _chassis.Feed(
                        KernelNodes.Ip4Input,
                        Build.Fragment(From, To, _whole, offset, bytes, more, id, (IpProtocol)200),
                        ingress: 1);
                    if (model.Add(offset, bytes, more) is { } whole)
                    {
                        expected.Add(whole);
                    }
                }

                Assert.Equal(expected, _heard.Seen.Select(seen => seen.Bytes[20..]));
                _clock.Advance(TimeSpan.FromSeconds(20));
                _chassis.Plane.RunOnce();
            }));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_datagram_without_its_end_is_dropped_in_time_and_the_sender_is_told()
    {
        Feed(0, 1);
        Feed(3, 1);
        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _chassis.Plane.RunOnce();
        }

        Assert.Equal(2ul, _chassis.Drops("reassembly/timeout"));
        Assert.Equal(1ul, _chassis.Node(KernelNodes.Ip4LocalOut).Packets);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Fragments_are_counted_by_instance_and_protocol()
    {
        ReassemblyCounters Counted() => ReassemblyCounters.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("reassembly", "0/200")).Value);

        Assert.Empty(_chassis.Plane.Snapshot("reassembly", ""));
        for (int piece = 0; piece <= Pieces; piece++)
        {
            Feed(piece, 1);
        }

        Assert.Equal(new ReassemblyCounters { Fragments = Pieces + 1, Packets = 1 }, Counted());

        // A repeated one, and one whose others never come; the sender is told of it.
        Feed(0, 2);
        Feed(0, 2);
        Assert.Equal(new ReassemblyCounters { Fragments = Pieces + 3, Packets = 1, Dropped = 1 }, Counted());
        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _chassis.Plane.RunOnce();
        }

        Assert.Equal(new ReassemblyCounters { Fragments = Pieces + 3, Packets = 1, Dropped = 2 }, Counted());
        Assert.Equal("0/200", Assert.Single(_chassis.Plane.Snapshot("reassembly", "")).Key);
    }

    [Fact]
    public void Endless_first_fragments_hold_bounded_memory()
    {
        for (int i = 0; i < 5000; i++)
        {
            Feed(0, (ushort)i);
        }

        Assert.InRange(_chassis.Plane.Pools.SmallFree, 2048 - 256 - 64, 2048);
        Assert.True(_chassis.Drops("reassembly/evicted") > 4000);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Clear_and_decrypted_fragments_are_never_mixed()
    {
        byte[] first = Build.Fragment(From, To, _whole, 0, 24, more: true, 5, (IpProtocol)200);
        byte[] last = Build.Fragment(From, To, _whole, 24, 11, more: false, 5, (IpProtocol)200);
        _chassis.Feed(KernelNodes.Ip4Input, first, ingress: 1, prepare: handle => PacketBuffer.At(handle).Protection = 7);
        _chassis.Feed(KernelNodes.Ip4Input, last, ingress: 1);
        Assert.Empty(_heard.Seen);
        _chassis.Feed(KernelNodes.Ip4Input, last, ingress: 1, prepare: handle => PacketBuffer.At(handle).Protection = 7);
        Assert.Equal(7u, Assert.Single(_heard.Seen).Metadata.Protection);
    }

    [Fact]
    public void The_largest_datagram_fits_and_one_byte_more_does_not()
    {
        byte[] huge = new byte[65535 - 20];
        for (int offset = 0; offset < huge.Length; offset += 1480)
        {
            int bytes = Math.Min(1480, huge.Length - offset);
            byte[] piece = Build.Fragment(From, To, huge, offset, bytes, offset + bytes < huge.Length, 9, (IpProtocol)200);
            _chassis.Feed(KernelNodes.Ip4Input, piece, ingress: 1);
        }

        Assert.Equal(65535, Assert.Single(_heard.Seen).Bytes.Length);
        byte[] beyond = Build.Fragment(From, To, new byte[65544], 65512, 32, more: false, 10, (IpProtocol)200);
        _chassis.Feed(KernelNodes.Ip4Input, beyond, ingress: 1);
        Assert.Equal(1ul, _chassis.Drops("reassembly/bad-fragment"));
        _chassis.AssertNothingLeaks();
    }

    public void Dispose() => _chassis.Dispose();

    private void Feed(int piece, ushort id)
    {
        bool last = piece == Pieces;
        _chassis.Feed(
            KernelNodes.Ip4Input,
            Build.Fragment(From, To, _whole, piece * 24, last ? 11 : 24, !last, id, (IpProtocol)200),
            ingress: 1);
    }

    /// <summary>Reassembly as the rules say it, with a list and no care for speed.</summary>
    private sealed class NaiveReassembly(byte[] source)
    {
        private readonly List<(int Offset, int Bytes)> _have = [];
        private int _total = -1;

        public byte[]? Add(int offset, int bytes, bool more)
        {
            int end = offset + bytes;
            if (offset == 0 && !more)
            {
                // Not a fragment at all.
                return source[..bytes];
            }

            bool beyond = _total >= 0 && (end > _total || (!more && end != _total));
            bool contradicts = beyond || (!more && _have.Exists(other => other.Offset + other.Bytes > end));
            bool same = _have.Contains((offset, bytes));
            bool overlaps = _have.Exists(other => other.Offset < end && offset < other.Offset + other.Bytes);
            if (!beyond && same)
            {
                return null;
            }

            if (contradicts || overlaps)
            {
                Clear();
                return null;
            }

            _have.Add((offset, bytes));
            _total = more ? _total : end;
            if (_have.Sum(piece => piece.Bytes) != _total)
            {
                return null;
            }

            byte[] whole = source[.._total];
            Clear();
            return whole;
        }

        private void Clear()
        {
            _have.Clear();
            _total = -1;
        }
    }
}
