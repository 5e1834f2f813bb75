using RouterOS.Linux.Datagram;
using RouterOS.Simulation.Pcap;

namespace RouterOS.Fuzz.Linux;

/// <summary>What ports read besides frames: capture files, and what comes beside a datagram.</summary>
public sealed class PortInputTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void Capture_files()
    {
        ByteMutator mutator = new(Corpus.Bytes("pcap"));
        FuzzLoop.Run("pcap", Iterations, (random, input) =>
        {
            byte[] bytes = input.Bytes = mutator.Next(random);
            PcapFile? file = PcapFile.Read(bytes, out string reason);
            Assert.Equal(file is null, reason.Length > 0);
            foreach (PcapFrame frame in file?.Frames ?? [])
            {
                Assert.Equal(frame.Length, file!.BytesOf(frame).Length);
            }
        });
    }

    [Fact]
    public void Control_messages() => FuzzLoop.Parse("control", Iterations, bytes =>
    {
        DatagramIntake.ReadControl(bytes, out int segmentBytes, out _);
        Assert.True(segmentBytes is >= 0 and <= ushort.MaxValue);
    });
}
