namespace RouterOS.Simulation.Pcap;

/// <summary>Where a frame lies in a capture file, and when it was captured.</summary>
/// <param name="Offset">First byte of the frame in the file.</param>
/// <param name="Length">Bytes of the frame.</param>
/// <param name="Nanoseconds">Time of capture since the file's epoch.</param>
public readonly record struct PcapFrame(int Offset, int Length, long Nanoseconds);
