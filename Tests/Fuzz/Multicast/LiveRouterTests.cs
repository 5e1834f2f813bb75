using System.Buffers.Binary;
using RouterOS.Dvmrp.Wire;
using RouterOS.Multicast.Wire;
using RouterOS.Sdk.Packets;

namespace RouterOS.Fuzz.Multicast;

/// <summary>
/// A whole multicast router among neighbours, hosts and strangers that say anything at any time: sound messages of DVMRP and IGMP 1 to 3, the same
/// with bytes changed under a right checksum, packets without an entry, links that go, time that passes.
/// </summary>
public sealed class LiveRouterTests
{
    private const int Lives = 60;
    private const int Steps = 150;

    private static readonly uint[] s_sources = [0x0a630001, 0x0a630102, 0x0a640001, 0x0a010009, 0x0a020009, 0xc0000201];
    private static readonly uint[] s_groups = [0xef010203, 0xef010204, 0xe0000105, 0xe8000001];

    [Fact]
    public void Nothing_that_is_said_breaks_what_must_always_be_true()
    {
        Dictionary<DvmrpCode, int> sent = [];
        int entries = 0, outgoing = 0, pruned = 0, neighbors = 0;
        FuzzLoop.Run("multicast-live", Lives, (random, input) =>
        {
            LiveRouter router = new(random);
            for (int step = 0; step < Steps; step++)
            {
                Step(router, random, input);
                router.Check();
                entries += router.Rows.Count;
                outgoing += router.Rows.Values.Count(r => r.Outgoing.Length > 0);
                pruned += router.Router.Forwarder.All.Sum(e => e.Prunes.Count);
                neighbors += router.Router.State.Interfaces.Values.Sum(i => i.Neighbors.Values.Count(n => n.IsTwoWay));
            }

            foreach ((DvmrpCode code, int count) in router.Sent)
            {
                sent[code] = sent.GetValueOrDefault(code) + count;
            }

            // Left alone, it forgets all that it was told.
            router.Run(300);
            router.Check();
            Assert.All(router.Router.State.Routes.All, r => Assert.Equal(0u, r.Upstream));
            Assert.All(router.Router.State.Interfaces.Values, i => Assert.Empty(i.Neighbors));
        });

        DvmrpCode[] missing = [.. new[] { DvmrpCode.Probe, DvmrpCode.Report, DvmrpCode.Prune, DvmrpCode.Graft, DvmrpCode.GraftAck }.Where(c => sent.GetValueOrDefault(c) == 0)];
        Assert.True(
            missing.Length == 0 && entries > Lives && outgoing > Lives && pruned > 0 && neighbors > Lives * Steps,
            $"the target has lost its way: never sent {string.Join(' ', missing)}, {entries} entries, {outgoing} with a way out, {pruned} prunes, {neighbors} neighbours");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xe0000005u)]
    [InlineData(uint.MaxValue)]
    public void What_is_no_host_sends_nothing_even_where_there_is_a_default_route(uint source)
    {
        LiveRouter router = new(new FuzzRandom(1));
        uint neighbor = LiveRouter.Own(1) + 1;
        router.Hear(1, neighbor, DvmrpWriter.Probe(DvmrpCapabilities.Prune, 1, [LiveRouter.Own(1)]));
        router.Hear(1, neighbor, DvmrpReport.Write([new(0, 0, 1)]).Single());
        router.Router.Forwarder.Miss(0, 0x0a630001, 0xef010203);
        Assert.Single(router.Rows);
        router.Router.Forwarder.Miss(0, source, 0xef010203);
        Assert.Single(router.Rows);
        router.Check();
    }

    private static void Step(LiveRouter router, FuzzRandom random, FuzzCase input)
    {
        uint index = (uint)(1 + random.Next(LiveRouter.Links));
        // Four neighbours of each link, seldom somebody else.
        uint speaker = random.OneIn(20) ? (uint)random.Edge() : (LiveRouter.Own(index) & 0xffffff00) + 2 + (uint)random.Next(random.OneIn(30) ? 200 : 4);
        uint source = random.OneIn(20) ? (uint)random.Edge() : random.Pick(s_sources);
        uint group = random.OneIn(20) ? (uint)random.Edge() : random.Pick(s_groups);
        switch (random.Next(20))
        {
            case < 5:
                uint[] heard = random.OneIn(12) ? [] : [LiveRouter.Own(index), (uint)random.Edge()];
                router.Hear(index, speaker, Said(DvmrpWriter.Probe(DvmrpCapabilities.Prune, random.OneIn(15) ? 2u : 1u, heard), random, input));
                break;
            case < 9:
                foreach (byte[] report in DvmrpReport.Write(Reported(random)))
                {
                    router.Hear(index, speaker, Said(report, random, input));
                }

                break;
            case 9:
                router.Hear(index, speaker, Said(DvmrpWriter.Prune(source, group, (uint)(random.OneIn(3) ? random.Edge() : 60)), random, input));
                break;
            case 10:
                router.Hear(index, speaker, Said(random.OneIn(2) ? DvmrpWriter.Graft(source, group) : DvmrpWriter.GraftAck(source, group), random, input));
                break;
            case < 14:
                router.Hear(index, speaker, random.OneIn(2) ? group : 0xe0000001 + (uint)random.Next(30), Said(Igmp(source, group, random), random, input));
                break;
            case < 17:
                // The data plane asks for groups alone.
                router.Router.Forwarder.Miss(0, source, 0xe0000100 | (group & 0x0fffffff));
                break;
            case 17 when random.OneIn(5):
                router.Flap(index);
                break;
            default:
                router.Run(random.OneIn(30) ? 150 : random.Next(5));
                break;
        }
    }

    // A sound message; or one that has been changed, mostly under a right checksum.
    private static byte[] Said(byte[] sound, FuzzRandom random, FuzzCase input)
    {
        if (random.OneIn(3))
        {
            sound = new ByteMutator([sound]).Mutate(sound, random);
            if (sound.Length >= 4 && !random.OneIn(8))
            {
                BinaryPrimitives.WriteUInt16BigEndian(sound.AsSpan(2), 0);
                BinaryPrimitives.WriteUInt16BigEndian(sound.AsSpan(2), InternetChecksum.Of(sound));
            }
        }

        return input.Bytes = sound;
    }

    private static IEnumerable<ReportedRoute> Reported(FuzzRandom random)
    {
        List<ReportedRoute> routes = [];
        for (int left = random.Next(random.OneIn(20) ? 400 : 4); left >= 0; left--)
        {
            int length = random.OneIn(4) ? 8 + random.Next(25) : 24;
            uint address = random.OneIn(8) ? (uint)random.Edge() : random.Pick(s_sources);
            int metric = random.Next(5) switch { 0 => 33 + random.Next(5), 1 => 32, 2 => random.Next(128), _ => 1 + random.Next(4) };
            routes.Add(new(address & (uint.MaxValue << (32 - length)), length, metric));
        }

        return routes.DistinctBy(r => (r.Prefix, r.PrefixLength));
    }

    private static byte[] Igmp(uint source, uint group, FuzzRandom random) => random.Next(6) switch
    {
        0 => IgmpWriter.Query(1 + random.Next(3), random.OneIn(2) ? 0 : group, random.Next(300), random.Next(8), random.Next(40_000), random.OneIn(2), [source]),
        1 => IgmpWriter.Simple(IgmpType.ReportVersion1, group),
        2 => IgmpWriter.Simple(IgmpType.ReportVersion2, group),
        3 => IgmpWriter.Simple(IgmpType.Leave, group),
        _ => IgmpWriter.Report((random.Pick(Enum.GetValues<GroupRecordType>()), group, random.OneIn(2) ? [] : [source, (uint)random.Edge()])),
    };
}
