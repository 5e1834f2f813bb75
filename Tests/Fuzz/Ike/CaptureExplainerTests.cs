using RouterOS.Ike.Control;
using RouterOS.Sdk.Plugins;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Fuzz.Ike;

/// <summary>Captures of hostile bytes: explained or reported, never an exception, and never more lines than the bounds allow.</summary>
public sealed class CaptureExplainerTests
{
    private const int MostLines = 2_000;

    [Fact]
    public void Capture_with_changed_packets()
    {
        Lab lab = new Lab().Up();
        byte[][] good = [.. lab.Network.Sent.Select(Capture.Packet)];
        ByteMutator mutator = new(good);
        IkePlugin plugin = new();
        FuzzLoop.Run("capture", 3_000, (random, input) =>
        {
            List<CapturedPacket> packets = [];
            for (int i = 0; i < good.Length; i++)
            {
                byte[] packet = random.OneIn(2) ? good[i] : mutator.Mutate(random.Pick(good), random);
                input.Bytes = packet;
                packets.Add(new(i + 1, DateTimeOffset.UnixEpoch.AddSeconds(i), packet));
            }

            IReadOnlyList<string> lines = plugin.Explain(packets, null, "key");
            Assert.InRange(lines.Count, 1, MostLines);
            Assert.All(lines, line => Assert.DoesNotContain(line, character => char.IsControl(character)));
        });
    }
}
